package dev.whippletree.cache.similar;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/** Compares with every vector, one after another: exact, and for 10,000 of 384 numbers still about a millisecond. Confined. */
final class FlatIndex implements Index {

    private static final double NONE = -1;

    /** How many of the nearest questions are tried before there is none to serve. */
    private static final int MOST_TRIED = 50;

    private final int most;
    private final ToDoubleBiFunction<float[], float[]> similarity;
    private final List<Place> places = new ArrayList<>();
    private long uses;

    /** A stored question, where it lies, and when it was used last. */
    private static final class Place {

        private final Stored stored;
        private final float[] vector;
        private long used;

        Place(Stored stored, float[] vector) {
            this.stored = stored;
            this.vector = vector;
        }
    }

    /**
     * Creates an empty one.
     *
     * @param most how many questions it holds, 1 or more
     */
    FlatIndex(int most) {
        this(most, FlatIndex::product);
    }

    /**
     * Creates an empty one that compares otherwise.
     *
     * @param similarity of two vectors, -1 to 1
     */
    FlatIndex(int most, ToDoubleBiFunction<float[], float[]> similarity) {
        this.most = most;
        this.similarity = similarity;
    }

    @Override
    public void add(Stored stored, float[] vector) {
        Place place = new Place(stored, vector);
        place.used = ++uses;
        if (places.size() < most) {
            places.add(place);
        } else {
            places.set(leastRecentlyUsed(), place);
        }
    }

    private int leastRecentlyUsed() {
        return IntStream.range(0, places.size())
                .boxed()
                .min(Comparator.comparingLong(i -> places.get(i).used))
                .orElseThrow();
    }

    @Override
    public Optional<Neighbours> nearest(float[] vector, Instant now, Predicate<Stored> admitted) {
        double[] similarities = similarities(vector, now);
        double[] left = similarities.clone();
        for (int tried = 0; tried < MOST_TRIED; tried++) {
            int nearest = largest(left, place -> true);
            if (nearest < 0) {
                return Optional.empty();
            }
            Place place = places.get(nearest);
            if (admitted.test(place.stored)) {
                place.used = ++uses;
                int rival = largest(similarities, other -> other.stored.answer() != place.stored.answer());
                return Optional.of(
                        new Neighbours(place.stored, similarities[nearest], rival < 0 ? NONE : similarities[rival]));
            }
            left[nearest] = Double.NaN;
        }
        return Optional.empty();
    }

    @Override
    public List<Stored> nearestAnswers(float[] vector, Instant now, int answers) {
        double[] similarities = similarities(vector, now);
        Set<Integer> seen = new HashSet<>();
        List<Stored> nearest = new ArrayList<>();
        while (nearest.size() < answers) {
            int next = largest(similarities, place -> !seen.contains(place.stored.answer()));
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
    private double[] similarities(float[] vector, Instant now) {
        double[] similarities = new double[places.size()];
        Arrays.setAll(similarities, i -> {
            Place place = places.get(i);
            return place.stored.entry().expires().isAfter(now)
                    ? similarity.applyAsDouble(place.vector, vector)
                    : Double.NaN;
        });
        return similarities;
    }

    private int largest(double[] similarities, Predicate<Place> condition) {
        int largest = -1;
        for (int i = 0; i < similarities.length; i++) {
            boolean larger = largest < 0 ? !Double.isNaN(similarities[i]) : similarities[i] > similarities[largest];
            if (larger && condition.test(places.get(i))) {
                largest = i;
            }
        }
        return largest;
    }

    /** Four sums instead of one, which don't wait for each other. */
    static double product(float[] one, float[] other) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < one.length; i += 4) {
            a += one[i] * other[i];
            b += one[i + 1] * other[i + 1];
            c += one[i + 2] * other[i + 2];
            d += one[i + 3] * other[i + 3];
        }
        for (; i < one.length; i++) {
            a += one[i] * other[i];
        }
        return (a + b) + (c + d);
    }

    @Override
    public int remove(Predicate<Stored> condition) {
        int before = places.size();
        places.removeIf(place -> condition.test(place.stored));
        return before - places.size();
    }

    @Override
    public int size() {
        return places.size();
    }
}
