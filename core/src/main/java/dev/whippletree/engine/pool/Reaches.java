package dev.whippletree.engine.pool;

import dev.whippletree.model.Reach;
import dev.whippletree.model.Scope;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the scope that a service means where it doesn't say whether a limit is the model's or the organization's, and remembers what it
 * has learned about each organization. Guarded by the engine's lock.
 *
 * <p>A refusal is taken for the model's alone. If a second model is refused while the first is still closed, the limit is the
 * organization's: both are closed with everything else of it, and so they are at the next refusal. The one after that closes a single
 * model again, since nothing could show any more that the others needn't be closed. If another model answers a call that was begun while
 * one was closed, limits are the models' own; for an hour, no number of refused models closes the organization.
 */
public final class Reaches {

    private static final long BELIEVED_NANOS = Duration.ofHours(1).toNanos();

    private final Pool pool;
    private final Map<Scope, Knowledge> byOrganization = new HashMap<>();

    /** What is known of one organization. */
    private static final class Knowledge {

        private Reach reach = Reach.UNKNOWN;
        private long modelsUntil = Long.MIN_VALUE;

        /** Whether the next refusal of one model may close the organization. */
        private boolean trusted;

        /** The models that are closed by refusals of unknown reach, and since when. */
        private final Map<ScopeState, Long> refusedAt = new HashMap<>(2);

        void limitsModels(long now) {
            reach = Reach.MODEL;
            modelsUntil = now + BELIEVED_NANOS;
            trusted = false;
        }

        void limitsOrganization() {
            reach = Reach.ORGANIZATION;
            trusted = true;
        }

        boolean isOfModels(long now) {
            return reach == Reach.MODEL && now < modelsUntil;
        }

        boolean takeTrust() {
            boolean given = trusted;
            trusted = false;
            return given;
        }
    }

    public Reaches(Pool pool) {
        this.pool = pool;
    }

    /** Returns the scope that a refusal of an attempt on a target closes. */
    public ScopeState refused(Target target, Reach reach, long now) {
        if (reach != Reach.UNKNOWN || isOnlyModel(target)) {
            return told(target, reach);
        }
        Knowledge knowledge =
                byOrganization.computeIfAbsent(target.organization().scope(), unknown -> new Knowledge());
        knowledge.refusedAt.keySet().removeIf(model -> !model.closure().isClosed(now));
        boolean anotherIsRefused =
                knowledge.refusedAt.keySet().stream().anyMatch(model -> model != target.modelScope());
        if (anotherIsRefused && !knowledge.isOfModels(now)) {
            knowledge.limitsOrganization();
            return target.organization();
        }
        if (knowledge.takeTrust()) {
            return target.organization();
        }
        knowledge.refusedAt.putIfAbsent(target.modelScope(), now);
        return target.modelScope();
    }

    /** A service has let in a call that was begun at a moment. */
    public void letIn(Target target, long begun, long now) {
        Knowledge knowledge = byOrganization.get(target.organization().scope());
        if (knowledge == null) {
            return;
        }
        boolean anotherWasRefused = knowledge.refusedAt.entrySet().stream()
                .anyMatch(refused -> refused.getKey() != target.modelScope()
                        && refused.getValue() <= begun
                        && refused.getKey().closure().isClosed(begun));
        if (anotherWasRefused) {
            knowledge.limitsModels(now);
        }
    }

    /** Returns the scope of a limit that a service reports. A limit that is declared for the organization is taken to be that one. */
    public ScopeState reported(Target target, Reach reach) {
        if (reach != Reach.UNKNOWN || isOnlyModel(target)) {
            return told(target, reach);
        }
        Knowledge knowledge = byOrganization.get(target.organization().scope());
        boolean ofOrganization = !target.organization().declared().isEmpty()
                || (knowledge != null && knowledge.reach == Reach.ORGANIZATION);
        return ofOrganization ? target.organization() : target.modelScope();
    }

    private static ScopeState told(Target target, Reach reach) {
        return reach == Reach.MODEL ? target.modelScope() : target.organization();
    }

    /** Where there is one model, nothing else can be closed by mistake. */
    private boolean isOnlyModel(Target target) {
        return !pool.haveSeveralModels(target.organization());
    }
}
