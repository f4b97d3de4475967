package dev.whippletree.planner;

import dev.whippletree.planner.Outcome.Binding;
import dev.whippletree.planner.Outcome.Cause;
import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.Outcome.LimitUse;
import dev.whippletree.planner.Outcome.Times;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Decides what a run's figures mean. Immutable. */
final class Judge {

    /** Above this load there is no room for a bad day: it is tight. */
    static final double COMFORTABLE = 0.9;

    /** A window that full held somebody back: what is reserved and not used keeps it from being quite full. */
    private static final double FULL = 0.9;

    /** Shorter waits are but the order in which things are done at one instant. */
    private static final Duration NO_WAIT = Duration.ofMillis(1);

    private final PlanRequest request;

    Judge(PlanRequest request) {
        this.request = request;
    }

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
     */
    record Figures(long prompts, long answered, long failed, double load, long needed, long allowed, Times waited) {}

    /**
     * What it comes to.
     *
     * @param verdict whether it holds
     * @param reason why, a sentence
     */
    record Judgement(Verdict verdict, String reason) {

        /** Returns another result on which it depends, if there is one. */
        Optional<Outcome.Otherwise> otherwise(Supplier<Optional<Outcome.Otherwise>> ifNot) {
            return verdict == Verdict.DOES_NOT_HOLD ? ifNot.get() : Optional.empty();
        }
    }

    Judgement judge(Figures figures, Binding binding) {
        String within = " within " + Phrases.time(request.horizon());
        if (figures.answered() < figures.prompts()) {
            return new Judgement(Verdict.DOES_NOT_HOLD, unanswered(figures, binding, within));
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

    /** Returns what is left of a judgement if these accounts were asked and nobody knows what they allow. */
    static Judgement withUnknown(Judgement judgement, List<String> accounts) {
        if (!judgement.verdict().held() || accounts.isEmpty()) {
            return judgement;
        }
        boolean one = accounts.size() == 1;
        return new Judgement(
                Verdict.UNKNOWN,
                Phrases.list(accounts) + (one ? " declares" : " declare") + " no limits; without limits, the"
                        + " answer is yes"
                        + (judgement.verdict() == Verdict.TIGHT ? ", but tight" : ""));
    }

    private static String unanswered(Figures figures, Binding binding, String within) {
        long left = figures.prompts() - figures.answered();
        String who =
                Phrases.number(left) + " of " + Phrases.number(figures.prompts()) + " prompts aren't answered" + within;
        if (figures.load() > 1) {
            return who + ": they need " + Phrases.number(figures.needed()) + " calls, but the accounts allow "
                    + Phrases.number(figures.allowed());
        }
        return figures.failed() > 0
                ? who + ", " + Phrases.number(figures.failed()) + " of them fail: " + binding.text()
                : who + ": " + binding.text();
    }

    /** Returns what holds prompts back most. */
    Binding binding(Times waited, long failed, List<LimitUse> limits, List<CreditUse> credits) {
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
        Optional<LimitUse> fullest = limits.stream().max(Comparator.comparingDouble(LimitUse::fullestShare));
        if (failed > 0 && fullest.filter(limit -> limit.fullestShare() >= FULL).isEmpty()) {
            return new Binding(Cause.FAILURES, "calls fail");
        }
        if (waited.worst().compareTo(NO_WAIT) < 0) {
            return new Binding(Cause.NOTHING, "no prompt waits for room, so only the answers' own time counts");
        }
        return fullest.filter(limit -> limit.fullestShare() >= FULL)
                .map(limit -> new Binding(Cause.LIMIT, limit.limit() + " of " + limit.organization()))
                .orElseGet(() -> new Binding(Cause.CONCURRENCY, "the number of concurrent calls, or reserved tokens"));
    }
}
