package dev.whippletree.planner;

import dev.whippletree.model.Limit;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which process of several, among which every limit is divided as evenly as can be. Immutable.
 *
 * @param index which, from 0
 * @param processes how many there are, 1 or more
 */
record Share(int index, int processes) {

    /** The only process. */
    static final Share WHOLE = new Share(0, 1);

    /** Returns this process's part of limits; absent if it has nothing of one of them, and so can't use the account at all. */
    Optional<List<DeclaredLimit>> of(List<DeclaredLimit> limits) {
        List<DeclaredLimit> parts = new ArrayList<>();
        for (DeclaredLimit declared : limits) {
            Limit limit = declared.limit();
            long part = limit.amount() / processes + (index < limit.amount() % processes ? 1 : 0);
            if (part == 0) {
                return Optional.empty();
            }
            parts.add(new DeclaredLimit(new Limit(limit.unit(), part, limit.window()), declared.model()));
        }
        return Optional.of(parts);
    }
}
