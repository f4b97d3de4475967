package dev.whippletree.planner;

import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.Recorder.MinuteTally;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Computes how much of each organization's credit a simulation used. Confined to one simulation. */
final class CreditReport {

    private final AccountPool pool;
    private final Targets targets;
    private final List<MinuteTally> minutes;
    private final Allowance allowance;

    CreditReport(AccountPool pool, Targets targets, List<MinuteTally> minutes, Allowance allowance) {
        this.pool = pool;
        this.targets = targets;
        this.minutes = minutes;
        this.allowance = allowance;
    }

    List<CreditUse> uses() {
        List<CreditUse> uses = new ArrayList<>();
        for (AccountGroup group : pool.groups()) {
            group.credit()
                    .ifPresent(credit -> group.organizations()
                            .forEach(organization -> uses.add(use(group, organization.id(), credit.toString()))));
        }
        return uses;
    }

    private CreditUse use(AccountGroup group, String organization, String credit) {
        OptionalLong tokens = allowance.creditTokens(group);
        if (tokens.isEmpty()) {
            return new CreditUse(organization, credit, Optional.empty(), OptionalInt.empty());
        }
        long used = 0;
        OptionalInt end = OptionalInt.empty();
        for (int index = 0; index < minutes.size(); index++) {
            used += usedIn(minutes.get(index), organization);
            if (end.isEmpty() && used >= tokens.getAsLong()) {
                end = OptionalInt.of(index + 1);
            }
        }
        // A credit smaller than one call is used up at once.
        double share = tokens.getAsLong() == 0 ? 1 : (double) used / tokens.getAsLong();
        return new CreditUse(organization, credit, Optional.of(share), end);
    }

    private long usedIn(MinuteTally minute, String organization) {
        long[] admitted = minute.admitted();
        return targets.plannedAccounts().stream()
                        .filter(planned -> planned.organization().equals(organization))
                        .mapToLong(planned -> targets.callsOf(planned, admitted))
                        .sum()
                * allowance.tokensOfACall();
    }
}
