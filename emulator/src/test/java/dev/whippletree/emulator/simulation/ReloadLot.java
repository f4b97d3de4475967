package dev.whippletree.emulator.simulation;

import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.TenantWeights;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Draws reloads of a scenario: accounts leave and come back, are connected anew, get another concurrency and weight;
 * the route gets another strategy and patience. The models of each tier stay, and with them what prompts are equal.
 * Confined to one thread.
 */
final class ReloadLot {

    private final RandomGenerator lot;
    private final Scenario scenario;

    /** Accounts that a prompt names: without them it couldn't be asked. */
    private final Set<String> named = new HashSet<>();

    ReloadLot(RandomGenerator lot, Scenario scenario) {
        this.lot = lot;
        this.scenario = scenario;
        scenario.asks().forEach(ask -> ask.prompt().account().ifPresent(named::add));
    }

    List<Reload> draw() {
        List<Reload> reloads = new ArrayList<>();
        for (int number = 1 + lot.nextInt(4); number > 0; number--) {
            reloads.add(reload());
        }
        return reloads;
    }

    private Reload reload() {
        List<SimulatedAccount> accounts = accounts();
        Set<String> reconnected = new HashSet<>();
        accounts.stream().map(SimulatedAccount::id).filter(id -> chance(4)).forEach(reconnected::add);
        Duration at = Duration.ofMillis(lot.nextInt(chance(2) ? 3_000 : 40_000));
        return new Reload(at, accounts, reconnected, route(accounts), TenantWeights.EQUAL);
    }

    private List<SimulatedAccount> accounts() {
        Set<Integer> tiers = new HashSet<>();
        List<SimulatedAccount> accounts = new ArrayList<>();
        for (SimulatedAccount account : scenario.accounts()) {
            boolean first = tiers.add(account.tier());
            if (first || named.contains(account.id()) || !chance(3)) {
                accounts.add(chance(3) ? other(account) : account);
            }
        }
        return accounts;
    }

    private SimulatedAccount other(SimulatedAccount account) {
        return account.withMaxConcurrency(1 + lot.nextInt(60)).withWeight(1 + lot.nextInt(3));
    }

    private RouteSettings route(List<SimulatedAccount> accounts) {
        Map<Integer, List<TargetSettings>> tiers = new TreeMap<>();
        for (SimulatedAccount account : accounts) {
            account.models()
                    .forEach(model -> tiers.computeIfAbsent(account.tier(), tier -> new ArrayList<>())
                            .add(new TargetSettings(account.id(), model)));
        }
        RouteSettings before = scenario.route();
        return before.toBuilder()
                .tiers(tiers.values().stream().map(Tier::new).toList())
                .strategy(chance(3) ? Strategies.NAMES.get(lot.nextInt(Strategies.NAMES.size())) : before.strategy())
                .patience(chance(3) ? Duration.ofMillis(lot.nextInt(6_000)) : before.patience())
                .ttl(RouteSettings.DEFAULT_TTL)
                .build();
    }

    private boolean chance(int of) {
        return lot.nextInt(of) == 0;
    }
}
