package dev.whippletree.planner.json;

import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.AccountUse;
import dev.whippletree.planner.Outcome.LimitUse;
import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.planner.Outcome.Times;
import dev.whippletree.planner.answer.Sentences;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An outcome as a JSON tree. Stateless. */
public final class OutcomeJson {

    private OutcomeJson() {}

    /** Returns everything of an outcome. */
    static Map<String, Object> of(Outcome outcome) {
        Map<String, Object> tree = summary(outcome);
        tree.put("accounts", outcome.accounts().stream().map(OutcomeJson::of).toList());
        tree.put("limits", outcome.limits().stream().map(OutcomeJson::of).toList());
        tree.put("timeline", timeline(outcome.timeline()));
        return tree;
    }

    /** Returns minutes, or seconds. */
    public static List<Map<String, Object>> timeline(List<Minute> minutes) {
        return minutes.stream().map(OutcomeJson::of).toList();
    }

    static Map<String, Object> summary(Outcome outcome) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("holds", Sentences.word(outcome.verdict()));
        tree.put("reason", outcome.reason());
        tree.put("simulated", outcome.simulated());
        if (Double.isFinite(outcome.load())) {
            tree.put("load", outcome.load());
        }
        tree.put("prompts", outcome.prompts());
        tree.put("answered", outcome.answered());
        tree.put("failed", outcome.failed());
        tree.put("unanswered", outcome.unanswered());
        tree.put("distinct", outcome.distinct());
        tree.put("calls", outcome.calls());
        tree.put("refused", outcome.refused());
        tree.put("from_cache", outcome.fromCache());
        tree.put("joined", outcome.joined());
        tree.put("hit_rate", outcome.hitRate());
        outcome.waited().ifPresent(times -> tree.put("waiting", of(times)));
        outcome.took().ifPresent(times -> tree.put("response", of(times)));
        outcome.total().ifPresent(total -> tree.put("total_ms", total.toMillis()));
        Map<String, Object> binding = new LinkedHashMap<>();
        binding.put("cause", outcome.binding().cause().name().toLowerCase(Locale.ROOT));
        binding.put("text", outcome.binding().text());
        tree.put("binding", binding);
        outcome.otherwise().ifPresent(other -> {
            Map<String, Object> otherwise = new LinkedHashMap<>();
            otherwise.put("if", other.gradually());
            otherwise.put("rather_than", other.byWindow());
            otherwise.putAll(summary(other.outcome()));
            tree.put("otherwise", otherwise);
        });
        return tree;
    }

    private static Map<String, Object> of(Times times) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("p50_ms", times.p50().toMillis());
        tree.put("p95_ms", times.p95().toMillis());
        tree.put("worst_ms", times.worst().toMillis());
        return tree;
    }

    private static Map<String, Object> of(AccountUse account) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", account.id());
        tree.put("service", account.service());
        tree.put("organization", account.organization());
        tree.put("calls", account.calls());
        tree.put("share", account.share());
        return tree;
    }

    private static Map<String, Object> of(LimitUse limit) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("organization", limit.organization());
        tree.put("limit", limit.limit());
        tree.put("used", limit.used());
        tree.put("allowed", limit.allowed());
        tree.put("share", limit.share());
        tree.put("fullest_share", limit.fullestShare());
        return tree;
    }

    private static Map<String, Object> of(Minute minute) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("minute", minute.number());
        tree.put("asked", minute.asked());
        tree.put("answered", minute.answered());
        tree.put("from_cache", minute.fromCache());
        tree.put("joined", minute.joined());
        tree.put("hit_rate", minute.hitRate());
        tree.put("calls", minute.calls());
        tree.put("calls_by_account", minute.callsByAccount());
        tree.put("limit_shares", minute.limitShares());
        tree.put("open", minute.open());
        tree.put("p95_waited_ms", minute.p95Waited().toMillis());
        tree.put("worst_waited_ms", minute.worstWaited().toMillis());
        return tree;
    }
}
