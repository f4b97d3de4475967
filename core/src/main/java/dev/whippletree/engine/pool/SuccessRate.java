package dev.whippletree.engine.pool;

import java.util.Arrays;

/** How many of the latest attempts failed, over a window in ten steps. Guarded by the engine's lock. */
final class SuccessRate {

    private static final int STEPS = 10;

    private final long stepNanos;
    private final int[] all = new int[STEPS];
    private final int[] failed = new int[STEPS];
    private long step = Long.MIN_VALUE;

    SuccessRate(long windowNanos) {
        this.stepNanos = windowNanos / STEPS;
    }

    void record(boolean success, long now) {
        moveTo(now);
        int slot = Math.floorMod(step, STEPS);
        all[slot]++;
        failed[slot] += success ? 0 : 1;
    }

    /** Returns whether half of them failed, if there were at least as many as it takes. */
    boolean isBad(int fewest, long now) {
        moveTo(now);
        int total = Arrays.stream(all).sum();
        return total >= fewest && Arrays.stream(failed).sum() * 2 >= total;
    }

    void clear() {
        Arrays.fill(all, 0);
        Arrays.fill(failed, 0);
    }

    private void moveTo(long now) {
        long current = Math.floorDiv(now, stepNanos);
        if (step == Long.MIN_VALUE || current - step >= STEPS) {
            clear();
        } else {
            for (long passed = step + 1; passed <= current; passed++) {
                int slot = Math.floorMod(passed, STEPS);
                all[slot] = 0;
                failed[slot] = 0;
            }
        }
        step = Math.max(step, current);
    }
}
