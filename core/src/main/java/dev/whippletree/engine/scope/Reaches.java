package dev.whippletree.engine.scope;

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

    /** Returns the scope that the refusal of a call closes. */
    public ScopeState refused(CallUse call, Reach reach, long now) {
        if (reach != Reach.UNKNOWN || isOnlyModel(call)) {
            return named(call, reach);
        }
        Knowledge knowledge = knowledgeOf(call);
        boolean usedUpTogether = knowledge.reports.isUsedUpWithAnother(call.model(), now);
        boolean refusedTogether = knowledge.isAnotherRefused(call.model(), now);
        if ((usedUpTogether || refusedTogether) && !knowledge.isOfModels(now)) {
            if (usedUpTogether || knowledge.reports.isEmpty()) {
                knowledge.reports.foundTogether();
            }
            knowledge.trusted = true;
            return call.organization();
        }
        if (knowledge.takeTrust()) {
            return call.organization();
        }
        knowledge.refusedAt.putIfAbsent(call.model(), now);
        return call.model();
    }

    /** A service has let in a call. */
    public void letIn(CallUse call, long now) {
        Knowledge knowledge = byOrganization.get(call.organization().scope());
        if (knowledge == null) {
            return;
        }
        boolean anotherWasRefused = knowledge.refusedAt.entrySet().stream()
                .anyMatch(refused -> refused.getKey() != call.model()
                        && refused.getValue() <= call.beganNanos()
                        && refused.getKey().closure().isClosed(call.beganNanos()));
        if (anotherWasRefused) {
            knowledge.limitsModels(now);
        }
    }

    /**
     * Returns the scope of a limit that a service reports. A limit that is declared for the organization is taken to be that one. What was
     * reported for a scope whose limit it turned out not to be is forgotten there.
     */
    public ScopeState reported(CallUse call, RateLimitReport report, long now) {
        if (report.reach() != Reach.UNKNOWN) {
            return named(call, report.reach());
        }
        boolean isNew = !byOrganization.containsKey(call.organization().scope());
        Knowledge knowledge = knowledgeOf(call);
        boolean onlyModel = isOnlyModel(call);
        if (!onlyModel) {
            if (isNew && call.organization().limits().hasReported(report)) {
                knowledge.reports.foundTogether(); // An earlier process did.
            }
            knowledge.reports.report(call, report, now);
            findUsedUp(knowledge, call.model(), now);
        }
        if (onlyModel || !call.organization().limits().declared().isEmpty() || knowledge.reports.countsTogether()) {
            knowledge.reported.forEach(model -> model.limits().reportedElsewhere(report, now));
            return call.organization();
        }
        knowledge.reported.add(call.model());
        call.organization().limits().reportedElsewhere(report, now);
        return call.model();
    }

    private static void findUsedUp(Knowledge knowledge, ScopeState model, long now) {
        if (!knowledge.isOfModels(now) && knowledge.reports.isUsedUpWith(knowledge.refused(now), model, now)) {
            knowledge.reports.foundTogether();
            knowledge.trusted = true;
        }
    }

    private Knowledge knowledgeOf(CallUse call) {
        return byOrganization.computeIfAbsent(call.organization().scope(), unknown -> new Knowledge());
    }

    private static ScopeState named(CallUse call, Reach reach) {
        return reach == Reach.MODEL ? call.model() : call.organization();
    }

    /** Where there is one model, nothing else can be closed by mistake. */
    private boolean isOnlyModel(CallUse call) {
        return !call.organization().isOfSeveralModels();
    }
}
