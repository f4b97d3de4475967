package dev.whippletree.planner.page;

import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.planner.json.OutcomeJson;
import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page's data besides the plan's values: the sentences that it shares with the text, and short runs by seconds. */
final class SaidJson {

    private SaidJson() {}

    static Map<String, Object> tree(CapacityPlan plan, Costs costs) {
        SizePlan closest = Sentences.closest(plan);
        List<String> reasons = new ArrayList<>(Sentences.reasons(plan, closest));
        if (plan.sizes().size() > 1 && !reasons.isEmpty()) {
            reasons.set(0, Words.count(closest.interviews(), "interview") + ": " + reasons.get(0));
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("unit", plan.request().workload().unit());
        tree.put("accounts", plan.request().pool().count());
        tree.put("verdict", Sentences.word(closest.asIs().verdict()));
        tree.put("reasons", reasons);
        tree.put(
                "sizes",
                plan.sizes().stream().map(size -> size(plan, size, costs)).toList());
        return tree;
    }

    private static Map<String, Object> size(CapacityPlan plan, SizePlan size, Costs costs) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("reasons", Sentences.reasons(plan, size));
        Sentences.firstMinute(size.asIs()).ifPresent(sentence -> tree.put("first_minute", sentence));
        tree.put("fewest", Sentences.fewest(size));
        costs.source().ifPresent(source -> tree.put("prices", source));
        tree.put("credits", Sentences.credits(size.asIs()));
        tree.put("seconds", OutcomeJson.timeline(size.asIs().seconds()));
        return tree;
    }
}
