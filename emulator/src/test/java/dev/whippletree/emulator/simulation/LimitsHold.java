package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.LimitStatus;

/** Invariant 1: counted as the service counts, no limit that is known is exceeded. */
final class LimitsHold implements Invariant {

    private static final String NAME = "limits hold";

    /** Calls on an account of whose limits nothing is known yet. */
    private static final int UNTOLD = 4;

    private final Facts facts;

    LimitsHold(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void failed(Call call, Failure failure) {
        boolean limited = failure.kind() == FailureKind.RATE_LIMITED || failure.kind() == FailureKind.QUOTA_EXHAUSTED;
        facts.check(
                !limited
                        || !facts.scenario.isDeclared(call.account)
                        || !facts.scenario.closesByLimitsAlone()
                        || call.account.limits().stream().anyMatch(limit -> !isExact(facts, limit.limit())),
                NAME,
                () -> "a declared limit of " + call.account.id() + " refused the " + call + ": " + failure);
    }

    @Override
    public void step(StatusSnapshot status) {
        for (StatusSnapshot.AccountStatus account : status.accounts()) {
            account.limits().forEach(limit -> check(account.id(), limit));
        }
    }

    private void check(String account, LimitStatus limit) {
        if (limit.source() != LimitStatus.LimitSource.DECLARED || limit.window().isEmpty()) {
            return;
        }
        String scope = limit.scope().organization();
        Books.Owner owner = new Books.Owner(
                scope.substring(scope.indexOf('/') + 1),
                limit.scope().model(),
                new Limit(limit.unit(), limit.amount(), limit.window().get()));
        facts.books
                .left(owner, facts.nowNanos)
                .ifPresent(left -> facts.check(
                        left.includes(limit.left()),
                        NAME,
                        () -> "of " + owner + " of " + account + " there are " + left + ", not " + limit.left()));
    }

    /** Holds a service's count against what the engine knew. */
    static void check(Facts facts, LimitStats limit) {
        if (facts.scenario.isDeclared()) {
            boolean exact = isExact(facts, Limit.parse(limit.limit()));
            facts.check(!exact || limit.refused() == 0, NAME, () -> "a declared limit refused calls: " + limit);
            long most = limit.amount() + (exact ? 0 : mostTokens(facts));
            facts.check(limit.fullest() <= most, NAME, () -> "a window was exceeded: " + limit);
        } else if (reported(facts.scenario) && facts.scenario.tellsTheTruth()) {
            long unavoidable = facts.scenario.accounts().stream()
                            .mapToLong(
                                    account -> (long) UNTOLD * account.models().size())
                            .sum()
                    * (1 + facts.scenario.reloads().size());
            facts.check(limit.refused() <= unavoidable, NAME, () -> "more refused than unavoidable: " + limit);
        }
    }

    /** Where less is reserved than completions may need, a limit of tokens may be exceeded at its very end. */
    private static boolean isExact(Facts facts, Limit limit) {
        return limit.unit() == Limit.Unit.REQUESTS || facts.answers == 0;
    }

    private static long mostTokens(Facts facts) {
        return facts.asked.stream().mapToLong(asked -> asked.tokens).max().orElse(0);
    }

    private static boolean reported(Scenario scenario) {
        return scenario.accounts().stream().allMatch(account -> account.service() != ServiceKind.HUGGING_FACE);
    }
}
