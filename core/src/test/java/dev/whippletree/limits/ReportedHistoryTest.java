package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.ReportedHistory.Shape;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No limit that its service tells of is exceeded, whatever order reports come in and whatever is lost. */
final class ReportedHistoryTest {

    private static final long WINDOW = 1_000_000_000L;

    /** Enough to find each fault that was put in on purpose. */
    private static final int LOT = Integer.getInteger("whippletree.histories", 800);

    private static final int LOTS = 8;

    static LongStream lots() {
        return LongStream.range(0, LOTS);
    }

    @ParameterizedTest(name = "lot {0}")
    @MethodSource("lots")
    void flightsOfUpToAThirdOfTheWindow_exceedNothing(long lot) {
        long begun = 0;
        for (long seed = lot * LOT / LOTS; seed < (lot + 1) * LOT / LOTS; seed++) {
            ReportedHistory history = history(seed, WINDOW / 3);
            assertThat(history.exceeded()).as("seed %s", seed).isEmpty();
            begun += history.begun();
        }
        assertThat(begun).as("attempts").isGreaterThan(50L * LOT / LOTS);
    }

    static ReportedHistory history(long seed, long longestFlight) {
        SplittableRandom random = new SplittableRandom(seed);
        long amount = 2 + random.nextLong(60);
        ServiceModel service = service(random, amount);
        Shape shape = new Shape(
                random.nextBoolean() ? 0 : random.nextDouble(),
                random.nextBoolean() ? 0 : random.nextDouble() / 3,
                random.nextInt(3) == 0,
                random.nextBoolean() ? 1 : 1 + random.nextLong(amount));
        long longest = 10 + random.nextLong(longestFlight);
        return new ReportedHistory(random, service, amount, WINDOW, longest, shape)
                .run(6, 1 + random.nextLong(2 * WINDOW / amount));
    }

    private static ServiceModel service(SplittableRandom random, long amount) {
        return switch (random.nextInt(3)) {
            case 0 -> new ServiceModel.Fixed(amount, WINDOW, random.nextLong(WINDOW));
            case 1 -> new ServiceModel.FromFirstUse(amount, WINDOW);
            default -> new ServiceModel.Bucket(amount, WINDOW);
        };
    }
}
