package dev.whippletree.emulator.refusals;

import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.refusals.RefusalRun.Share;
import dev.whippletree.emulator.refusals.RefusingService.Foreign;
import dev.whippletree.emulator.refusals.RefusingService.Known;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints how much of what refusing services allow is used and what share of the calls they refuse, the mean and the
 * worst of some seeds. Arguments: the number of seeds, then the groups to run, by their first letters; all if none is
 * given. With {@code -Dcase=…}, only cases whose names contain that; with {@code -Dtable=FILE}, also writes a row for
 * each case and seed into a file, its columns separated by tabs.
 */
public final class RefusalBench {

    private static final List<Counting> COUNTINGS = List.of(Counting.FIXED, Counting.SLIDING, Counting.BUCKET);

    private static final List<String> LIMITS = List.of(
            "10 requests / 1s",
            "6 requests / 10s",
            "100 requests / 10s",
            "60 requests / 1min",
            "1000 requests / 1min",
            "1000 requests / 1h");
    private static final List<String> MODELS = List.of("large", "small");
    private static final int FIRST_WINDOWS = 3;

    private final int seeds;
    private final List<String> groups;
    private final List<String> table = new ArrayList<>(List.of("case\tseed\tuse\trefused\tlost"));
    private String group = "";

    private RefusalBench(int seeds, List<String> groups) {
        this.seeds = seeds;
        this.groups = groups;
    }

    /** What came of one seed. */
    record Figures(double use, double refused, long lost) {}

    /** Runs one case with a seed. */
    private interface Run {

        Figures of(long seed);
    }

    /** Prints the table. */
    public static void main(String[] arguments) throws IOException {
        int seeds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        RefusalBench bench =
                new RefusalBench(seeds, List.of(arguments).subList(Math.min(1, arguments.length), arguments.length));
        bench.print();
        String file = System.getProperty("table");
        if (file != null) {
            Files.write(Path.of(file), bench.table);
        }
    }

    private void print() {
        group("lottery", this::lottery);
        group("foreign", this::foreign);
        group("cut", this::cut);
        group("cold", this::cold);
    }

    private void group(String name, Runnable cases) {
        if (groups.isEmpty() || groups.stream().anyMatch(name::startsWith)) {
            System.out.printf(
                    Locale.ROOT, "%n%-84s %6s %6s %8s %8s %5s%n", name, "use", "least", "refused", "most", "lost");
            group = name;
            cases.run();
        }
    }

    private void row(Object name, Run run) {
        if (!name.toString().contains(System.getProperty("case", ""))) {
            return;
        }
        List<Figures> all = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            Figures figures = run.of(seed);
            all.add(figures);
            table.add(String.format(
                    Locale.ROOT,
                    "%s, %s\t%d\t%.4f\t%.5f\t%d",
                    group,
                    name,
                    seed,
                    figures.use,
                    figures.refused,
                    figures.lost));
        }
        System.out.printf(
                Locale.ROOT,
                "%-84s %6.3f %6.3f %7.2f%% %7.2f%% %5d%n",
                name,
                all.stream().mapToDouble(Figures::use).average().orElse(0),
                all.stream().mapToDouble(Figures::use).min().orElse(0),
                all.stream().mapToDouble(Figures::refused).average().orElse(0) * 100,
                all.stream().mapToDouble(Figures::refused).max().orElse(0) * 100,
                all.stream().mapToLong(Figures::lost).sum());
    }

    private void lottery() {
        for (double share : new double[] {0.02, 0.1, 0.5}) {
            for (long millis : new long[] {50, 300, 1000}) {
                for (int width : new int[] {8, 64}) {
                    for (int prompts : new int[] {200, 4000}) {
                        RefusingService service = RefusingService.lottery(share, Duration.ofMillis(millis), width);
                        row(prompts + " prompts: " + service, seed -> lottery(service, prompts, seed));
                    }
                }
            }
        }
    }

    private void foreign() {
        for (Known known : Known.values()) {
            for (Foreign foreign : List.of(Foreign.STEADY, Foreign.BURSTS)) {
                for (Counting counting : COUNTINGS) {
                    for (String limit : List.of("100 requests / 10s", "1000 requests / 1min")) {
                        RefusingService service =
                                RefusingService.of(limit, counting).known(known).foreign(foreign);
                        row(service, seed -> steady(service, seed));
                    }
                }
            }
        }
    }

    /** Use is the time without the lottery as a share of that with it. */
    static Figures lottery(RefusingService service, int prompts, long seed) {
        double without = new RefusalRun(service.lottery(0), seed).secondsFor(prompts, Duration.ofHours(5));
        RefusalRun run = new RefusalRun(service, seed);
        double with = run.secondsFor(prompts, Duration.ofSeconds((long) Math.ceil(without * 100)));
        return new Figures(
                without / with * (prompts - run.openPrompts()) / prompts,
                (double) run.account().rateLimited() / run.account().calls(),
                run.lost());
    }

    private void cut() {
        for (Known known : Known.values()) {
            for (Counting counting : COUNTINGS) {
                for (String limit : List.of("100 requests / 10s", "1000 requests / 1min")) {
                    RefusingService service =
                            RefusingService.of(limit, counting).known(known);
                    row("half: " + service, seed -> half(service, seed));
                    row("whole again: " + service, seed -> wholeAgain(service, seed));
                }
            }
        }
    }

    /**
     * The first windows, while nothing is known yet: of a limit that nobody tells, and of two models that may share
     * one.
     */
    private void cold() {
        for (Counting counting : COUNTINGS) {
            for (boolean told : new boolean[] {true, false}) {
                for (String limit : LIMITS) {
                    windows(RefusingService.of(limit, counting).told(told), List.of(SimulatedAccount.MODEL));
                }
                for (Known known : List.of(Known.HIDDEN, Known.REPORTED)) {
                    for (String limit : List.of("100 requests / 10s", "60 requests / 1min")) {
                        RefusingService shared =
                                RefusingService.of(limit, counting).known(known).told(told);
                        windows(shared, MODELS);
                        windows(shared.perModel(), MODELS);
                    }
                }
            }
        }
    }

    private void windows(RefusingService service, List<String> models) {
        for (int number = 1; number <= FIRST_WINDOWS; number++) {
            int window = number;
            row(
                    "window " + window + ", " + (models.size() == 1 ? "" : "two models: ") + service,
                    seed -> window(service, models, window, seed));
        }
    }

    /** One window after the start; a bucket that was full allows the first one twice as much. */
    private static Figures window(RefusingService service, List<String> models, int window, long seed) {
        RefusalRun run = new RefusalRun(service, models, seed).ask(service.width() + 16);
        long before = run.run(service.window().multipliedBy(window - 1)).lost();
        Share share = run.run(service.window());
        int times = service.limit().orElseThrow().perModel() ? models.size() : 1;
        return new Figures(share.use(service.perSecond() * times), share.refusedShare(), share.lost() + before);
    }

    /** The time of 400 calls, or one window if that is longer. */
    static Duration unit(RefusingService service) {
        Duration calls = Duration.ofNanos((long) (400 / service.perSecond() * 1e9));
        return calls.compareTo(service.window()) > 0 ? calls : service.window();
    }

    private static RefusalRun asked(RefusingService service, long seed) {
        return new RefusalRun(service, seed).ask(service.width() + 16);
    }

    /** After the limit was found. */
    static Figures steady(RefusingService service, long seed) {
        RefusalRun run = asked(service, seed);
        Share before = run.run(unit(service).multipliedBy(10));
        return figures(service, run.run(unit(service).multipliedBy(8)), before.lost());
    }

    /** From the moment at which the limit is cut to half. */
    static Figures half(RefusingService service, long seed) {
        RefusalRun run = asked(service, seed);
        run.run(unit(service).multipliedBy(10));
        run.changeLimits(0.5);
        Share share = run.run(unit(service).multipliedBy(8));
        return new Figures(share.use(service.perSecond() / 2), share.refusedShare(), share.lost());
    }

    /** After it has been cut and then become what it was again. */
    static Figures wholeAgain(RefusingService service, long seed) {
        RefusalRun run = asked(service, seed);
        run.run(unit(service).multipliedBy(10));
        run.changeLimits(0.5);
        run.run(unit(service).multipliedBy(8));
        run.changeLimits(1);
        run.run(unit(service).multipliedBy(2));
        return figures(service, run.run(unit(service).multipliedBy(8)), 0);
    }

    private static Figures figures(RefusingService service, Share share, long lostBefore) {
        return new Figures(share.use(service.perSecond()), share.refusedShare(), share.lost() + lostBefore);
    }
}
