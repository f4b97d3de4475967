package dev.whippletree.batch.file;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Where the answers to items are in a file. Ids are kept as digests; ids whose digest another one has are kept in full.
 * Confined to one thread until filled.
 */
final class AnswerPlaces {

    private final ToLongFunction<String> digest;
    private final Set<String> contested;
    private final Map<String, Long> contestedPlaces = new HashMap<>();
    private final Places places = new Places();
    private long size;

    AnswerPlaces(ToLongFunction<String> digest, Set<String> contested) {
        this.digest = digest;
        this.contested = contested;
    }

    void put(String id, long place) {
        size++;
        if (contested.contains(id)) {
            contestedPlaces.put(id, place);
        } else {
            places.put(digest.applyAsLong(id), place);
        }
    }

    /** Returns where an item's answer begins; {@link Places#NONE} if there is none. */
    long get(String id) {
        return contested.contains(id)
                ? contestedPlaces.getOrDefault(id, Places.NONE)
                : places.get(digest.applyAsLong(id));
    }

    /** Returns how many were put there. */
    long size() {
        return size;
    }
}
