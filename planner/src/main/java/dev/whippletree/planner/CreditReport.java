package dev.whippletree.planner;

import dev.whippletree.planner.Outcome.CreditUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Computes how much of each organization's credit a simulation used. Immutable. */
record CreditReport(AccountPool pool, Recorder recorder, Allowance allowance) {

    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    List<CreditUse> uses() {
        List<PlannedAccount> accounts = PlannedAccount.of(pool);
        List<CreditUse> uses = new ArrayList<>();
        for (AccountGroup group : pool.groups()) {
            group.credit()
                    .ifPresent(credit -> group.organizations()
                            .forEach(organization ->
                                    uses.add(use(group, organization.id(), credit.toString(), accounts))));
        }
        return uses;
    }

    private CreditUse use(AccountGroup group, String organization, String credit, List<PlannedAccount> accounts) {
        OptionalLong tokens = allowance.creditTokens(group);
        if (tokens.isEmpty()) {
            return new CreditUse(organization, credit, Optional.empty(), OptionalInt.empty());
        }
        if (tokens.getAsLong() == 0) { // A credit smaller than one call is used up at once.
            return new CreditUse(organization, credit, Optional.of(1.0), OptionalInt.of(1));
        }
        long[] calls = recorder.admittedNanos(accounts.stream()
                .filter(planned -> planned.organization().equals(organization))
                .flatMap(planned -> planned.targets().stream())
                .toList());
        long paid = tokens.getAsLong() / allowance.tokensOfACall();
        return new CreditUse(
                organization,
                credit,
                Optional.of((double) calls.length * allowance.tokensOfACall() / tokens.getAsLong()),
                paid > calls.length
                        ? OptionalInt.empty()
                        : OptionalInt.of((int) (calls[(int) paid - 1] / MINUTE_NANOS) + 1));
    }
}
