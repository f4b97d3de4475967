package dev.whippletree.cache.similar;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Compares with every vector: exact, and quick enough for as many questions as a scope keeps. Confined. */
final class FlatIndex implements Index {

    private static final double NONE = -1;

    /** How many of the nearest questions are tried before there is none to serve. */
    private static final int MOST_TRIED = 50;

    private final int most;
    private final VectorTable vectors = new VectorTable();
    private final List<Place> places = new ArrayList<>();
    private long uses;

    /** A stored question, and when it was used last. */
    private static final class Place {

        private final Stored stored;
        private long used;

        Place(Stored stored, long used) {
            this.stored = stored;
            this.used = used;
        }
    }

    /**
     * Creates an empty one.
     *
     * @param most how many questions it holds, 1 or more
     */
    FlatIndex(int most) {
        this.most = most;
    }

    @Override
    public void add(Stored stored, float[] vector) {
        Place place = new Place(stored, ++uses);
        if (places.size() < most) {
            vectors.put(places.size(), vector);
            places.add(place);
        } else {
            int oldest = leastRecentlyUsed();
            vectors.put(oldest, vector);
            places.set(oldest, place);
        }
    }

    private int leastRecentlyUsed() {
        return IntStream.range(0, places.size())
                .boxed()
                .min(Comparator.comparingLong(place -> places.get(place).used))
                .orElseThrow();
    }

    @Override
    public Optional<Neighbours> nearest(float[] vector, Instant now, Predicate<Stored> admitted) {
        float[] similarities = similarities(vector, now);
        float[] left = similarities.clone();
        for (int tried = 0; tried < MOST_TRIED; tried++) {
            int nearest = largest(left, stored -> true);
            if (nearest < 0) {
                return Optional.empty();
            }
            Place place = places.get(nearest);
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

    @Override
    public List<Stored> nearestAnswers(float[] vector, Instant now, int answers) {
        float[] similarities = similarities(vector, now);
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

    /** Returns how near each place is; not a number for what has expired. */
    private float[] similarities(float[] vector, Instant now) {
        float[] similarities = vectors.products(vector, places.size());
        for (int i = 0; i < similarities.length; i++) {
            if (!places.get(i).stored.entry().expires().isAfter(now)) {
                similarities[i] = Float.NaN;
            }
        }
        return similarities;
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

    /** The last one takes the place of one that is removed. */
    @Override
    public int remove(Predicate<Stored> condition) {
        int before = places.size();
        for (int i = places.size() - 1; i >= 0; i--) {
            if (condition.test(places.get(i).stored)) {
                int last = places.size() - 1;
                vectors.move(last, i);
                places.set(i, places.get(last));
                places.remove(last);
            }
        }
        return before - places.size();
    }

    @Override
    public int size() {
        return places.size();
    }
}
