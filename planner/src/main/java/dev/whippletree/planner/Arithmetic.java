package dev.whippletree.planner;

import dev.whippletree.planner.Outcome.Binding;
import dev.whippletree.planner.Outcome.Cause;
import dev.whippletree.terminal.board.Words;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Decides without a simulation: no accounts, far too few accounts, or too many prompts to simulate. Immutable. */
final class Arithmetic {

    /** A simulation of more prompts takes minutes. */
    static final long MOST_PROMPTS = 500_000;

    /** Above this load, simulated waits mean nothing. */
    private static final double FAR_TOO_MUCH = 10;

    private final PlanRequest request;
    private final Allowance allowance;

    Arithmetic(PlanRequest request) {
        this.request = request;
        this.allowance = new Allowance(request);
    }

    boolean tooLarge(int interviews) {
        return new Questions(request, interviews).prompts() > MOST_PROMPTS;
    }

    /**
     * Returns the outcome of a variant that needs no simulation; empty if it needs one. The supplier is used as by
     * {@link Simulation#run}.
     */
    Optional<Outcome> outcome(Variant variant, Supplier<Optional<Outcome.Otherwise>> ifNot) {
        if (variant.pool().count() == 0) {
            return Optional.of(outcome(
                    variant, new Judge.Judgement(Verdict.DOES_NOT_HOLD, "no account is left"), Optional::empty));
        }
        Questions questions = new Questions(request, variant.interviews());
        long needed = needed(variant.interviews());
        double load = allowance.load(needed, variant.pool());
        String sum = "by arithmetic alone, because " + Words.count(questions.prompts()) + " prompts take "
                + Words.count(needed) + " calls and the accounts allow "
                + (load == 0 ? "any number" : Words.count(allowance.calls(variant.pool())));
        if (load > FAR_TOO_MUCH) {
            return Optional.of(outcome(
                    variant, new Judge.Judgement(Verdict.DOES_NOT_HOLD, "far too much, " + sum), Optional::empty));
        }
        if (!tooLarge(variant.interviews())) {
            return Optional.empty();
        }
        Judge.Judgement judgement = new Judge(request)
                .withUnknown(new Judge.Judgement(verdict(load), sum), PlannedAccount.of(variant.pool()));
        return Optional.of(outcome(variant, waitsMatter() ? withUnknownWaits(judgement) : judgement, ifNot));
    }

    /** Returns whether prompts may wait less than until the horizon; only a simulation tells how long they wait. */
    boolean waitsMatter() {
        return Stream.of(request.longestWait(), request.pool().route().deadline())
                .flatMap(Optional::stream)
                .anyMatch(longest -> longest.compareTo(request.horizon()) < 0);
    }

    private static Judge.Judgement withUnknownWaits(Judge.Judgement judgement) {
        return judgement.verdict().held()
                ? new Judge.Judgement(
                        Verdict.UNKNOWN,
                        "how long prompts wait isn't known; if none waits too long, the answer is yes"
                                + (judgement.verdict() == Verdict.TIGHT ? ", but tight, " : ", ")
                                + judgement.reason())
                : judgement;
    }

    /** Without a cache, only a simulation tells how many prompts share a call: if it would take too long, none. */
    long needed(int interviews) {
        Questions questions = new Questions(request, interviews);
        return request.pool().cached() || !tooLarge(interviews) ? questions.distinct() : questions.prompts();
    }

    private static Verdict verdict(double load) {
        if (load > 1) {
            return Verdict.DOES_NOT_HOLD;
        }
        return load > Judge.COMFORTABLE ? Verdict.TIGHT : Verdict.HOLDS;
    }

    private Outcome outcome(Variant variant, Judge.Judgement judgement, Supplier<Optional<Outcome.Otherwise>> ifNot) {
        Optional<Outcome.Otherwise> otherwise = judgement.otherwise(ifNot);
        Questions questions = new Questions(request, variant.interviews());
        long needed = needed(variant.interviews());
        long calls = Math.min(needed, allowance.calls(variant.pool()));
        long answered = (long) ((double) questions.prompts() * calls / needed);
        return new Outcome(
                otherwise.isPresent() ? Verdict.DEPENDS : judgement.verdict(),
                false,
                judgement.reason(),
                allowance.load(needed, variant.pool()),
                questions.prompts(),
                answered,
                0,
                needed,
                calls,
                0,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                new Binding(judgement.verdict().held() ? Cause.NOTHING : Cause.LIMIT, "what the accounts allow in all"),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                otherwise);
    }
}
