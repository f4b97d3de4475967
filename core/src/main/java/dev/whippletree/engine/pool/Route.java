package dev.whippletree.engine.pool;

import dev.whippletree.engine.pool.Pool.DispatchTrigger;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.Picker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The running state of a route: its targets by tier, their pickers, its retry budget. Guarded by the engine's lock. */
public final class Route {

    private final RouteSettings settings;
    private final List<TargetTier> tiers;
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
        this.tiers = tiers.stream().map(TargetTier::new).toList();
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

    /**
     * Returns the route after a change: the same object if nothing has changed, and the same retry budget if its
     * settings haven't.
     */
    Route changed(RouteSettings settings, List<List<Target>> tiers, List<Picker> pickers, long now) {
        if (settings.equals(this.settings)
                && pickers.equals(this.pickers)
                && tiers.equals(this.tiers.stream().map(TargetTier::targets).toList())) {
            return this;
        }
        return settings.retries().equals(this.settings.retries())
                ? new Route(settings, tiers, pickers, budget)
                : new Route(settings, tiers, pickers, now);
    }

    /** Returns the form of a removed route: its flights may end, and go nowhere else. */
    public Route closed() {
        return targets.isEmpty() ? this : new Route(settings, List.of(), List.of(), budget);
    }

    public String name() {
        return settings.name();
    }

    public RouteSettings settings() {
        return settings;
    }

    /** Returns a prompt with its own maximum tokens, or else the route's if it has one. */
    public Prompt bounded(Prompt prompt) {
        return prompt.parameters().maxTokens().isPresent()
                        || settings.maxTokens().isEmpty()
                        || prompt.operation() == Prompt.Operation.EMBEDDING
                ? prompt
                : prompt.toBuilder().maxTokens(settings.maxTokens().getAsInt()).build();
    }

    public List<TargetTier> tiers() {
        return tiers;
    }

    public Picker picker(int tier) {
        return pickers.get(tier);
    }

    /** Returns all targets once, the preferred tier's first. */
    public List<Target> targets() {
        return targets;
    }

    /**
     * Returns the targets that may embed a prompt's texts. All are of one model, because vectors of different models
     * can't be compared: of the first that has embeddings, or else of the first.
     *
     * @return empty if the prompt allows no target
     */
    public List<Target> embedding(Prompt prompt) {
        List<Target> allowed =
                targets.stream().filter(TargetFilter.by(prompt)::has).toList();
        Optional<Target> first = allowed.stream()
                .filter(target -> target.account().embeddings().isPresent())
                .findFirst()
                .or(() -> allowed.stream().findFirst());
        return allowed.stream()
                .filter(target -> target.model().equals(first.orElseThrow().model()))
                .toList();
    }

    List<Target> oneOfEachKind() {
        return oneOfEachKind;
    }

    /** Returns the models by tier, as they are part of every key. */
    public List<List<String>> models() {
        return models;
    }

    public RetryBudget budget() {
        return budget;
    }

    public List<Picker> pickersOf(Target target) {
        return pickersByTarget.getOrDefault(target, List.of());
    }

    /** Equally preferred targets, also grouped by organization. Immutable, except for the targets. */
    public static final class TargetTier {

        private final List<Target> targets;
        private final Map<ScopeState, List<Target>> byOrganization = new HashMap<>();

        public TargetTier(List<Target> targets) {
            this.targets = List.copyOf(targets);
            for (Target target : targets) {
                byOrganization
                        .computeIfAbsent(target.organization(), organization -> new ArrayList<>(1))
                        .add(target);
            }
        }

        public List<Target> targets() {
            return targets;
        }

        /** Returns the targets that a change concerns, in configured order. */
        public List<Target> concernedBy(DispatchTrigger trigger) {
            if (trigger.everything()) {
                return targets;
            }
            ScopeState organization = trigger.organization();
            return organization == null ? List.of() : byOrganization.getOrDefault(organization, List.of());
        }
    }

    /**
     * The targets that a prompt allows. Immutable.
     *
     * @param account the only account; absent: any
     * @param accounts ids of the only accounts; empty: any
     * @param model the only model; absent: any
     */
    public record TargetFilter(Optional<String> account, Set<String> accounts, Optional<String> model) {

        public static TargetFilter by(Prompt prompt) {
            return new TargetFilter(prompt.account(), prompt.accounts(), prompt.model());
        }

        public boolean all() {
            return account.isEmpty() && accounts.isEmpty() && model.isEmpty();
        }

        public boolean has(Target target) {
            String id = target.account().id();
            return (account.isEmpty() || account.get().equals(id))
                    && (accounts.isEmpty() || accounts.contains(id))
                    && (model.isEmpty() || model.get().equals(target.model()));
        }
    }

    /**
     * Bounds a route's retries to a share of its flights plus some each second, so that an outage can't multiply the
     * calls. After Finagle's {@code RetryBudget}, with its ten seconds of savings. Guarded by the engine's lock.
     */
    public static final class RetryBudget {

        private static final int SAVINGS_SECONDS = 10;
        private static final double NANOS_PER_SECOND = 1e9;

        private final double share;
        private final double perSecond;
        private final double most;
        private double balance;
        private long balanceAt;

        RetryBudget(Retries retries, long now) {
            this.share = retries.budgetShare();
            this.perSecond = retries.budgetPerSecond();
            this.most = Math.max(1, perSecond * SAVINGS_SECONDS);
            this.balance = most;
            this.balanceAt = now;
        }

        /** A flight that needs a call earns part of a retry. */
        public void earn() {
            balance = Math.max(balance, Math.min(balance + share, most * 2));
        }

        /** Takes one retry and returns 0, or returns how long to wait before asking again. */
        public long takeOrWaitNanos(long now) {
            double refilled = balance + (now - balanceAt) / NANOS_PER_SECOND * perSecond;
            balance = Math.max(balance, Math.min(refilled, most));
            balanceAt = now;
            if (balance >= 1) {
                balance--;
                return 0;
            }
            return Math.max(1, (long) Math.ceil((1 - balance) / perSecond * NANOS_PER_SECOND));
        }
    }
}
