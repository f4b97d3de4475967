package dev.whippletree.planner.json;

import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.CapacityPlan.Advice;
import dev.whippletree.planner.CapacityPlan.Fewest;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.PlanRequest;
import dev.whippletree.planner.PromptList;
import dev.whippletree.planner.Workload;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.terminal.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A whole plan as JSON: durations in milliseconds, shares from 0 to 1. Unknown values are absent. */
public final class PlanJson {

    private PlanJson() {}

    public static String write(CapacityPlan plan, Costs costs) {
        return Json.write(tree(plan, costs));
    }

    /** Returns the same as a tree of JDK types. */
    public static Map<String, Object> tree(CapacityPlan plan, Costs costs) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("answer", Sentences.headline(plan));
        tree.put("holds", Sentences.word(Sentences.worst(plan)));
        tree.put("conditions", plan.conditions());
        tree.put("request", of(plan.request()));
        tree.put("assumptions", plan.assumptions());
        tree.put("sizes", plan.sizes().stream().map(size -> of(size, costs)).toList());
        return tree;
    }

    private static Map<String, Object> of(PlanRequest request) {
        Workload load = request.workload();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("interviews", request.sizes());
        tree.put("questions", load.questions());
        load.distinct().ifPresentOrElse(bank -> tree.put("distinct", bank), () -> tree.put("repeat", load.repeat()));
        tree.put("prompt_tokens", load.promptTokens());
        tree.put("answer_tokens", load.answerTokens());
        load.maxTokens().ifPresent(most -> tree.put("max_tokens", most));
        load.interview().ifPresent(time -> tree.put("interview_ms", time.toMillis()));
        load.prompts().flatMap(PromptList::start).ifPresent(start -> tree.put("trace_start", start.toString()));
        tree.put("starts_over_ms", load.over().toMillis());
        tree.put("mean_latency_ms", request.latency().mean().toMillis());
        tree.put("horizon_ms", request.horizon().toMillis());
        request.longestWait().map(Duration::toMillis).ifPresent(wait -> tree.put("longest_wait_ms", wait));
        tree.put("strategy", request.pool().route().strategy());
        tree.put("seed", request.seed());
        return tree;
    }

    private static Map<String, Object> of(SizePlan size, Costs costs) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("interviews", size.interviews());
        tree.putAll(OutcomeJson.of(size.asIs()));
        tree.put("fewest", size.fewest().stream().map(PlanJson::of).toList());
        tree.put("advice", size.advice().stream().map(PlanJson::of).toList());
        tree.put("cost", CostJson.of(size.asIs(), costs));
        return tree;
    }

    private static Map<String, Object> of(Fewest fewest) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", fewest.kind());
        tree.put("service", fewest.service());
        tree.put("there", fewest.there());
        fewest.count().ifPresent(count -> tree.put("count", count));
        fewest.verdict().ifPresent(verdict -> tree.put("holds", Sentences.word(verdict)));
        fewest.count().ifPresent(count -> tree.put("load", fewest.load()));
        fewest.comfortable().ifPresent(count -> tree.put("comfortable", count));
        tree.put("simulated", fewest.simulated());
        if (!fewest.reason().isEmpty()) {
            tree.put("reason", fewest.reason());
        }
        return tree;
    }

    private static Map<String, Object> of(Advice advice) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("change", advice.change().name().toLowerCase(Locale.ROOT));
        tree.put("title", advice.title());
        if (!advice.assumption().isEmpty()) {
            tree.put("assumption", advice.assumption());
        }
        tree.putAll(OutcomeJson.summary(advice.outcome()));
        return tree;
    }
}
