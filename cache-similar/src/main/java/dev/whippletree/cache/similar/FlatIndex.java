package dev.whippletree.cache.similar;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Stored questions of one scope, by their vectors. Compares with every vector: exact, and quick enough for as many
 * questions as a scope keeps. Confined.
 */
final class FlatIndex {

    private static final double NONE = -1;

    /** How many of the nearest questions are tried before there is none to serve. */
    private static final int MOST_TRIED = 50;

    private final int most;
    private final VectorTable vectors = new VectorTable();
    private final List<IndexEntry> places = new ArrayList<>();

    /** Where each question is, by its id. */
    private final Map<Long, Integer> numbers = new HashMap<>();

    private long uses;

    /** What questions and answers take. */
    private long bytes;

    /** A stored question, and when it was used last. */
    private static final class IndexEntry {

        private Stored stored;
        private long used;

        IndexEntry(Stored stored, long used) {
            this.stored = stored;
            this.used = used;
        }
    }

    /** @param most how many questions it holds, 1 or more */
    FlatIndex(int most) {
        this.most = most;
    }

    /** Adds a question. If there is no room, the one that was used least recently makes some. */
    void add(Stored stored, float[] vector) {
        if (places.size() >= most) {
            removeOldest();
        }
        vectors.put(places.size(), vector);
        numbers.put(stored.id(), places.size());
        places.add(new IndexEntry(stored, ++uses));
        bytes += stored.bytes();
    }

    /** Puts a question in the place of the one that has its id; does nothing if none has. */
    void replace(Stored stored) {
        Integer number = numbers.get(stored.id());
        if (number != null) {
            IndexEntry place = places.get(number);
            bytes += stored.bytes() - place.stored.bytes();
            place.stored = stored;
        }
    }

    /** Returns the question with an id, if it is still there. */
    Optional<Stored> find(long id) {
        return Optional.ofNullable(numbers.get(id)).map(number -> places.get(number).stored);
    }

    /**
     * Returns what lies nearest to a vector; the nearest counts as used. What has expired is removed.
     *
     * @param admitted which questions may be the nearest; the few that are nearest are asked, one after another
     * @return empty if none of those is admitted
     */
    Optional<Neighbours> nearest(float[] vector, Instant now, Predicate<Stored> admitted) {
        removeExpired(now);
        float[] similarities = vectors.products(vector, places.size());
        float[] left = similarities.clone();
        for (int tried = 0; tried < MOST_TRIED; tried++) {
            int nearest = largest(left, stored -> true);
            if (nearest < 0) {
                return Optional.empty();
            }
            IndexEntry place = places.get(nearest);
            if (admitted.test(place.stored)) {
                place.used = ++uses;
                int rival = largest(similarities, other -> other.answer() != place.stored.answer());
                return Optional.of(
                        new Neighbours(place.stored, similarities[nearest], rival < 0 ? NONE : similarities[rival]));
            }
            left[nearest] = Float.NaN;
        }
        return Optional.empty();
    }

    /** Returns the nearest question of each of some answers, the nearest answer first. What has expired is removed. */
    List<Stored> nearestAnswers(float[] vector, Instant now, int answers) {
        removeExpired(now);
        float[] similarities = vectors.products(vector, places.size());
        Set<Integer> seen = new HashSet<>();
        List<Stored> nearest = new ArrayList<>();
        while (nearest.size() < answers) {
            int next = largest(similarities, stored -> !seen.contains(stored.answer()));
            if (next < 0) {
                return nearest;
            }
            Stored stored = places.get(next).stored;
            seen.add(stored.answer());
            nearest.add(stored);
        }
        return nearest;
    }

    private void removeExpired(Instant now) {
        removeIf(stored -> !stored.entry().expires().isAfter(now));
    }

    /** Removes every question that a condition holds for. */
    void removeIf(Predicate<Stored> condition) {
        for (int number = places.size() - 1; number >= 0; number--) {
            if (condition.test(places.get(number).stored)) {
                removeAt(number);
            }
        }
    }

    private int largest(float[] similarities, Predicate<Stored> condition) {
        int largest = -1;
        for (int i = 0; i < similarities.length; i++) {
            boolean larger = largest < 0 ? !Float.isNaN(similarities[i]) : similarities[i] > similarities[largest];
            if (larger && condition.test(places.get(i).stored)) {
                largest = i;
            }
        }
        return largest;
    }

    /** Removes the question with an id, if it is still there. */
    void remove(long id) {
        Integer number = numbers.get(id);
        if (number != null) {
            removeAt(number);
        }
    }

    /** Removes the question that was used least recently, if there is one. */
    void removeOldest() {
        IntStream.range(0, places.size())
                .boxed()
                .min(Comparator.comparingLong(number -> places.get(number).used))
                .ifPresent(this::removeAt);
    }

    /** The last one takes the place of the one that is removed. */
    private void removeAt(int number) {
        int last = places.size() - 1;
        IndexEntry moved = places.remove(last);
        IndexEntry gone = number == last ? moved : places.set(number, moved);
        numbers.put(moved.stored.id(), number);
        numbers.remove(gone.stored.id());
        vectors.move(last, number);
        vectors.truncate(last);
        bytes -= gone.stored.bytes();
    }

    /** Removes all, and returns how many those were. */
    int clear() {
        int before = places.size();
        places.clear();
        numbers.clear();
        vectors.truncate(0);
        bytes = 0;
        return before;
    }

    int size() {
        return places.size();
    }

    /** Returns how much memory they take, about, with room for the vectors of more. */
    long bytes() {
        return bytes + vectors.bytes();
    }
}
