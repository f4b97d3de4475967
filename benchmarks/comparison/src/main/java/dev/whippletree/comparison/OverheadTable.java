package dev.whippletree.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The tables of what contenders add to calls: medians of all rounds, and the lowest and highest. Immutable. */
record OverheadTable(Results results) {

    private static final String NGINX = "nginx";
    private static final double MICROS_PER_MILLI = 1000;
    private static final String NONE = "–";

    String text() {
        if (results.overhead().isEmpty()) {
            return MainPage.NOTHING;
        }
        return loads() + "\n\n" + conditions() + "\n\n" + less("whippletree", false) + less("whippletree-gateway", true)
                + warmUps();
    }

    private List<Overhead> rows() {
        return results.overhead().stream()
                .filter(each -> !each.contender().equals(OverheadRun.CALLERS))
                .toList();
    }

    private static String title(Overhead row) {
        return row.about().named();
    }

    private String loads() {
        Table table = new Table(List.of(
                "contender",
                "added at 1 caller, ms",
                "beyond nginx, ms",
                "calls/s at 32",
                "p99 at 32, ms",
                "calls/s at 500",
                "p99 at 500, ms",
                "processor time a call, µs",
                "streams/s",
                "processor time a stream, µs",
                "memory, MB"));
        for (Overhead row : rows()) {
            table.row(List.of(
                    title(row),
                    added(row, OverheadRun.FLOOR),
                    added(row, NGINX),
                    rate(row, Overhead.Round::many),
                    each(row, round -> round.many().p99Micros() / MICROS_PER_MILLI),
                    rate(row, Overhead.Round::crowd),
                    each(row, round -> round.crowd().p99Micros() / MICROS_PER_MILLI),
                    each(row, round -> round.many().processorMicros()),
                    rate(row, Overhead.Round::streams),
                    each(row, round -> round.streams().processorMicros()),
                    each(row, Overhead.Round::megabytes)));
        }
        return table.text();
    }

    /** Compares rounds of the same number, which were measured one soon after the other. */
    private String added(Overhead row, String beyond) {
        Optional<Overhead> floor = results.overhead(beyond);
        if (floor.isEmpty() || beyond.equals(row.contender())) {
            return NONE;
        }
        return range(IntStream.range(
                        0, Math.min(row.rounds().size(), floor.get().rounds().size()))
                .mapToDouble(i -> row.rounds().get(i).one().medianMicros()
                        - floor.get().rounds().get(i).one().medianMicros())
                .map(micros -> micros / MICROS_PER_MILLI));
    }

    private static String each(Overhead row, ToDoubleFunction<Overhead.Round> value) {
        return range(row.rounds().stream().mapToDouble(value));
    }

    private static String rate(Overhead row, java.util.function.Function<Overhead.Round, Overhead.Calls> load) {
        List<Overhead.Calls> calls = row.rounds().stream().map(load).toList();
        long failed = calls.stream().mapToLong(Overhead.Calls::failed).sum();
        long wrong = calls.stream().mapToLong(Overhead.Calls::wrong).sum();
        long all = failed + calls.stream().mapToLong(Overhead.Calls::answered).sum();
        return range(calls.stream().mapToDouble(Overhead.Calls::rate))
                + (failed == 0 ? "" : String.format(Locale.ROOT, "; %.1f %% failed", 100.0 * failed / all))
                + (wrong == 0 ? "" : "; " + wrong + " wrong");
    }

    /** Returns the median, with the lowest and the highest if there are several. */
    static String range(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            return NONE;
        }
        String median = number(median(sorted));
        return sorted.length == 1
                ? median
                : median + " (" + number(sorted[0]) + " to " + number(sorted[sorted.length - 1]) + ")";
    }

    static double median(double[] sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** Rounds to three digits or, above a thousand, to whole numbers. */
    private static String number(double value) {
        double size = Math.abs(value);
        String format = size < 1 ? "%.3f" : size < 10 ? "%.2f" : size < 100 ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, format, value);
    }

    private String conditions() {
        DoubleStream elsewhere = results.overhead().stream()
                .flatMap(each -> each.rounds().stream())
                .mapToDouble(round -> 100 * round.elsewhere());
        DoubleStream service = results.overhead(OverheadRun.FLOOR).stream()
                .flatMap(each -> each.rounds().stream())
                .mapToDouble(round -> round.many().serviceMicros());
        DoubleStream callers = results.overhead(OverheadRun.CALLERS).stream()
                .flatMap(each -> each.rounds().stream())
                .mapToDouble(round -> round.many().processorMicros());
        return "Processor time of a call that OkHttp makes alone: the service takes another " + range(service)
                + " µs. A library's time includes its callers, who take " + range(callers)
                + " µs themselves. Other processes took " + range(elsewhere) + " % of the machine's processor time.";
    }

    /** Says who of the same kind adds or takes less than one of ours. */
    private String less(String name, boolean gateway) {
        Optional<Overhead> ours = results.overhead(name);
        List<Overhead> others = rows().stream()
                .filter(each -> each.gateway() == gateway && !each.contender().equals(name))
                .toList();
        if (ours.isEmpty() || others.isEmpty()) {
            return "";
        }
        List<String> less =
                others.stream().flatMap(each -> less(each, ours.get()).stream()).toList();
        return title(ours.get())
                + (less.isEmpty() ? ": nobody adds less." : " adds more than: " + String.join("; ", less) + ".")
                + "\n\n";
    }

    private static Optional<String> less(Overhead other, Overhead ours) {
        double millis = (median(ours, round -> round.one().medianMicros())
                        - median(other, round -> round.one().medianMicros()))
                / MICROS_PER_MILLI;
        double micros = median(ours, round -> round.many().processorMicros())
                - median(other, round -> round.many().processorMicros());
        List<String> all = new ArrayList<>();
        if (millis > 0) {
            all.add(number(millis) + " ms at 1 caller");
        }
        if (micros > 0) {
            all.add(number(micros) + " µs of processor time a call");
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(title(other) + ", by " + String.join(" and ", all));
    }

    private static double median(Overhead row, ToDoubleFunction<Overhead.Round> value) {
        return median(row.rounds().stream().mapToDouble(value).sorted().toArray());
    }

    private String warmUps() {
        Table table = new Table(List.of(
                "contender",
                "start, s",
                "first 10 s, calls/s",
                "20 to 30 s",
                "in the end",
                "half within 10 s, 90 % within 30",
                "warmed up for, s"));
        rows().stream().sorted(Comparator.comparing(OverheadTable::title)).forEach(row -> {
            Overhead.WarmUp warmUp = row.warmUp();
            double last = median(row, round -> round.many().rate());
            boolean atOnce = warmUp.firstRate() >= last / 2 && warmUp.thirdRate() >= 0.9 * last;
            table.row(new ArrayList<>(List.of(
                    title(row),
                    number(warmUp.startSeconds()),
                    number(warmUp.firstRate()),
                    number(warmUp.thirdRate()),
                    number(last),
                    atOnce ? "yes" : "no",
                    number(warmUp.seconds()))));
        });
        return table.text();
    }
}
