package dev.whippletree.spi;

import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** The decision which process makes the call for a question. Thread-safe. */
public sealed interface Claim {

    /**
     * This process does.
     *
     * @param end to be run once, when the answer can be found in the shared cache or there will be none: those that wait in other
     *     processes then look. Never blocks
     * @param agreed whether the other processes can know; if not, since nobody could be asked, they may make the call as well
     */
    record Ours(Runnable end, boolean agreed) implements Claim {

        /** Checks that nothing is null. */
        public Ours {
            Objects.requireNonNull(end, "end");
        }

        /** Creates one that the others can know of. */
        public Ours(Runnable end) {
            this(end, true);
        }
    }

    /**
     * Another process does.
     *
     * @param ended ends, never exceptionally, when that one has ended its claim, when it has died, or when nobody can tell any
     *     more. Time then to look for the answer, and to claim again where there is none
     */
    record Others(CompletionStage<Void> ended) implements Claim {

        /** Checks that nothing is null. */
        public Others {
            Objects.requireNonNull(ended, "ended");
        }
    }
}
