package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bound on streams of real questions, each in five orders: mean share of requests that got a wrong answer, and of hits. */
class StreamsTest {

    private static final int SEEDS = 5;

    private static void holds(Stream stream, double maxError, double leastHits) {
        var results = IntStream.range(0, SEEDS)
                .parallel()
                .mapToObj(seed ->
                        new Replay(maxError, seed, 0).ask(stream.shuffled(seed)).result())
                .toList();
        double wrong = results.stream()
                .mapToDouble(Replay.Result::wrongPerRequest)
                .average()
                .orElseThrow();
        double hits =
                results.stream().mapToDouble(Replay.Result::hitRate).average().orElseThrow();
        System.out.printf("%s %.3f: hits %.3f wrong/request %.4f%n", stream.name(), maxError, hits, wrong);
        assertThat(wrong).as("%s: wrong per request", stream.name()).isLessThanOrEqualTo(maxError);
        assertThat(hits).as("%s: hits", stream.name()).isGreaterThanOrEqualTo(leastHits);
    }

    @Test
    void banking20_boundHolds_halfAreHits() {
        holds(Stream.banking(20), 0.01, 0.5);
    }

    @Test
    void clinc20_boundHolds_halfAreHits() {
        holds(Stream.clinc(false), 0.01, 0.5);
    }

    @Test
    void clincWithOutOfScope_boundHolds() {
        holds(Stream.clinc(true), 0.01, 0.1);
    }
}
