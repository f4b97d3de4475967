package dev.whippletree.planner;

import dev.whippletree.planner.AccountGroup.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The accounts of a pool, each with the models it is asked for, by number. Immutable. */
final class Targets {

    private final List<PlannedAccount> plannedAccounts;
    private final List<Target> targets = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    Targets(AccountPool pool) {
        this.plannedAccounts = PlannedAccount.of(pool);
        for (PlannedAccount planned : plannedAccounts) {
            for (Place place : planned.member().places()) {
                if (numbers.putIfAbsent(key(planned.id(), place.model()), targets.size()) == null) {
                    targets.add(new Target(planned, place.model()));
                }
            }
        }
    }

    /**
     * An account and a model.
     *
     * @param planned the account
     * @param model the model it is asked for
     */
    record Target(PlannedAccount planned, String model) {}

    List<PlannedAccount> plannedAccounts() {
        return plannedAccounts;
    }

    List<Target> all() {
        return targets;
    }

    /** Returns the number of a target that is there. */
    int number(String account, String model) {
        Integer number = numbers.get(key(account, model));
        if (number == null) {
            throw new IllegalArgumentException("the plan has no account " + account + " for model " + model);
        }
        return number;
    }

    /** Returns the numbers of an account's targets. */
    List<Integer> of(PlannedAccount planned) {
        return planned.member().places().stream()
                .map(place -> number(planned.id(), place.model()))
                .distinct()
                .toList();
    }

    private static String key(String account, String model) {
        return account + '\n' + model;
    }
}
