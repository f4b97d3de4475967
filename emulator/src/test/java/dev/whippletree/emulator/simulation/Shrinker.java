package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.model.ServiceCapacity;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Looks for a smaller scenario that fails as well: fewer prompts, faults, accounts. Prompts are left out by halves,
 * quarters and so on (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 2002).
 * Confined to one thread.
 */
final class Shrinker {

    private static final int MOST_RUNS = 600;

    private final Predicate<Scenario> fails;
    private int runs;

    Shrinker(Predicate<Scenario> fails) {
        this.fails = fails;
    }

    /** Returns the smallest scenario found that fails; the given one, which does, if there is none. */
    Scenario shrink(Scenario failing) {
        Scenario best = failing;
        Scenario before;
        do {
            before = best;
            best = fewerReloads(best);
            best = fewerAsks(best);
            for (Scenario smaller : simpler(best)) {
                best = stillFails(smaller) ? smaller : best;
            }
            best = fewerFaults(best);
            best = fewerAccounts(best);
        } while (best != before && runs < MOST_RUNS);
        return best;
    }

    private boolean stillFails(Scenario scenario) {
        return runs++ < MOST_RUNS && fails.test(scenario);
    }

    private Scenario fewerAsks(Scenario scenario) {
        Scenario best = scenario;
        for (int chunk = Math.max(1, scenario.asks().size() / 2); chunk >= 1; chunk /= 2) {
            for (int from = 0; from < best.asks().size() && best.asks().size() > 1; ) {
                List<Ask> fewer = new ArrayList<>(best.asks());
                fewer.subList(from, Math.min(fewer.size(), from + chunk)).clear();
                Scenario smaller = best.withAsks(fewer);
                if (!fewer.isEmpty() && stillFails(smaller)) {
                    best = smaller;
                } else {
                    from += chunk;
                }
            }
        }
        return best;
    }

    private Scenario fewerReloads(Scenario scenario) {
        Scenario best = scenario;
        for (Reload reload : scenario.reloads()) {
            List<Reload> fewer =
                    best.reloads().stream().filter(other -> other != reload).toList();
            Scenario smaller = best.withReloads(fewer);
            best = stillFails(smaller) ? smaller : best;
        }
        return best;
    }

    private static List<Scenario> simpler(Scenario scenario) {
        Link link = scenario.link();
        Map<ServiceKind, Scenario.Service> idle = new EnumMap<>(scenario.services());
        idle.replaceAll((kind, service) -> new Scenario.Service(
                service.latency(),
                ServiceCapacity.UNLIMITED,
                service.answerLength(),
                service.faults(),
                service.clockAhead()));
        return List.of(
                scenario.withoutClosing(),
                scenario.withLink(new Link(link.least(), link.most(), 0, 0)),
                scenario.withServices(idle));
    }

    private Scenario fewerFaults(Scenario scenario) {
        Scenario best = scenario;
        for (ServiceKind kind : scenario.services().keySet()) {
            for (FaultRule rule : scenario.services().get(kind).faults().rules()) {
                Map<ServiceKind, Scenario.Service> services = new EnumMap<>(best.services());
                services.computeIfPresent(
                        kind,
                        (same, service) -> service.withFaults(service.faults().rules().stream()
                                .filter(other -> other != rule)
                                .toList()));
                Scenario smaller = best.withServices(services);
                best = stillFails(smaller) ? smaller : best;
            }
        }
        return best;
    }

    private Scenario fewerAccounts(Scenario scenario) {
        Scenario best = scenario;
        for (SimulatedAccount account : scenario.accounts()) {
            if (best.accounts().size() > 1 && best.reloads().isEmpty()) {
                Scenario smaller = without(best, account);
                best = !smaller.route().tiers().isEmpty() && stillFails(smaller) ? smaller : best;
            }
        }
        return best;
    }

    private static Scenario without(Scenario scenario, SimulatedAccount account) {
        RouteSettings route = scenario.route();
        List<Tier> tiers = route.tiers().stream()
                .map(tier -> tier.targets().stream()
                        .filter(target -> !target.account().equals(account.id()))
                        .toList())
                .filter(targets -> !targets.isEmpty())
                .map(Tier::new)
                .toList();
        List<SimulatedAccount> left =
                scenario.accounts().stream().filter(other -> other != account).toList();
        boolean pinned = scenario.asks().stream()
                .anyMatch(ask -> ask.prompt().account().equals(java.util.Optional.of(account.id())));
        return tiers.isEmpty() || pinned
                ? scenario
                : scenario.withAccounts(left, route.toBuilder().tiers(tiers).build());
    }
}
