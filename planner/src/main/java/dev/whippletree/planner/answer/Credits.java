package dev.whippletree.planner.answer;

import dev.whippletree.model.Credit;
import dev.whippletree.planner.AccountGroup;
import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.AccountUse;
import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.terminal.board.Words;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** Says when organizations' credits run out, by a price list. Immutable. */
public final class Credits {

    private final Costs costs;

    /**
     * Creates one.
     *
     * @param costs what tokens cost
     */
    public Credits(Costs costs) {
        this.costs = costs;
    }

    /**
     * What becomes of one organization's credit in a month of runs.
     *
     * @param organization whose
     * @param credit how much
     * @param costOfRun what a run costs the organization; empty if it isn't known, or is in another currency
     * @param share of the credit that one run uses: 0.2 for 20 %; empty as the cost
     * @param lastRun the run of the month, from 1, in which it runs out; empty if it lasts, or as the cost
     * @param minute the minute of that run, from 1
     */
    public record Use(
            String organization,
            Credit credit,
            Optional<BigDecimal> costOfRun,
            Optional<Double> share,
            OptionalInt lastRun,
            OptionalInt minute) {

        /** Says what becomes of the credit, without saying whose it is. */
        private String outlook(int runsPerMonth) {
            if (costOfRun.isEmpty()) {
                return "it can't be known when it runs out without a price in " + credit.currency() + ".";
            }
            String at = minute.isPresent() ? ", in its minute " + minute.getAsInt() : "";
            if (lastRun.isPresent() && lastRun.getAsInt() == 1) {
                return "it runs out in the first run of a month" + at + ".";
            }
            String each = "a run takes " + Words.money(costOfRun.get(), credit.currency());
            if (lastRun.isEmpty()) {
                return each + ", " + Words.count(runsPerMonth, "run") + " a month "
                        + Sentences.percent(share.orElse(0.0) * runsPerMonth) + " of it; it lasts.";
            }
            return each + "; it runs out in run " + Words.count(lastRun.getAsInt()) + " of " + Words.count(runsPerMonth)
                    + " a month" + at + ".";
        }
    }

    /** Returns a sentence for each credit; one for all those of which the same can be said. */
    public List<String> sentences(AccountPool pool, Outcome outcome) {
        Map<String, List<String>> whose = new LinkedHashMap<>();
        for (Use use : of(pool, outcome)) {
            String rest = use.credit() + ": " + use.outlook(costs.runsPerMonth());
            whose.computeIfAbsent(rest, text -> new ArrayList<>()).add(use.organization());
        }
        return whose.entrySet().stream()
                .map(entry -> names(entry.getValue()) + " may spend " + entry.getKey())
                .toList();
    }

    private static String names(List<String> organizations) {
        if (organizations.size() == 1) {
            return organizations.get(0);
        }
        return "Each of " + organizations.get(0) + (organizations.size() == 2 ? " and " : " to ")
                + organizations.get(organizations.size() - 1);
    }

    /** Returns the use of every credit that was stated, in the pool's order. */
    public List<Use> of(AccountPool pool, Outcome outcome) {
        List<Use> uses = new ArrayList<>();
        for (AccountGroup group : pool.groups()) {
            group.credit()
                    .ifPresent(credit -> group.organizations()
                            .forEach(organization -> uses.add(use(organization.id(), group, credit, outcome))));
        }
        return uses;
    }

    private Use use(String organization, AccountGroup group, Credit credit, Outcome outcome) {
        Optional<BigDecimal> cost = costOfRun(organization, group.service(), credit, outcome);
        OptionalInt simulated = simulatedEnd(organization, outcome);
        if (simulated.isPresent()) {
            return new Use(organization, credit, cost, Optional.of(1.0), OptionalInt.of(1), simulated);
        }
        if (cost.isEmpty() || cost.get().signum() == 0) {
            return new Use(organization, credit, cost, cost.map(none -> 0.0), OptionalInt.empty(), OptionalInt.empty());
        }
        double runs = credit.amount().divide(cost.get(), MathContext.DECIMAL64).doubleValue();
        Optional<Double> share = Optional.of(1 / runs);
        if (runs >= costs.runsPerMonth()) {
            return new Use(organization, credit, cost, share, OptionalInt.empty(), OptionalInt.empty());
        }
        int whole = (int) runs;
        return new Use(
                organization,
                credit,
                cost,
                share,
                OptionalInt.of(whole + 1),
                minute(organization, runs - whole, outcome));
    }

    /** What the run itself showed: from then on the organization's accounts were refused, and others had to do. */
    private static OptionalInt simulatedEnd(String organization, Outcome outcome) {
        return outcome.credits().stream()
                .filter(use -> use.organization().equals(organization))
                .map(Outcome.CreditUse::runsOutInMinute)
                .findFirst()
                .orElse(OptionalInt.empty());
    }

    /** An organization's part of its service's cost is taken to be its part of the service's calls. */
    private Optional<BigDecimal> costOfRun(String organization, String service, Credit credit, Outcome outcome) {
        if (costs.prices()
                .filter(list -> list.currency().equals(credit.currency()))
                .isEmpty()) {
            return Optional.empty();
        }
        long ofService = calls(outcome.accounts(), account -> account.service().equals(service));
        long own = calls(outcome.accounts(), account -> account.organization().equals(organization));
        if (own == 0) {
            return Optional.of(BigDecimal.ZERO);
        }
        return costs.lines(outcome).stream()
                .filter(line -> line.asked() && line.service().equals(service))
                .map(Costs.Line::cost)
                .reduce((one, other) -> one.flatMap(cost -> other.map(cost::add)))
                .flatMap(sum -> sum)
                .map(sum -> sum.multiply(BigDecimal.valueOf(own))
                        .divide(BigDecimal.valueOf(ofService), MathContext.DECIMAL64));
    }

    private static long calls(List<AccountUse> accounts, Predicate<AccountUse> which) {
        return accounts.stream().filter(which).mapToLong(AccountUse::calls).sum();
    }

    /** Returns the minute in which a part of the organization's calls has been made. */
    private static OptionalInt minute(String organization, double part, Outcome outcome) {
        long all = calls(outcome.accounts(), account -> account.organization().equals(organization));
        long made = 0;
        for (Minute minute : outcome.timeline()) {
            for (int index = 0; index < outcome.accounts().size(); index++) {
                boolean own = outcome.accounts().get(index).organization().equals(organization);
                made += own ? minute.callsByAccount().get(index) : 0;
            }
            if (made > part * all) {
                return OptionalInt.of(minute.number());
            }
        }
        return OptionalInt.empty();
    }
}
