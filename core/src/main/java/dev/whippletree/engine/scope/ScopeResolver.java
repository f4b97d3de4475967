package dev.whippletree.engine.scope;

import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the scope of a limit where neither the service nor the account's {@code limit-scope} says whether it is the
 * model's or the organization's. Guarded by the engine's lock.
 *
 * <p>A reported limit is taken to be the organization's if that has one model, or declared limits; else the model's.
 *
 * <p>A refusal closes the model alone. If a second model is refused while the first is still closed, the limit is the
 * organization's: both close, and so does everything else of the organization, now and at the next refusal. The refusal
 * after that closes a single model again, because otherwise nothing could show any more that the others needn't close.
 * If a call on another model that began while one was closed is answered, the limits are the models' own; for an hour,
 * no number of refused models closes the organization.
 */
public final class ScopeResolver {

    private static final long BELIEVED_NANOS = Duration.ofHours(1).toNanos();

    private ScopeResolver() {}

    /** What refusals have shown of one organization. */
    static final class RefusedModels {

        /** Until when its limits are taken to be its models'. */
        private long ofModelsUntil = Long.MIN_VALUE;

        /** Whether the next refusal of one model closes the organization. */
        private boolean ofOrganization;

        /** The models that refusals of unknown scope have closed, and since when. */
        private final Map<ScopeState, Long> since = new HashMap<>(2);

        boolean closesOrganization(ScopeState model, long now) {
            since.keySet().removeIf(other -> !other.closure().isClosed(now));
            boolean second = now >= ofModelsUntil && since.keySet().stream().anyMatch(other -> other != model);
            boolean closes = second || ofOrganization;
            ofOrganization = second;
            if (!closes) {
                since.putIfAbsent(model, now);
            }
            return closes;
        }

        void admitted(CallUse call, long now) {
            boolean closedBeside = !since.isEmpty()
                    && since.entrySet().stream()
                            .anyMatch(other -> other.getKey() != call.model()
                                    && other.getValue() <= call.beganNanos()
                                    && other.getKey().closure().isClosed(call.beganNanos()));
            if (closedBeside) {
                ofModelsUntil = now + BELIEVED_NANOS;
                ofOrganization = false;
            }
        }
    }

    /**
     * Returns the scope that the refusal of a call closes.
     *
     * @param said what the service or the account says of it
     */
    public static ScopeState refused(CallUse call, Reach said, long now) {
        ScopeState organization = call.organization();
        if (said != Reach.UNKNOWN) {
            return named(call, said);
        }
        if (organization.limits().areOfOneModel()) {
            return organization;
        }
        boolean whole = organization.refusedModels().closesOrganization(call.model(), now);
        return whole ? organization : call.model();
    }

    public static void admitted(CallUse call, long now) {
        call.organization().refusedModels().admitted(call, now);
    }

    /**
     * Returns the scope of a limit that a service reports. Where it was counted for the other scope before, as before a
     * reload, it is forgotten there.
     *
     * @param said what the service or the account says of it
     */
    public static ScopeState reported(CallUse call, RateLimitReport report, Reach said, long now) {
        if (said != Reach.UNKNOWN) {
            return named(call, said);
        }
        ScopeState organization = call.organization();
        boolean whole = organization.limits().areOfOneModel()
                || !organization.limits().declared().isEmpty();
        (whole ? call.model() : organization).limits().reportedElsewhere(report, now);
        return whole ? organization : call.model();
    }

    private static ScopeState named(CallUse call, Reach said) {
        return said == Reach.MODEL ? call.model() : call.organization();
    }
}
