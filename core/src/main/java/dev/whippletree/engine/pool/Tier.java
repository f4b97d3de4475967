package dev.whippletree.engine.pool;

import dev.whippletree.engine.scope.ScopeState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Equally preferred targets, also grouped by organization. Immutable, except for the targets. */
public final class Tier {

    private final List<Target> targets;
    private final Map<ScopeState, List<Target>> byOrganization = new HashMap<>();

    /** Creates a tier of targets in configured order. */
    public Tier(List<Target> targets) {
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

    /** Returns those that a change concerns, in configured order. */
    public List<Target> concernedBy(Change change) {
        if (change.everything()) {
            return targets;
        }
        ScopeState organization = change.organization();
        return organization == null ? List.of() : byOrganization.getOrDefault(organization, List.of());
    }
}
