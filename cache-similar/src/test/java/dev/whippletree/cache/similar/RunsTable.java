package dev.whippletree.cache.similar;

import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Makes the table of single runs, bursts and erring judges of {@code docs/similar-questions.md}: BANKING77, 20 intents,
 * in 20 orders, of the seeds 0 to 19; takes minutes.
 */
@Tag("thorough")
class RunsTable {

    private static final int RUNS = 20;
    private static final double MAX_ERROR = 0.01;

    @Test
    void table() {
        System.out.println("| what | hits | wrong per request, mean | runs above 1 % | the worst run |");
        System.out.println("|---|---|---|---|---|");
        Replay.Judge perfect = Replay.Judge.PERFECT;
        print("one after the other, a perfect judge", seed -> new Replay(MAX_ERROR, seed));
        for (int atOnce : new int[] {10, 100, 500}) {
            print(atOnce + " at once", seed -> new Replay(MAX_ERROR, seed, perfect, atOnce));
        }
        for (double errors : new double[] {0.01, 0.05}) {
            String share = percent(errors, 0);
            print(
                    "a judge that calls " + share + " of right answers wrong",
                    seed -> new Replay(MAX_ERROR, seed, new Replay.Judge(errors, 0), 1));
            print(
                    "a judge that errs in " + share + ", both ways",
                    seed -> new Replay(MAX_ERROR, seed, new Replay.Judge(errors, errors), 1));
        }
        for (double missed : new double[] {0.2, 0.5}) {
            print(
                    "a judge that calls " + percent(missed, 0) + " of wrong answers right",
                    seed -> new Replay(MAX_ERROR, seed, new Replay.Judge(0, missed), 1));
        }
    }

    private static void print(String what, LongFunction<Replay> replay) {
        Stream stream = Stream.banking(20);
        List<Replay.Result> results = IntStream.range(0, RUNS)
                .parallel()
                .mapToObj(seed -> replay.apply(seed).ask(stream.shuffled(seed)).result())
                .toList();
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %d of %d | %s |%n",
                what,
                percent(
                        results.stream()
                                .mapToDouble(Replay.Result::hitRate)
                                .average()
                                .orElseThrow(),
                        1),
                percent(
                        results.stream()
                                .mapToDouble(Replay.Result::wrongPerRequest)
                                .average()
                                .orElseThrow(),
                        2),
                results.stream()
                        .filter(result -> result.wrongPerRequest() > MAX_ERROR)
                        .count(),
                RUNS,
                percent(
                        results.stream()
                                .mapToDouble(Replay.Result::wrongPerRequest)
                                .max()
                                .orElseThrow(),
                        2));
    }

    private static String percent(double share, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f %%", 100 * share);
    }
}
