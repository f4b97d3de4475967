package dev.whippletree.engine.pool;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps the latest 500 values of something, and tells what few of them exceed. Guarded by the engine's lock.
 *
 * <p>It keeps them all, sorted: as small as a sketch of them would be, and exact. Older ones are forgotten, so it
 * follows change: a quantile of 95 % rises with the first 25 or so larger values, and falls within 500 smaller ones.
 * Recording moves at most 500 numbers, asking none.
 *
 * <p>What few exceed isn't the sample's quantile but an upper bound of the true one, right with 95 % confidence: the
 * order statistic of Wilks (Determination of sample sizes for setting tolerance limits, Annals of Mathematical
 * Statistics 12, 1941), its rank by the normal approximation of the binomial, which agrees with his table for 95 %: the
 * largest of 59, the second largest of 93, the third of 124.
 */
final class LatestValues {

    private static final int KEPT = 500;

    /** One-sided 95 % of the normal distribution. */
    private static final double CONFIDENCE = 1.645;

    private final int[] inOrder = new int[KEPT];
    private final int[] sorted = new int[KEPT];
    private int size;
    private int next;

    void record(int value) {
        if (size == KEPT) {
            remove(inOrder[next]);
        }
        insert(value);
        inOrder[next] = value;
        next = (next + 1) % KEPT;
    }

    private void remove(int value) {
        int at = Arrays.binarySearch(sorted, 0, size, value);
        System.arraycopy(sorted, at + 1, sorted, at, size - at - 1);
        size--;
    }

    private void insert(int value) {
        int found = Arrays.binarySearch(sorted, 0, size, value);
        int at = found < 0 ? -found - 1 : found;
        System.arraycopy(sorted, at, sorted, at + 1, size - at);
        sorted[at] = value;
        size++;
    }

    int size() {
        return size;
    }

    /** Returns up to so many of the latest values, the oldest first. */
    List<Integer> latest(int most) {
        int count = Math.min(most, size);
        List<Integer> values = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            values.add(inOrder[Math.floorMod(next - count + index, KEPT)]);
        }
        return values;
    }

    int largest() {
        return size == 0 ? 0 : sorted[size - 1];
    }

    /**
     * Returns a value that at least a share of all such values don't exceed, with 95 % confidence; the largest one if
     * there are too few values for that.
     *
     * @param share above 0 and below 1
     */
    int enoughFor(double share) {
        double mean = size * share;
        double rank = Math.ceil(mean + CONFIDENCE * Math.sqrt(mean * (1 - share)));
        return size == 0 ? 0 : sorted[(int) Math.min(size, rank) - 1];
    }
}
