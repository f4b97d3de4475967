package dev.whippletree.engine.pool;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Scope;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
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
 * <p>A reported limit too is attributed to the model, until the reports of two models show that they count
 * together: the same amount, the same reset, and less left for the later call. More left for the later call before
 * that reset shows that they don't, which is believed for an hour. A service may say a reset as soon as it gets a
 * call or only with the answer: two are the same if they may be.
 */
public final class Reaches {

    private static final long BELIEVED_NANOS = Duration.ofHours(1).toNanos();

    /** Services tell resets in whole seconds. */
    private static final long SAME_RESET_NANOS = Duration.ofMillis(1_500).toNanos();

    private final Pool pool;
    private final Map<Scope, Knowledge> byOrganization = new HashMap<>();

    /**
     * What a report said of a limit of requests all of which come back at once.
     *
     * @param resetFrom when they do at the earliest: the service may have said it as soon as the call was sent
     * @param resetUntil when they do at the latest: it may have said it with the answer
     * @param at when the report came
     */
    private record Told(long amount, long remaining, long resetFrom, long resetUntil, long at) {

        static Optional<Told> of(RateLimitReport report, long begun, long now) {
            boolean complete = report.amount().isPresent()
                    && report.remaining().isPresent()
                    && report.reset().isPresent();
            return complete
                            && report.unit() == Limit.Unit.REQUESTS
                            && report.refill() != RateLimitReport.Refill.CONTINUOUS
                    ? Optional.of(new Told(
                            report.amount().getAsLong(),
                            report.remaining().getAsLong(),
                            begun + Waits.nanos(report.reset().get()),
                            now + Waits.nanos(report.reset().get()),
                            now))
                    : Optional.empty();
        }

        /** Returns whether an earlier report may be of the same count. */
        boolean mayCountWith(Told earlier, long now) {
            return earlier.resetUntil > now
                    && earlier.amount == amount
                    && earlier.resetFrom - resetUntil <= SAME_RESET_NANOS
                    && resetFrom - earlier.resetUntil <= SAME_RESET_NANOS;
        }

        /** Returns whether a report of the same count that came before leaves less. */
        boolean wasOvertakenBy(Told earlier, long now) {
            return mayCountWith(earlier, now) && earlier.remaining < remaining;
        }
    }

    /** What is known of one organization. */
    private static final class Knowledge {

        private long modelsUntil = Long.MIN_VALUE;

        /** Whether the next refusal of one model may close the organization. */
        private boolean trusted;

        /** The models that are closed by refusals of unknown reach, and since when. */
        private final Map<ScopeState, Long> refusedAt = new HashMap<>(2);

        /** What each model's latest report said of the limit of requests. */
        private final Map<ScopeState, Told> told = new HashMap<>(2);

        /** The models whose reported limits seemed to be their own. */
        private final Set<ScopeState> reported = new HashSet<>(2);

        private boolean countsTogether;
        private long apartUntil = Long.MIN_VALUE;

        /** Compares a model's report with those of others that came before its call was sent. */
        void compare(ScopeState model, Told latest, long begun, long now) {
            for (Map.Entry<ScopeState, Told> other : told.entrySet()) {
                Told earlier = other.getValue();
                if (other.getKey() != model && earlier.at() <= begun && latest.mayCountWith(earlier, now)) {
                    conclude(latest, earlier, now);
                }
            }
            told.merge(model, latest, (earlier, later) -> later.wasOvertakenBy(earlier, now) ? earlier : later);
        }

        private void conclude(Told latest, Told earlier, long now) {
            if (latest.remaining() > earlier.remaining() && earlier.resetFrom() > now) {
                countsTogether = false;
                apartUntil = now + BELIEVED_NANOS;
            } else if (latest.remaining() < earlier.remaining() && !countsApart(now)) {
                countsTogether = true;
            }
        }

        boolean countsApart(long now) {
            return now < apartUntil;
        }

        /** Returns whether nothing is left of a model's limit, nor of another one's that may be the same count. */
        boolean isUsedUpWithAnother(ScopeState model, long now) {
            return isUsedUpWith(told.keySet(), model, now);
        }

        /** Returns whether nothing is left of a model's limit, and another one is refused that may be counted with it. */
        boolean isUsedUpWithRefused(ScopeState model, long now) {
            return isUsedUpWith(refused(now), model, now);
        }

        private boolean isUsedUpWith(Set<ScopeState> others, ScopeState model, long now) {
            Told own = told.get(model);
            return own != null
                    && own.remaining() == 0
                    && !countsApart(now)
                    && others.stream().filter(other -> other != model).anyMatch(other -> {
                        Told another = told.get(other);
                        return another != null && another.remaining() == 0 && own.mayCountWith(another, now);
                    });
        }

        /** Returns the models that are closed by refusals of unknown reach. */
        Set<ScopeState> refused(long now) {
            refusedAt.keySet().removeIf(model -> !model.closure().isClosed(now));
            return refusedAt.keySet();
        }

        void limitsModels(long now) {
            modelsUntil = now + BELIEVED_NANOS;
            trusted = false;
        }

        void limitsOrganization() {
            countsTogether = true;
            trusted = true;
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
        boolean anotherIsRefused = knowledge.refused(now).stream().anyMatch(model -> model != target.modelScope())
                || knowledge.isUsedUpWithAnother(target.modelScope(), now);
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

    /**
     * Returns the scope of a limit that a service reports. A limit that is declared for the organization is taken to be that one. As soon as
     * it is the organization's, what was reported of it for models is forgotten.
     */
    public ScopeState reported(Lease lease, RateLimitReport report, long now) {
        Target target = lease.target();
        if (report.reach() != Reach.UNKNOWN) {
            return named(target, report.reach());
        }
        Knowledge knowledge = knowledgeOf(target);
        boolean onlyModel = isOnlyModel(target);
        if (!onlyModel) {
            compare(knowledge, lease, report, now);
        }
        if (onlyModel || !target.organization().declared().isEmpty() || knowledge.countsTogether) {
            knowledge.reported.forEach(model -> model.reportedElsewhere(report, now));
            return target.organization();
        }
        knowledge.reported.add(target.modelScope());
        return target.modelScope();
    }

    private static void compare(Knowledge knowledge, Lease lease, RateLimitReport report, long now) {
        ScopeState model = lease.target().modelScope();
        long begun = lease.beganNanos();
        Told.of(report, begun, now).ifPresent(told -> knowledge.compare(model, told, begun, now));
        if (!knowledge.isOfModels(now) && knowledge.isUsedUpWithRefused(model, now)) {
            knowledge.limitsOrganization();
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
