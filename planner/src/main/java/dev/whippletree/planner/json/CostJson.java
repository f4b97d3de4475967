package dev.whippletree.planner.json;

import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.Outcome.Tokens;
import dev.whippletree.planner.answer.Costs;
import java.util.LinkedHashMap;
import java.util.Map;

/** Costs and credits as a JSON tree. An unknown cost is absent, never 0. */
final class CostJson {

    private CostJson() {}

    static Map<String, Object> of(Outcome outcome, Costs costs) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("tokens", of(Costs.tokens(outcome)));
        costs.prices().ifPresent(list -> {
            tree.put("currency", list.currency());
            tree.put("prices_as_of", list.asOf().toString());
            tree.put("prices_stale", list.doubt(costs.today()).isPresent());
        });
        costs.run(outcome).ifPresent(run -> tree.put("run", run));
        tree.put(
                "models",
                outcome.tokens().stream().map(asked -> of(asked, costs)).toList());
        tree.put("credits", outcome.credits().stream().map(CostJson::of).toList());
        return tree;
    }

    private static Map<String, Object> of(Tokens asked, Costs costs) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("service", asked.service());
        tree.put("model", asked.model());
        tree.put("tokens", of(asked.used()));
        costs.of(asked).ifPresent(cost -> tree.put("run", cost));
        return tree;
    }

    private static Map<String, Object> of(CreditUse use) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("organization", use.organization());
        tree.put("credit", use.credit());
        use.share().ifPresent(share -> tree.put("share_of_run", share));
        use.runsOutInMinute().ifPresent(minute -> tree.put("runs_out_in_minute", minute));
        return tree;
    }

    private static Map<String, Object> of(TokenUsage usage) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("prompt", usage.promptTokens());
        tree.put("completion", usage.completionTokens());
        return tree;
    }
}
