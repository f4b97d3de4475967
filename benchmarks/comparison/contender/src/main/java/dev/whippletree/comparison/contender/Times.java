package dev.whippletree.comparison.contender;

import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many calls took how long: in microseconds, rounded up to three digits. Thread-safe. */
final class Times {

    private static final int DIGITS = 1000;
    private static final int POWERS = 7;
    private static final long NANOS_PER_MICRO = 1000;

    private final AtomicLongArray counts = new AtomicLongArray(POWERS * DIGITS);

    void add(long nanos) {
        long value = (nanos + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO;
        int power = 0;
        while (value >= DIGITS) {
            value = (value + 9) / 10;
            power++;
        }
        counts.incrementAndGet(Math.min(power, POWERS - 1) * DIGITS + (int) value);
    }

    /** Returns times and how many there were of each, such as {@code 87:2 91:1}, and forgets them. */
    String take() {
        StringJoiner all = new StringJoiner(" ");
        long unit = 1;
        for (int i = 0; i < counts.length(); i++) {
            long count = counts.get(i) == 0 ? 0 : counts.getAndSet(i, 0);
            if (count > 0) {
                all.add((i % DIGITS) * unit + ":" + count);
            }
            unit = i % DIGITS == DIGITS - 1 ? unit * 10 : unit;
        }
        return all.toString();
    }
}
