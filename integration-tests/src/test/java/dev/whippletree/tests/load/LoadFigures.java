package dev.whippletree.tests.load;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.StressEmulation;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.time.SystemTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Measures the cases at full size, three times each, and prints a line for each run. Not a test: what it prints depends
 * on the machine. It takes about seven minutes:
 *
 * <pre>{@code
 * mvn -pl integration-tests -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
 * java -cp "integration-tests/target/test-classes:$(cat integration-tests/target/classpath.txt)" \
 *   dev.whippletree.tests.load.LoadFigures
 * }</pre>
 */
public final class LoadFigures {

    private static final int RUNS = 3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
    /** How long a request takes to arrive at most, on loopback and a busy machine. */
    private static final Duration TRANSIT = Duration.ofMillis(100);

    private static final List<FaultKind> FAULTS =
            List.of(FaultKind.SERVER_ERROR, FaultKind.UNAVAILABLE, FaultKind.RESET, FaultKind.CUT, FaultKind.MALFORMED);

    private LoadFigures() {}

    /**
     * Runs it.
     *
     * @param arguments the names of the cases to run; none: all
     * @throws InterruptedException if the process is told to stop
     */
    public static void main(String[] arguments) throws InterruptedException {
        List<String> wanted = List.of(arguments);
        System.out.println(
                "case        wall s  bound s  ratio  calls  429s  answered      fullest window of each limit");
        for (int run = 0; run < RUNS; run++) {
            if (wants(wanted, "stress")) {
                print("stress", stress(LoadCases.FULL.stress()));
            }
            if (wants(wanted, "uneven")) {
                print("uneven", figures(LoadCases.FULL.uneven(), 400));
            }
            if (wants(wanted, "outage")) {
                print("outage", outage());
            }
            if (wants(wanted, "faults")) {
                print("faults", figures(LoadCases.FULL.faults(FAULTS).within(TRANSIT), 800));
            }
            if (wants(wanted, "herd")) {
                print("herd", figures(LoadCases.herd(false), Integer.MAX_VALUE));
            }
        }
    }

    private static boolean wants(List<String> wanted, String name) {
        return wanted.isEmpty() || wanted.contains(name);
    }

    /** One run's figures and the least time it can have taken. */
    private record Figures(InterviewResults results, ServiceStats stats, Duration bound) {}

    private static Figures figures(LoadCase load, long amounts) throws InterruptedException {
        LoadOutcome outcome = LoadBench.run(load);
        return new Figures(outcome.results(), outcome.stats(), bound(outcome.stats(), amounts, TEN_SECONDS));
    }

    /** Every window takes its amount at its start; the last one need not end. */
    private static Duration bound(ServiceStats stats, long amounts, Duration window) {
        long windows = (stats.calls() + amounts - 1) / amounts;
        return window.multipliedBy(windows - 1);
    }

    /** The tight stress run has the same limits and the same outage, and its bound knows when the account was away. */
    private static Figures outage() throws InterruptedException {
        LoadCase load = LoadCases.FULL.outage().within(TRANSIT);
        LoadOutcome outcome = LoadBench.run(load);
        StressSettings tight = StressSettings.TIGHT.withLatency(load.service().latency());
        return new Figures(outcome.results(), outcome.stats(), StressReport.lowerBound(tight));
    }

    private static Figures stress(StressSettings settings) throws InterruptedException {
        try (SystemTimeline timeline = new SystemTimeline();
                StressEmulation emulation = StressEmulation.start(settings, timeline)) {
            Whippletree.Builder builder = Whippletree.builder().cache("ehcache");
            emulation.accounts().forEach(builder::account);
            try (Whippletree whippletree = builder.build()) {
                InterviewDriver driver =
                        new InterviewDriver(InterviewPlan.of(settings.interviews()), whippletree::complete, timeline);
                InterviewResults results = LoadBench.resultsOf(driver.start());
                ServiceStats stats = emulation.stats();
                long amounts = settings.limit().amount() * settings.accounts();
                return new Figures(
                        results, stats, bound(stats, amounts, settings.limit().window()));
            }
        }
    }

    private static void print(String name, Figures figures) {
        double wall = seconds(figures.results().elapsed());
        double bound = seconds(figures.bound());
        String ratio = bound == 0 ? "-" : String.format(Locale.ROOT, "%.3f", wall / bound);
        System.out.printf(
                Locale.ROOT,
                "%-10s %7.2f %8.2f %6s %6d %5d %5d of %5d  %s%n",
                name,
                wall,
                bound,
                ratio,
                figures.stats().calls(),
                figures.stats().rateLimited(),
                figures.results().answered() - figures.results().wrong(),
                figures.results().prompts(),
                figures.stats().limits().stream().map(LoadFigures::fullest).collect(Collectors.joining(", ")));
    }

    private static String fullest(LimitStats limit) {
        return limit.fullest() + " of " + limit.limit();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS_PER_SECOND;
    }
}
