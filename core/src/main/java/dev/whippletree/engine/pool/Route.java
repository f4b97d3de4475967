package dev.whippletree.engine.pool;

import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.Picker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The running state of a route: its targets by tier, their pickers, its retry budget. Guarded by the engine's lock. */
public final class Route {

    private final RouteSettings settings;
    private final List<Tier> tiers;
    private final List<Picker> pickers;
    private final List<Target> targets;
    private final List<Target> oneOfEachKind;
    private final List<List<String>> models;
    private final Map<Target, List<Picker>> pickersByTarget = new HashMap<>();
    private final RetryBudget budget;

    /** Creates a route with a retry budget of its own. */
    public Route(RouteSettings settings, List<List<Target>> tiers, List<Picker> pickers, long now) {
        this(settings, tiers, pickers, new RetryBudget(settings.retries(), now));
    }

    private Route(RouteSettings settings, List<List<Target>> tiers, List<Picker> pickers, RetryBudget budget) {
        this.settings = settings;
        this.tiers = tiers.stream().map(Tier::new).toList();
        this.pickers = pickers;
        this.targets = tiers.stream().flatMap(List::stream).distinct().toList();
        this.oneOfEachKind = List.copyOf(targets.stream()
                .collect(Collectors.toMap(
                        Target::kind, Function.identity(), (first, other) -> first, LinkedHashMap::new))
                .values());
        this.models = tiers.stream()
                .map(tier -> tier.stream().map(Target::model).distinct().toList())
                .toList();
        this.budget = budget;
        for (int tier = 0; tier < tiers.size(); tier++) {
            for (Target target : tiers.get(tier)) {
                pickersByTarget
                        .computeIfAbsent(target, key -> new ArrayList<>(1))
                        .add(pickers.get(tier));
            }
        }
    }

    /** Returns this route after a change: the same object if nothing is another, and with the same retry budget if that isn't. */
    Route changed(RouteSettings settings, List<List<Target>> tiers, List<Picker> pickers, long now) {
        if (settings.equals(this.settings)
                && pickers.equals(this.pickers)
                && tiers.equals(this.tiers.stream().map(Tier::targets).toList())) {
            return this;
        }
        return settings.retries().equals(this.settings.retries())
                ? new Route(settings, tiers, pickers, budget)
                : new Route(settings, tiers, pickers, now);
    }

    /** Returns what becomes of this route when there is none of its name any more: flights on it may end, and go nowhere else. */
    public Route closed() {
        return targets.isEmpty() ? this : new Route(settings, List.of(), List.of(), budget);
    }

    public String name() {
        return settings.name();
    }

    public RouteSettings settings() {
        return settings;
    }

    /** Returns a prompt with the maximum that is sent: its own, or else the route's if the route has one. */
    public Prompt bounded(Prompt prompt) {
        return prompt.parameters().maxTokens().isPresent()
                        || settings.maxTokens().isEmpty()
                ? prompt
                : prompt.withParameters(
                        prompt.parameters().withMaxTokens(settings.maxTokens().getAsInt()));
    }

    public List<Tier> tiers() {
        return tiers;
    }

    public Picker picker(int tier) {
        return pickers.get(tier);
    }

    /** Returns all targets, the preferred tier's first, each once. */
    public List<Target> targets() {
        return targets;
    }

    /** Returns a target of each kind. */
    List<Target> oneOfEachKind() {
        return oneOfEachKind;
    }

    /** Returns the models, tier by tier: a part of every key. */
    public List<List<String>> models() {
        return models;
    }

    public RetryBudget budget() {
        return budget;
    }

    /** Returns the pickers of the tiers that a target belongs to. */
    public List<Picker> pickersOf(Target target) {
        return pickersByTarget.getOrDefault(target, List.of());
    }
}
