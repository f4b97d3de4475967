package dev.whippletree.planner;

import dev.whippletree.planner.Outcome.Binding;
import dev.whippletree.planner.Outcome.Cause;
import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.Outcome.LimitUse;
import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.planner.Outcome.Times;
import dev.whippletree.terminal.board.Words;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Turns a simulation's figures into a verdict. Immutable. */
record Judge(PlanRequest request) {

    /** Above this load, nothing is left for a bad day: tight. */
    static final double COMFORTABLE = 0.9;

    /** Shorter waits are only the order of events at one instant. */
    private static final Duration NO_WAIT = Duration.ofMillis(1);

    /**
     * A run's figures.
     *
     * @param prompts how many prompts there are
     * @param answered how many were answered in time
     * @param failed how many ended without an answer
     * @param load as {@link Outcome#load}
     * @param needed how many calls are needed
     * @param allowed how many the accounts allow
     * @param waited how long prompts waited for room
     * @param waitedTooLong how many of them waited longer than is acceptable
     */
    record Figures(
            long prompts,
            long answered,
            long failed,
            double load,
            long needed,
            long allowed,
            Times waited,
            long waitedTooLong) {}

    /** The verdict, and why, as a sentence. */
    record Judgement(Verdict verdict, String reason) {

        /** Returns the alternative outcome, if the verdict depends on how limits are counted. */
        Optional<Outcome.Otherwise> otherwise(Supplier<Optional<Outcome.Otherwise>> ifNot) {
            return verdict == Verdict.DOES_NOT_HOLD ? ifNot.get() : Optional.empty();
        }
    }

    Judgement judge(Figures figures, Binding binding) {
        String within = " within " + Phrases.time(request.horizon());
        if (figures.answered() < figures.prompts()) {
            return new Judgement(Verdict.DOES_NOT_HOLD, unanswered(figures, binding, within) + waitedTooLong(figures));
        }
        Optional<Duration> longest = request.longestWait();
        if (longest.isPresent() && figures.waited().worst().compareTo(longest.get()) > 0) {
            return new Judgement(
                    Verdict.DOES_NOT_HOLD,
                    "a prompt waits " + Phrases.time(figures.waited().worst())
                            + " for room, longer than the acceptable " + Phrases.time(longest.get()) + "; "
                            + binding.text());
        }
        String used = figures.load() == 0
                ? "all prompts are answered" + within
                : "all prompts are answered" + within + " with " + Phrases.percent(figures.load())
                        + " of what the accounts allow";
        return new Judgement(figures.load() > COMFORTABLE ? Verdict.TIGHT : Verdict.HOLDS, used);
    }

    /**
     * Weakens a judgement to unknown if accounts that get calls declare no limits or have a credit without a known
     * price.
     */
    Judgement withUnknown(Judgement judgement, List<PlannedAccount> asked) {
        Allowance allowance = new Allowance(request);
        List<String> unlimited = asked.stream()
                .filter(planned -> planned.group().isUnknown())
                .map(PlannedAccount::id)
                .toList();
        List<String> prices = asked.stream()
                .flatMap(planned -> allowance.missingPrice(planned.group()).stream())
                .distinct()
                .toList();
        if (!judgement.verdict().held() || (unlimited.isEmpty() && prices.isEmpty())) {
            return judgement;
        }
        String credits = prices.isEmpty() ? "" : "how long credits last isn't known without " + Phrases.list(prices);
        String limits = unlimited.isEmpty()
                ? "; if they last"
                : (prices.isEmpty() ? "" : ", and ") + Phrases.list(unlimited)
                        + (unlimited.size() == 1 ? " declares" : " declare") + " no limits; if there really are none";
        return new Judgement(
                Verdict.UNKNOWN,
                credits + limits + ", the answer is yes" + (judgement.verdict() == Verdict.TIGHT ? ", but tight" : ""));
    }

    private static String unanswered(Figures figures, Binding binding, String within) {
        long left = figures.prompts() - figures.answered();
        String who = Words.count(left) + " of " + Words.count(figures.prompts()) + " prompts aren't answered" + within;
        if (figures.load() > 1) {
            return who + ": they need " + Words.count(figures.needed()) + " calls, but the accounts allow "
                    + Words.count(figures.allowed());
        }
        return figures.failed() > 0
                ? who + ", " + Words.count(figures.failed()) + " of them fail: " + binding.text()
                : who + ": " + binding.text();
    }

    private String waitedTooLong(Figures figures) {
        return request.longestWait()
                .filter(longest -> figures.waitedTooLong() > 0)
                .map(longest -> "; " + Words.count(figures.waitedTooLong())
                        + " wait longer for room than the acceptable " + Phrases.time(longest))
                .orElse("");
    }

    /**
     * Returns the limit that was full in the most minutes while prompts waited; empty if none was full.
     *
     * @param slots of the limits, in their order
     */
    static Optional<LimitUse> bindingLimit(List<LimitUse> limits, List<LimitSlot> slots, List<Minute> minutes) {
        return IntStream.range(0, limits.size())
                .boxed()
                .filter(limit ->
                        limits.get(limit).fullestShare() >= slots.get(limit).full())
                .max(Comparator.<Integer>comparingLong(limit -> minutes.stream()
                                .filter(minute -> minute.open() > 0
                                        && minute.limitShares().get(limit)
                                                >= slots.get(limit).full())
                                .count())
                        .thenComparingDouble(limit -> limits.get(limit).fullestShare()))
                .map(limits::get);
    }

    /**
     * Returns the main bottleneck.
     *
     * @param full as {@link #bindingLimit} says
     */
    static Binding binding(Times waited, long failed, Optional<LimitUse> full, List<CreditUse> credits) {
        Optional<CreditUse> spent = credits.stream()
                .filter(credit -> credit.runsOutInMinute().isPresent())
                .min(Comparator.comparingInt(credit -> credit.runsOutInMinute().getAsInt()));
        if (spent.isPresent()) {
            return new Binding(
                    Cause.CREDIT,
                    "the credit of " + spent.get().organization() + " ("
                            + spent.get().credit() + ") runs out in minute "
                            + spent.get().runsOutInMinute().getAsInt());
        }
        if (failed > 0 && full.isEmpty()) {
            return new Binding(Cause.FAILURES, "calls fail");
        }
        if (waited.worst().compareTo(NO_WAIT) < 0) {
            return new Binding(Cause.NOTHING, "no prompt waits for room, so only the answers' own time counts");
        }
        return full.map(limit -> new Binding(Cause.LIMIT, limit.limit() + " of " + limit.organization()))
                .orElseGet(() -> new Binding(Cause.CONCURRENCY, "the number of concurrent calls, or reserved tokens"));
    }
}
