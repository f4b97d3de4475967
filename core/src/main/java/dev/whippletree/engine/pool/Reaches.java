package dev.whippletree.engine.pool;

import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Scope;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Finds the scope of a limit if the service doesn't say whether it applies to the model or the organization, and
 * remembers what it has learned about each organization. Guarded by the engine's lock.
 *
 * <p>A refusal is attributed to the model alone. If a second model is refused while the first is still closed, the
 * limit is the organization's: both close, and so does everything else of the organization, now and at the next
 * refusal. The refusal after that closes a single model again, because otherwise nothing could show any more that
 * the others needn't close. If a call on another model that began while one was closed is answered, the limits are
 * the models' own; for an hour, no number of refused models closes the organization. A model counts as refused if
 * nothing is left of its limit until the same moment, by its latest report and that of the refusal, whichever comes first.
 *
 * <p>A reported limit too is attributed to the model, until reports show that the models count together (see
 * {@link ReportedReach}), or a refusal of a model of whose limit nothing is left, like that of another one. From
 * then on it is the organization's alone, until reports show that they don't (see {@link ReportedReach}).
 */
public final class Reaches {

    private static final long BELIEVED_NANOS = Duration.ofHours(1).toNanos();

    private final Pool pool;
    private final Map<Scope, Knowledge> byOrganization = new HashMap<>();

    /** What is known of one organization. */
    private static final class Knowledge {

        private long modelsUntil = Long.MIN_VALUE;

        /** Whether the next refusal of one model may close the organization. */
        private boolean trusted;

        /** The models that are closed by refusals of unknown reach, and since when. */
        private final Map<ScopeState, Long> refusedAt = new HashMap<>(2);

        private final ReportedReach reports = new ReportedReach();

        /** The models whose reported limits seemed to be their own. */
        private final Set<ScopeState> reported = new HashSet<>(2);

        /** Returns the models that are closed by refusals of unknown reach. */
        Set<ScopeState> refused(long now) {
            refusedAt.keySet().removeIf(model -> !model.closure().isClosed(now));
            return refusedAt.keySet();
        }

        boolean isAnotherRefused(ScopeState model, long now) {
            return refused(now).stream().anyMatch(other -> other != model);
        }

        void limitsModels(long now) {
            modelsUntil = now + BELIEVED_NANOS;
            trusted = false;
        }

        boolean isOfModels(long now) {
            return now < modelsUntil;
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
            return named(target, reach);
        }
        Knowledge knowledge = knowledgeOf(target);
        boolean usedUpTogether = knowledge.reports.isUsedUpWithAnother(target.modelScope(), now);
        boolean refusedTogether = knowledge.isAnotherRefused(target.modelScope(), now);
        if ((usedUpTogether || refusedTogether) && !knowledge.isOfModels(now)) {
            if (usedUpTogether || knowledge.reports.isEmpty()) {
                knowledge.reports.foundTogether();
            }
            knowledge.trusted = true;
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

    /**
     * Returns the scope of a limit that a service reports. A limit that is declared for the organization is taken to be that one. What was
     * reported for a scope whose limit it turned out not to be is forgotten there.
     */
    public ScopeState reported(Lease lease, RateLimitReport report, long now) {
        Target target = lease.target();
        if (report.reach() != Reach.UNKNOWN) {
            return named(target, report.reach());
        }
        boolean isNew = !byOrganization.containsKey(target.organization().scope());
        Knowledge knowledge = knowledgeOf(target);
        boolean onlyModel = isOnlyModel(target);
        if (!onlyModel) {
            if (isNew && target.organization().hasReported(report)) {
                knowledge.reports.foundTogether(); // An earlier process did.
            }
            knowledge.reports.report(lease, report, now);
            findUsedUp(knowledge, target.modelScope(), now);
        }
        if (onlyModel || !target.organization().declared().isEmpty() || knowledge.reports.countsTogether()) {
            knowledge.reported.forEach(model -> model.reportedElsewhere(report, now));
            return target.organization();
        }
        knowledge.reported.add(target.modelScope());
        target.organization().reportedElsewhere(report, now);
        return target.modelScope();
    }

    private static void findUsedUp(Knowledge knowledge, ScopeState model, long now) {
        if (!knowledge.isOfModels(now) && knowledge.reports.isUsedUpWith(knowledge.refused(now), model, now)) {
            knowledge.reports.foundTogether();
            knowledge.trusted = true;
        }
    }

    private Knowledge knowledgeOf(Target target) {
        return byOrganization.computeIfAbsent(target.organization().scope(), unknown -> new Knowledge());
    }

    private static ScopeState named(Target target, Reach reach) {
        return reach == Reach.MODEL ? target.modelScope() : target.organization();
    }

    /** Where there is one model, nothing else can be closed by mistake. */
    private boolean isOnlyModel(Target target) {
        return !pool.haveSeveralModels(target.organization());
    }
}
