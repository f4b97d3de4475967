package dev.whippletree.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The tables of speed. Confined to one thread. */
final class SpeedTables {

    private static final String FLOOR = "okhttp";
    private static final int CPU_CALLERS = 32;

    private final Results results;
    private final List<Results.About> contenders;
    private final List<Integer> levels;

    SpeedTables(Results results) {
        this.results = results;
        this.contenders = results.contenders().stream()
                .filter(each -> !results.speedOf(each.name()).isEmpty())
                .toList();
        this.levels = results.speed().stream()
                .flatMap(each -> each.levels().stream())
                .map(Results.Level::callers)
                .distinct()
                .toList();
    }

    String text() {
        if (contenders.isEmpty()) {
            return "Not measured yet: that needs a machine that does nothing else.";
        }
        return "Added latency at the median and at the 99th percentile, in ms; of OkHttp alone the whole latency. It is"
                + " negative where a client makes only some of its callers' calls at a time; then others wait the longer.\n\n"
                + latency()
                + "\n\nRequests a second, by number of callers; failed calls aren't counted:\n\n"
                + perLevel(level -> level.perSecond(), "%.0f")
                + "\n\nProcessor time of a request at " + CPU_CALLERS
                + " callers (the contender's process, with its callers if they are in it), most memory used,"
                + " from the start of the process to its first answer, and added time to the first piece of a stream:\n\n"
                + others();
    }

    private String latency() {
        List<String> head = new ArrayList<>(List.of("contender"));
        levels.forEach(callers -> head.addAll(List.of(callers + ": p50", callers + ": p99")));
        Table table = new Table(head);
        for (Results.About contender : contenders) {
            List<String> row = new ArrayList<>(List.of(contender.title()));
            for (int callers : levels) {
                row.add(added(contender.name(), speed -> level(speed, callers), Results.Level::p50Micros));
                row.add(added(contender.name(), speed -> level(speed, callers), Results.Level::p99Micros));
            }
            table.row(row);
        }
        return table.text();
    }

    private String perLevel(ToDoubleFunction<Results.Level> figure, String format) {
        List<String> head = new ArrayList<>(List.of("contender"));
        levels.forEach(callers -> head.add("" + callers));
        Table table = new Table(head);
        for (Results.About contender : contenders) {
            List<String> row = new ArrayList<>(List.of(contender.title()));
            for (int callers : levels) {
                row.add(range(
                        format,
                        results.speedOf(contender.name()).stream()
                                .mapToDouble(speed -> figure.applyAsDouble(level(speed, callers)))
                                .toArray()));
            }
            table.row(row);
        }
        return table.text();
    }

    private String others() {
        Table table = new Table(List.of("contender", "µs of processor", "MB", "ms to start", "first piece, ms"));
        for (Results.About contender : contenders) {
            List<Results.Speed> rounds = results.speedOf(contender.name());
            table.row(List.of(
                    contender.title(),
                    range("%.0f", rounds, speed -> level(speed, CPU_CALLERS).cpuMicrosEach()),
                    range("%.0f", rounds, speed -> speed.memoryKib() / 1024.0),
                    range("%.0f", rounds, Results.Speed::startUpMillis),
                    added(contender.name(), Results.Speed::firstPiece, Results.Level::p50Micros)));
        }
        return table.text();
    }

    private static Results.Level level(Results.Speed speed, int callers) {
        return speed.levels().stream()
                .filter(level -> level.callers() == callers)
                .findFirst()
                .orElseThrow();
    }

    /** Compares with the floor of the same round only, so that what else the machine did matters less. */
    private String added(
            String contender, Function<Results.Speed, Results.Level> which, ToDoubleFunction<Results.Level> micros) {
        double[] millis = results.speedOf(contender).stream()
                .flatMap(speed -> floor(contender, speed.round())
                        .map(floor -> micros.applyAsDouble(which.apply(speed))
                                - (floor.equals(speed) ? 0 : micros.applyAsDouble(which.apply(floor))))
                        .stream())
                .mapToDouble(each -> each / 1e3)
                .toArray();
        return range("%.2f", millis);
    }

    private Optional<Results.Speed> floor(String contender, int round) {
        return results.speedOf(contender.equals(FLOOR) ? contender : FLOOR).stream()
                .filter(speed -> speed.round() == round)
                .findFirst();
    }

    private static String range(String format, List<Results.Speed> rounds, ToDoubleFunction<Results.Speed> figure) {
        return range(format, rounds.stream().mapToDouble(figure).toArray());
    }

    private static String range(String format, double[] values) {
        if (values.length == 0 || Arrays.stream(values).allMatch(value -> value == 0)) {
            return "–";
        }
        double[] sorted = Arrays.stream(values).sorted().toArray();
        String median = String.format(Locale.ROOT, format, sorted[sorted.length / 2]);
        return sorted.length == 1
                ? median
                : String.format(
                        Locale.ROOT,
                        "%s (" + format + " to " + format + ")",
                        median,
                        sorted[0],
                        sorted[sorted.length - 1]);
    }
}
