package dev.whippletree.engine.pool;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.state.SavedTokens;
import dev.whippletree.state.SavedTokens.SavedTokensKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Predicts the tokens of prompts and completions from the services' reports, so that reservations are neither too small
 * nor wasteful. Guarded by the engine's lock.
 *
 * <p>For prompts, it learns by how much a provider's estimates are wrong for a model: separately for each size, from
 * one power of two to the next, because the tokens that services add to every prompt matter for small ones and hardly
 * for large ones. That fewer tokens are enough is believed from the 59th answer on, because fewer answers can't show it
 * ({@link LatestValues}); that an estimate is too small is believed at once.
 *
 * <p>For completions, it learns what 95 of 100 completions of a route by a model don't exceed. With fewer than 59
 * answers, it assumes on the safe side that the largest of 59 would be 59/n times the largest of these n. That is the
 * case if lengths have a tail like Pareto's with exponent 1, so heavy that there is no mean; no service's have.
 *
 * <p>A completion without a bound is expected to have at most four times the mean of the latest hundred: no lognormal
 * distribution has more than 3.9 times its mean at 95 %. Where a service counts something for it when the prompt
 * arrives, but doesn't say how much, an answer shows it if little else of the limit was used: it can't be more than was
 * used in all, less the prompt.
 */
public final class TokenForecast {

    /** The number of answers after which what was learned is used as it is. */
    public static final int FEWEST = 59;

    /** Of values that are the error of a provider's estimates of a model's prompts of one size, in thousandths. */
    private static final String PROMPTS = "PROMPTS";

    /** Of values that are the tokens of a route's completions by a model. */
    private static final String COMPLETIONS = "COMPLETIONS";

    private static final int MEAN_OF = 100;

    private static final double COMPLETIONS_COVERED = 0.95;

    /**
     * The least reserved for a completion without a bound until 59 answers are known: some five usual answers of a
     * chat.
     */
    private static final long UNSEEN = 2_048;

    /** The assumed count for a completion without a bound when the prompt arrives, until reports show less. */
    private static final long ASSUMED = 1_024;

    private static final int UNUSUAL = 4;

    /** Estimates are only slightly wrong, so covering nearly all of them costs little. */
    private static final double PROMPTS_COVERED = 0.99;

    private static final int THOUSAND = 1_000;

    /** Corrections stay between a quarter and sixteen times; beyond that, a report is broken. */
    private static final int LEAST_PER_THOUSAND = 250;

    private static final int MOST_PER_THOUSAND = 16_000;

    /** The length of a completion cut at its bound: unknown, so longer than any other. */
    private static final int CUT = Integer.MAX_VALUE;

    private final Map<SavedTokensKey, Learned> learned = new HashMap<>();
    private final Map<Target.TokenizerKey, Long> assumed = new HashMap<>(0);
    private boolean moved;

    /** What was learned, and the value that waiting flights last saw. */
    private static final class Learned {

        private final LatestValues values = new LatestValues();
        private int reported;
        private double mean;
        private double reportedMean;
        private long counted;
        private long changedAt;

        Learned(int reported) {
            this.reported = reported;
            this.reportedMean = reported;
        }

        void count(long amount) {
            counted = Math.min(counted + 1, MEAN_OF);
            mean += (amount - mean) / counted;
        }

        boolean meanMoves() {
            boolean far = Math.abs(mean - reportedMean) > reportedMean / 8;
            reportedMean = far ? mean : reportedMean;
            return far;
        }

        /** Returns whether the value has moved by more than an eighth; then it counts as seen. */
        boolean moves(int value) {
            boolean far = Math.abs((long) value - reported) > reported / 8;
            reported = far ? value : reported;
            return far;
        }
    }

    /** Returns the tokens to reserve for a prompt, from the provider's estimate. */
    long promptTokens(Target target, long estimate) {
        Learned known = learned.get(promptsKey(target, estimate));
        return known == null ? estimate : scaled(estimate, perThousand(known.values));
    }

    private static int perThousand(LatestValues known) {
        int enough = known.size() < FEWEST ? Math.max(THOUSAND, known.largest()) : known.enoughFor(PROMPTS_COVERED);
        return Math.max(LEAST_PER_THOUSAND, enough);
    }

    private static long scaled(long estimate, int perThousand) {
        long tokens = Math.min(estimate, Long.MAX_VALUE / MOST_PER_THOUSAND);
        return (tokens * perThousand + THOUSAND - 1) / THOUSAND;
    }

    /**
     * What is expected of a completion, in tokens.
     *
     * @param most the most that it may need: its bound, or a generous estimate if it has none
     * @param usual what few exceed; the most until a completion has been seen
     * @param mean what is counted on average
     */
    record Expected(long most, long usual, long mean) {}

    /** Returns what is expected of a completion, but no less than the service counts when the prompt arrives. */
    Expected completion(Route route, Target target, Admission admission) {
        @Nullable Learned known = learned.get(completionsKey(route, target));
        long onEntry = onEntry(target, admission);
        int count = admission.completions();
        long mean = known == null ? 0 : (long) Math.ceil(known.mean * count);
        long most = admission.completionBound().orElse(Math.max(UNSEEN * count, UNUSUAL * mean));
        return new Expected(
                Math.max(onEntry, most),
                Math.max(onEntry, known == null ? most : Math.min(most, (long) enough(known.values) * count)),
                Math.max(onEntry, known == null ? most : Math.min(most, mean)));
    }

    /** Returns what a service counts, or may count, for a completion when the prompt arrives. */
    private long onEntry(Target target, Admission admission) {
        return admission.counting() == Admission.Counting.AS_MADE
                ? 0
                : admission.completionBound().orElse(assumed.getOrDefault(target.kind(), ASSUMED));
    }

    private static int enough(LatestValues known) {
        if (known.size() >= FEWEST) {
            return known.enoughFor(COMPLETIONS_COVERED);
        }
        return (int) Math.min(CUT, (long) known.largest() * FEWEST / known.size());
    }

    /**
     * Returns the tokens of a prompt that are finally counted on average, without cached ones where those don't count.
     * An unseen size counts like the next smaller seen one.
     */
    long meanPromptTokens(Target target, long estimate) {
        @Nullable Learned known = null;
        for (long size = estimate; known == null && size > 0; size /= 2) {
            known = learned.get(promptsKey(target, size));
        }
        return known == null ? estimate : scaled(estimate, (int) Math.ceil(known.mean));
    }

    /** Learns from an answer. Returns what the service counted for it; empty if it doesn't say. */
    public Optional<TokenCount> learn(Route route, Lease lease, Admission admission, Completion completion, long now) {
        Target target = lease.target();
        if (completion.usage().isEmpty()) {
            return Optional.empty();
        }
        TokenUsage usage = completion.usage().get();
        TokenCount counted = Demand.bounded(admission.counted(usage));
        if (usage.promptTokens() > 0 && admission.promptTokens() > 0) {
            learnPrompt(target, admission.promptTokens(), usage.promptTokens(), counted.prompt(), now);
        }
        long each = usage.completionTokens() / admission.completions();
        int made = completion.finishReason() == FinishReason.LENGTH ? CUT : (int) each;
        Learned known = record(completionsKey(route, target), made, now);
        known.count(each);
        moved |= known.moves(enough(known.values));
        moved |= known.meanMoves();
        if (!admission.isGuessed() || admission.completions() > 1) {
            return Optional.of(counted);
        }
        long least =
                Math.min(onEntry(target, admission), Math.max(0, lease.call().tokensUsed() - usage.promptTokens()));
        moved |= !Long.valueOf(least).equals(assumed.put(target.kind(), least));
        return Optional.of(new TokenCount(counted.prompt(), Math.max(counted.completion(), least)));
    }

    /**
     * Learns from a refusal: if the service reported more left than was reserved, it counts more for a completion
     * without a bound than assumed.
     */
    public void refused(Lease lease, Admission admission) {
        boolean seemedToFit =
                lease.call().tokensUsed() != Long.MAX_VALUE && !lease.call().foundUsedUp();
        if (admission.isGuessed() && seemedToFit) {
            long more = Math.max(2 * onEntry(lease.target(), admission), ASSUMED);
            assumed.put(lease.target().kind(), Math.min(more, Integer.MAX_VALUE));
            moved = true;
        }
    }

    private void learnPrompt(Target target, long estimate, long prompt, long counted, long now) {
        Learned known = record(promptsKey(target, estimate), perThousand(prompt, estimate), now);
        known.count(perThousand(counted, estimate));
        moved |= known.moves(perThousand(known.values));
        moved |= known.meanMoves();
    }

    private static int perThousand(long tokens, long estimate) {
        return (int) Math.min(MOST_PER_THOUSAND, (tokens * THOUSAND + estimate - 1) / estimate);
    }

    private Learned record(SavedTokensKey key, int value, long now) {
        Learned known =
                learned.computeIfAbsent(key, first -> new Learned(first.kind().equals(PROMPTS) ? THOUSAND : CUT));
        known.values.record(value);
        known.changedAt = now;
        return known;
    }

    /** Returns whether anything learned has moved by more than an eighth since the last call. */
    public boolean takeMoved() {
        boolean was = moved;
        moved = false;
        return was;
    }

    /**
     * Returns what later processes start from.
     *
     * @param instants converts the engine's clock
     */
    public List<SavedTokens> saved(LongFunction<Instant> instants) {
        List<SavedTokens> saved = new ArrayList<>(learned.size());
        learned.forEach((key, known) -> saved.add(
                new SavedTokens(key, known.values.latest(SavedTokens.MOST_VALUES), instants.apply(known.changedAt))));
        return saved;
    }

    /**
     * Continues with what an earlier process had learned; unknown kinds of a later version are skipped. Call it before
     * anything is learned.
     *
     * @param changedAt when it changed, on the engine's clock
     */
    public void resume(SavedTokens saved, long changedAt) {
        if (!saved.key().kind().equals(PROMPTS) && !saved.key().kind().equals(COMPLETIONS)) {
            return;
        }
        for (int value : saved.latest()) {
            Learned known = record(saved.key(), value, changedAt);
            if (value != CUT) {
                known.count(value);
            }
        }
    }

    /** Identifies prompts whose estimates are wrong in the same way, by the number of the estimates' binary digits. */
    private static SavedTokensKey promptsKey(Target target, long estimate) {
        return new SavedTokensKey(
                PROMPTS,
                target.account().settings().provider(),
                target.model(),
                Long.SIZE - Long.numberOfLeadingZeros(estimate));
    }

    /** Identifies completions of about the same length. */
    private static SavedTokensKey completionsKey(Route route, Target target) {
        return new SavedTokensKey(COMPLETIONS, route.name(), target.model(), 0);
    }
}
