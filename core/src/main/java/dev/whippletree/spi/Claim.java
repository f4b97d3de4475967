package dev.whippletree.spi;

import dev.whippletree.model.DurationText;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** The decision which process makes the call for a question. Thread-safe. */
public sealed interface Claim {

    /**
     * This process makes the call.
     *
     * @param end run it once, when the answer is in the shared cache or there will be none: the waiting processes then
     *     look for it. Never blocks
     * @param agreed whether the other processes know of the claim; if not, because none could be reached, they may make
     *     the call as well
     * @param sinceEnd the least time since another process ended its claim of the question; zero if that isn't known.
     *     If this process last looked for the answer before that, it looks again
     */
    record Ours(Runnable end, boolean agreed, Duration sinceEnd) implements Claim {

        /** Rejects null, and a negative time. */
        public Ours {
            Objects.requireNonNull(end, "end");
            if (sinceEnd.isNegative()) {
                throw new IllegalArgumentException("sinceEnd is negative: " + DurationText.of(sinceEnd));
            }
        }

        /** Creates a claim after which this process looks for the answer again. */
        public Ours(Runnable end, boolean agreed) {
            this(end, agreed, Duration.ZERO);
        }

        /** Creates a claim that the other processes know of and after which this process looks for the answer again. */
        public Ours(Runnable end) {
            this(end, true);
        }
    }

    /**
     * Another process makes the call.
     *
     * @param ended completes, never exceptionally, when that process has ended its claim, has died, or can't be reached
     *     any more. Then look for the answer, and claim again if there is none
     */
    record Others(CompletionStage<Void> ended) implements Claim {

        /** Rejects null. */
        public Others {
            Objects.requireNonNull(ended, "ended");
        }
    }
}
