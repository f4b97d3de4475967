package dev.whippletree.cache.redis;

import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Names that nothing else has. Thread-safe. */
final class Tokens {

    private final RandomGenerator random;
    private final String process;
    private final AtomicLong count = new AtomicLong();

    Tokens(RandomGenerator random) {
        this.random = random;
        this.process = random();
    }

    /** Returns this process's name. */
    String process() {
        return process;
    }

    /** Returns a name for something of this process. */
    String next() {
        return process + "-" + Long.toString(count.incrementAndGet(), Character.MAX_RADIX);
    }

    /** Returns a name that isn't this process's. */
    String random() {
        return HexFormat.of().toHexDigits(random.nextLong());
    }
}
