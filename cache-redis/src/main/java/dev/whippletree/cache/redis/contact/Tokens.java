package dev.whippletree.cache.redis.contact;

import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Names that nothing else has. Thread-safe. */
public final class Tokens {

    private final RandomGenerator random;
    private final String process;
    private final AtomicLong count = new AtomicLong();

    public Tokens(RandomGenerator random) {
        this.random = random;
        this.process = random();
    }

    public String process() {
        return process;
    }

    /** Returns a name for something of this process. */
    public String next() {
        return process + "-" + Long.toString(count.incrementAndGet(), Character.MAX_RADIX);
    }

    /** Returns a name that isn't this process's. */
    public String random() {
        return HexFormat.of().toHexDigits(random.nextLong());
    }
}
