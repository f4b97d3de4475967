package dev.whippletree.engine.pool;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens prompts and completions turn out to have, learned from what services report, so that reservations are neither
 * too small nor wasteful. Guarded by the engine's lock.
 *
 * <p>Of a prompt: by how much the estimates of a provider are wrong for a model. Apart for each size, from one power of two to the
 * next, since what services add to every prompt makes small ones much larger and large ones hardly. Of a completion: what 95 of 100
 * completions of a route by a model don't exceed. That fewer tokens are enough is believed from the 59th answer on, with fewer of
 * which nobody can tell ({@link LatestValues}); that an estimate is too small, at once.
 */
public final class TokenForecast {

    /** Answers after which what was learned is used. */
    public static final int FEWEST = 59;

    private static final double COMPLETIONS_COVERED = 0.95;

    /** Estimates are wrong by little, so covering nearly all of them costs little. */
    private static final double PROMPTS_COVERED = 0.99;

    private static final int THOUSAND = 1_000;

    /** An estimate is never lowered to less than a quarter, nor raised to more than sixteen times: beyond is a broken report. */
    private static final int LEAST_PER_THOUSAND = 250;

    private static final int MOST_PER_THOUSAND = 16_000;

    /** The length of a completion that was cut at its bound: nobody knows, so it is longer than any other. */
    private static final int CUT = Integer.MAX_VALUE;

    private final Map<PromptKey, Learned> prompts = new HashMap<>();
    private final Map<CompletionKey, Learned> completions = new HashMap<>();
    private boolean moved;

    /** What was learned, and what those who wait were last told of it. */
    private static final class Learned {

        private final LatestValues values = new LatestValues();
        private int told;

        Learned(int told) {
            this.told = told;
        }

        /** Returns whether it has become another by more than an eighth; then it counts as told. */
        boolean moves(int value) {
            boolean far = Math.abs((long) value - told) > told / 8;
            told = far ? value : told;
            return far;
        }
    }

    /** Prompts whose estimates are wrong in the same way: up to a size, the number of its binary digits. */
    private record PromptKey(String provider, String model, int size) {

        static PromptKey of(Target target, long estimate) {
            return new PromptKey(
                    target.account().settings().provider(),
                    target.model(),
                    Long.SIZE - Long.numberOfLeadingZeros(estimate));
        }
    }

    /** Completions of about the same length. */
    private record CompletionKey(String route, String model) {}

    /** Returns the tokens to reserve for a prompt that the provider estimates. */
    long promptTokens(Target target, long estimate) {
        Learned known = prompts.get(PromptKey.of(target, estimate));
        return known == null ? estimate : scaled(estimate, perThousand(known.values));
    }

    private static int perThousand(LatestValues known) {
        int learned = known.size() < FEWEST ? Math.max(THOUSAND, known.largest()) : known.enoughFor(PROMPTS_COVERED);
        return Math.max(LEAST_PER_THOUSAND, learned);
    }

    private static long scaled(long estimate, int perThousand) {
        long tokens = Math.min(estimate, Long.MAX_VALUE / MOST_PER_THOUSAND);
        return (tokens * perThousand + THOUSAND - 1) / THOUSAND;
    }

    /** Returns the tokens to reserve for a completion, at most its bound, and that until enough of them have been seen. */
    long completionTokens(Route route, Target target, long bound) {
        @Nullable Learned known = completions.get(new CompletionKey(route.name(), target.model()));
        return known == null ? bound : Math.min(bound, enough(known.values));
    }

    private static int enough(LatestValues known) {
        return known.size() < FEWEST ? CUT : known.enoughFor(COMPLETIONS_COVERED);
    }

    /** Learns from an answer, and returns what the service counted for it; empty if it doesn't say. */
    public Optional<TokenCount> learn(Route route, Target target, Admission admission, Completion completion) {
        if (completion.usage().isEmpty()) {
            return Optional.empty();
        }
        TokenUsage usage = completion.usage().get();
        long prompt = usage.promptTokens();
        long made = usage.completionTokens();
        if (prompt > 0 && admission.promptTokens() > 0) {
            learnPrompt(target, admission.promptTokens(), prompt);
        }
        Learned known =
                completions.computeIfAbsent(new CompletionKey(route.name(), target.model()), key -> new Learned(CUT));
        known.values.record(completion.finishReason() == FinishReason.LENGTH ? CUT : (int) made);
        moved |= known.moves(enough(known.values));
        return Optional.of(admission.counted(usage));
    }

    private void learnPrompt(Target target, long estimate, long prompt) {
        long perThousand = (prompt * THOUSAND + estimate - 1) / estimate;
        Learned known = prompts.computeIfAbsent(PromptKey.of(target, estimate), key -> new Learned(THOUSAND));
        known.values.record((int) Math.min(MOST_PER_THOUSAND, perThousand));
        moved |= known.moves(perThousand(known.values));
    }

    /** Returns whether anything learned has become another by more than an eighth since this was last asked. */
    public boolean takeMoved() {
        boolean was = moved;
        moved = false;
        return was;
    }
}
