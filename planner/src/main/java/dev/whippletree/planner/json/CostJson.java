package dev.whippletree.planner.json;

import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.answer.Credits;
import java.util.LinkedHashMap;
import java.util.Map;

/** Costs and credits as a JSON tree. An unknown cost is absent, never 0. */
final class CostJson {

    private final Costs costs;

    CostJson(Costs costs) {
        this.costs = costs;
    }

    Map<String, Object> of(AccountPool pool, Outcome outcome) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("tokens", of(Costs.tokens(outcome)));
        tree.put("tokens_uncached", of(outcome.tokensUncached()));
        tree.put("runs_per_month", costs.runsPerMonth());
        costs.prices().ifPresent(list -> {
            tree.put("currency", list.currency());
            tree.put("prices_as_of", list.asOf().toString());
            tree.put("prices_stale", list.doubt(costs.today()).isPresent());
        });
        costs.run(outcome).ifPresent(run -> {
            tree.put("run", run);
            tree.put("month", costs.month(run));
        });
        tree.put("models", costs.lines(outcome).stream().map(this::of).toList());
        tree.put(
                "credits",
                new Credits(costs).of(pool, outcome).stream().map(CostJson::of).toList());
        return tree;
    }

    private Map<String, Object> of(Costs.Line line) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("service", line.service());
        tree.put("model", line.model());
        tree.put("asked", line.asked());
        tree.put("tokens", of(line.tokens()));
        tree.put("tokens_uncached", of(line.uncached()));
        line.cost().ifPresent(cost -> {
            tree.put("run", cost);
            tree.put("month", costs.month(cost));
        });
        line.uncachedCost().ifPresent(cost -> {
            tree.put("run_uncached", cost);
            tree.put("month_uncached", costs.month(cost));
        });
        return tree;
    }

    private static Map<String, Object> of(Credits.Use use) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("organization", use.organization());
        tree.put("credit", use.credit().toString());
        use.costOfRun().ifPresent(cost -> tree.put("run", cost));
        use.share().ifPresent(share -> tree.put("share_of_run", share));
        use.lastRun().ifPresent(run -> tree.put("runs_out_in_run", run));
        use.minute().ifPresent(minute -> tree.put("runs_out_in_minute", minute));
        return tree;
    }

    private static Map<String, Object> of(TokenUsage usage) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("prompt", usage.promptTokens());
        tree.put("completion", usage.completionTokens());
        return tree;
    }
}
