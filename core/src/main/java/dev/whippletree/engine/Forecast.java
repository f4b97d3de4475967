package dev.whippletree.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * When there would be room for a flight behind others, if nothing else happened: by limits and closures, since how long answers
 * take is nobody's to know. Guarded by the engine's lock.
 */
final class Forecast {

    private static final long HORIZON_NANOS = Duration.ofDays(2).toNanos();
    private static final long PRECISION_NANOS = Duration.ofMillis(1).toNanos();
    private static final long PLENTY = Long.MAX_VALUE / 8;

    private Forecast() {}

    /**
     * Returns how long until a flight could begin.
     *
     * @param ahead flights like it that go first, 0 or more
     * @return {@link Waits#UNKNOWN} if not within two days
     */
    static long waitNanos(Flight flight, long ahead, long now) {
        if (room(flight, 0, now) > ahead) {
            return Waits.NONE;
        }
        if (room(flight, HORIZON_NANOS, now) <= ahead) {
            return Waits.UNKNOWN;
        }
        long tooSoon = 0;
        long enough = HORIZON_NANOS;
        while (enough - tooSoon > PRECISION_NANOS) {
            long middle = tooSoon + (enough - tooSoon) / 2;
            if (room(flight, middle, now) > ahead) {
                enough = middle;
            } else {
                tooSoon = middle;
            }
        }
        return enough;
    }

    /** Returns how many such flights could begin within a time, on all targets it may use. */
    private static long room(Flight flight, long withinNanos, long now) {
        Map<ScopeState, Set<ScopeState>> modelsByOrganization = new HashMap<>();
        for (Target target : Candidates.ever(flight)) {
            long opening = target.openingNanos(now);
            if (opening == Waits.UNTIL_EVENT || opening <= withinNanos) {
                modelsByOrganization
                        .computeIfAbsent(target.organization(), organization -> new LinkedHashSet<>())
                        .add(target.modelScope());
            }
        }
        long tokens = flight.demand().mostTokens();
        long room = 0;
        for (Map.Entry<ScopeState, Set<ScopeState>> entry : modelsByOrganization.entrySet()) {
            long ofModels = 0;
            for (ScopeState model : entry.getValue()) {
                ofModels = Math.min(PLENTY, ofModels + room(model, tokens, withinNanos, now));
            }
            room = Math.min(PLENTY, room + Math.min(ofModels, room(entry.getKey(), tokens, withinNanos, now)));
        }
        return room;
    }

    private static long room(ScopeState scope, long tokens, long withinNanos, long now) {
        long room = PLENTY;
        for (Meter meter : scope.meters()) {
            room = Math.min(room, meter.quota().roomWithin(withinNanos, now) / Math.max(1, meter.cost(tokens)));
        }
        return room;
    }
}
