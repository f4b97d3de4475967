package dev.whippletree.cache.similar;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Makes the table of {@code docs/similar-questions.md}; takes minutes. */
@Tag("thorough")
class StreamsTable {

    private static final int SEEDS = 5;

    @Test
    void table() {
        System.out.println(
                "| stream | requests | rule | hits | wrong per request | wrong per hit | audits | threshold |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        List<Stream> streams = List.of(Stream.banking(20), Stream.banking(77), Stream.clinc(false), Stream.clinc(true));
        for (Stream stream : streams) {
            for (double maxError : new double[] {0.005, 0.01, 0.02}) {
                print(stream, "max-error " + percent(maxError, 1), bounded(stream, maxError));
            }
            for (double similarity : new double[] {0.80, 0.90, 0.95}) {
                print(stream, "similarity " + similarity, fixed(stream, similarity));
            }
        }
    }

    private static List<Replay.Result> bounded(Stream stream, double maxError) {
        return IntStream.range(0, SEEDS)
                .parallel()
                .mapToObj(seed ->
                        new Replay(maxError, seed).ask(stream.shuffled(seed)).result())
                .toList();
    }

    private static List<Replay.Result> fixed(Stream stream, double similarity) {
        return IntStream.range(0, SEEDS)
                .parallel()
                .mapToObj(seed -> FixedThreshold.replay(stream.shuffled(seed), similarity))
                .toList();
    }

    private static void print(Stream stream, String rule, List<Replay.Result> results) {
        double wrong = mean(results.stream().mapToDouble(Replay.Result::wrongPerRequest));
        double most = results.stream()
                .mapToDouble(Replay.Result::wrongPerRequest)
                .max()
                .orElseThrow();
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %s | %s | %s (at most %s) | %s | %.0f | %.2f |%n",
                stream.name(),
                stream.questions().size(),
                rule,
                percent(mean(results.stream().mapToDouble(Replay.Result::hitRate)), 1),
                percent(wrong, 2),
                percent(most, 2),
                percent(mean(results.stream().mapToDouble(Replay.Result::wrongPerHit)), 1),
                mean(results.stream().mapToDouble(Replay.Result::audits)),
                mean(results.stream().mapToDouble(Replay.Result::threshold)));
    }

    private static double mean(DoubleStream values) {
        return values.average().orElseThrow();
    }

    private static String percent(double share, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f %%", 100 * share);
    }
}
