package dev.whippletree.emulator.simulation;

import dev.whippletree.model.StatusSnapshot;
import java.util.HashMap;
import java.util.Map;

/** Invariant 4: what is taken is given back, once. */
final class LeasesAreConserved implements Invariant {

    private static final String NAME = "leases are conserved";

    private final Facts facts;
    private final Map<String, Integer> before = new HashMap<>();
    private final Map<String, Integer> boundBefore = new HashMap<>();

    LeasesAreConserved(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void step(StatusSnapshot status) {
        for (StatusSnapshot.AccountStatus account : status.accounts()) {
            int underWay = facts.underWay(account.id());
            facts.check(
                    account.inFlight() == underWay,
                    NAME,
                    () -> underWay + " calls are under way on " + account.id() + ", not " + account.inFlight());
            // A reload may have lowered the bound after others began at that instant: what is above it may only become
            // less.
            int bound = account.maxConcurrency();
            int boundAtFirst = Math.max(boundOfReloads(account.id()), boundBefore.getOrDefault(account.id(), 0));
            int most = Math.max(Math.max(bound, boundAtFirst), before.getOrDefault(account.id(), 0));
            before.put(account.id(), underWay);
            boundBefore.put(account.id(), bound);
            facts.check(
                    underWay <= most,
                    NAME,
                    () -> underWay + " calls are under way on " + account.id() + " of at most " + most);
        }
        int all = facts.underWay();
        facts.check(status.inFlight() == all, NAME, () -> all + " calls are under way, not " + status.inFlight());
        // What is called off at the very instant at which it was to begin is counted but never made.
        facts.check(status.calls() >= facts.calls, NAME, () -> facts.calls + " calls were made, not " + status.calls());
    }

    @Override
    public void end(StatusSnapshot status) {
        facts.check(status.inFlight() == 0, NAME, () -> status.inFlight() + " calls are under way at the end");
    }

    /**
     * Returns the largest bound that reloads of this instant have set: one may follow another before anything is
     * checked.
     */
    private int boundOfReloads(String account) {
        return facts.scenario.reloads().stream()
                .filter(reload -> reload.at().toNanos() == facts.nowNanos)
                .flatMap(reload -> reload.accounts().stream())
                .filter(reloaded -> reloaded.id().equals(account))
                .mapToInt(reloaded ->
                        reloaded.maxConcurrency().orElse(facts.scenario.engine().maxConcurrency()))
                .max()
                .orElse(0);
    }
}
