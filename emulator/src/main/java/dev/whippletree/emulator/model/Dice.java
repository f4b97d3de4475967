package dev.whippletree.emulator.model;

import java.util.random.RandomGenerator;

/**
 * Seeded random numbers, from the generator SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, 2014).
 *
 * <p>Each decision has its own generator, made from the seed and the subject of the decision, so that a run can be
 * replayed whatever the order in which requests arrive. Confined to one thread.
 */
public final class Dice implements RandomGenerator {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    public Dice(long seed) {
        this.state = seed;
    }

    /** Returns dice for one decision: always the same for the same seed, subject and number. */
    static Dice of(long seed, String subject, long number) {
        return new Dice(mix(mix(seed) ^ subject.hashCode()) + mix(number * GOLDEN_GAMMA));
    }

    @Override
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
