package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.CacheKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * Who makes which call, and who waits for it. Guarded by its owner; waiting ones are to be told outside of that guard.
 */
final class HeldClaims {

    private final Map<Place, Held> claims = new HashMap<>();

    private record Place(String tenant, String digest) {

        static Place of(CacheKey key) {
            return new Place(key.tenant(), key.digest());
        }
    }

    private static final class Held {

        private final String id;
        private final Object process;
        private final List<LongConsumer> waiting = new ArrayList<>();
        private long over;

        Held(String id, Object process, long over) {
            this.id = id;
            this.process = process;
            this.over = over;
        }
    }

    /**
     * Claims a key, or waits for the one who has.
     *
     * @param over the reading at which the claim is over even if it isn't ended
     * @param waiting to be told in how many nanoseconds another's claim is over, once that is less than it was
     * @return empty if it is claimed now, else in how many nanoseconds the other's claim is over, at the latest
     */
    OptionalLong claim(CacheKey key, String id, Object process, long over, LongConsumer waiting, long now) {
        Held held = claims.get(Place.of(key));
        if (held == null || held.over <= now) {
            claims.put(Place.of(key), new Held(id, process, over));
            return OptionalLong.empty();
        }
        held.waiting.add(waiting);
        return OptionalLong.of(held.over - now);
    }

    /** Ends a claim; returns those who wait for it. Does nothing if another claim of the key is held. */
    List<LongConsumer> end(CacheKey key, String id) {
        Held held = claims.get(Place.of(key));
        if (held == null || !held.id.equals(id)) {
            return List.of();
        }
        claims.remove(Place.of(key));
        return held.waiting;
    }

    /** Lets the claims of a process be over at a reading, if they weren't before; returns those who wait for them. */
    List<LongConsumer> endAll(Object process, long over) {
        List<LongConsumer> waiting = new ArrayList<>();
        for (Held held : claims.values()) {
            if (held.process == process && held.over > over) {
                held.over = over;
                waiting.addAll(held.waiting);
            }
        }
        return waiting;
    }

    void clear() {
        claims.clear();
    }
}
