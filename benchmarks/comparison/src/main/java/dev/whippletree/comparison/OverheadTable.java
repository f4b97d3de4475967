package dev.whippletree.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
                .filter(each -> !each.rounds().isEmpty())
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
                    calls(row, Overhead.Round::many, calls -> calls.p99Micros() / MICROS_PER_MILLI),
                    rate(row, Overhead.Round::crowd),
                    calls(row, Overhead.Round::crowd, calls -> calls.p99Micros() / MICROS_PER_MILLI),
                    calls(row, Overhead.Round::many, Overhead.Calls::processorMicros),
                    rate(row, Overhead.Round::streams),
                    calls(row, Overhead.Round::streams, Overhead.Calls::processorMicros),
                    range(row.rounds().stream().mapToDouble(Overhead.Round::megabytes))));
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
                .filter(i -> row.rounds().get(i).one().answered() > 0
                        && floor.get().rounds().get(i).one().answered() > 0)
                .mapToDouble(i -> row.rounds().get(i).one().medianMicros()
                        - floor.get().rounds().get(i).one().medianMicros())
                .map(micros -> micros / MICROS_PER_MILLI));
    }

    /** Returns what is known only of calls that were answered. */
    private static String calls(
            Overhead row, Function<Overhead.Round, Overhead.Calls> load, ToDoubleFunction<Overhead.Calls> value) {
        return range(answered(row, load).mapToDouble(value));
    }

    private static Stream<Overhead.Calls> answered(Overhead row, Function<Overhead.Round, Overhead.Calls> load) {
        return row.rounds().stream().map(load).filter(calls -> calls.answered() > 0);
    }

    private static String rate(Overhead row, Function<Overhead.Round, Overhead.Calls> load) {
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
                + " µs themselves. Other processes took " + range(elsewhere) + " % of the machine's processor time."
                + again();
    }

    private String again() {
        String again = rows().stream()
                .filter(each -> each.times() > 1)
                .map(each -> title(each) + " (" + each.times() + " times)")
                .collect(Collectors.joining(", "));
        return again.isEmpty() ? "" : " Measured again: " + again + ".";
    }

    /** Says who of the same kind adds or takes less than one of ours. */
    private String less(String name, boolean gateway) {
        Optional<Overhead> ours =
                rows().stream().filter(each -> each.contender().equals(name)).findFirst();
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
        double millis = more(ours, other, Overhead.Round::one, Overhead.Calls::medianMicros) / MICROS_PER_MILLI;
        double micros = more(ours, other, Overhead.Round::many, Overhead.Calls::processorMicros);
        List<String> all = new ArrayList<>();
        if (millis > 0) {
            all.add(number(millis) + " ms at 1 caller");
        }
        if (micros > 0) {
            all.add(number(micros) + " µs of processor time a call");
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(title(other) + ", by " + String.join(" and ", all));
    }

    /** Returns by how much one median is above the other; 0 if one of the two never answered. */
    private static double more(
            Overhead one,
            Overhead other,
            Function<Overhead.Round, Overhead.Calls> load,
            ToDoubleFunction<Overhead.Calls> value) {
        double[] more = answered(one, load).mapToDouble(value).sorted().toArray();
        double[] less = answered(other, load).mapToDouble(value).sorted().toArray();
        return more.length == 0 || less.length == 0 ? 0 : median(more) - median(less);
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
            double last = median(row.rounds().stream()
                    .mapToDouble(round -> round.many().rate())
                    .sorted()
                    .toArray());
            boolean atOnce = last > 0 && warmUp.firstRate() >= last / 2 && warmUp.thirdRate() >= 0.9 * last;
            table.row(List.of(
                    title(row),
                    number(warmUp.startSeconds()),
                    number(warmUp.firstRate()),
                    number(warmUp.thirdRate()),
                    number(last),
                    atOnce ? "yes" : "no",
                    number(warmUp.seconds())));
        });
        return table.text();
    }
}
