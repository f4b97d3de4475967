package dev.whippletree.comparison;

import dev.whippletree.comparison.failover.FailoverGateway;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what is left of the comparison, or the named pieces of it, and writes the results and the pages. */
@Command(
        name = "benchmarks/comparison/run",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what hasn't been measured yet (cases, faults, overhead, Failover Bench), and writes",
            "docs/comparison.md.",
            "All results are of one machine, one commit and 48 hours: it refuses to mix."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all that was wanted is measured",
            "1:a contender couldn't be asked",
            "2:refused, since the results would be worth nothing, or an option is wrong"
        })
public final class Comparison implements Callable<Integer> {

    private static final int REFUSED = 2;

    @Option(names = "--root", required = true, hidden = true)
    private Path root = Path.of(".");

    @Option(names = "--built", hidden = true)
    private boolean built;

    @Option(names = "--contenders", split = ",", description = "Only these contenders.")
    private List<String> contenders = List.of();

    @Option(names = "--cases", split = ",", description = "Only these cases, and no faults.")
    private List<String> cases = List.of();

    @Option(names = "--faults", description = "Only what callers get when a call meets a fault.")
    private boolean faults;

    @Option(
            names = "--failover",
            split = ",",
            arity = "0..1",
            fallbackValue = "all",
            description = "Only the scenarios of Failover Bench: all its gateways, or only these.")
    private List<String> failover = List.of();

    @Option(names = "--overhead", description = "Only what contenders add to calls of a service that answers at once.")
    private boolean overhead;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description = "How often overhead is measured (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--seeds", defaultValue = "3", description = "How many seeds (default: ${DEFAULT-VALUE}).")
    private int seeds = Plan.SEEDS;

    @Option(names = "--alone", description = "Never measure two contenders at a time.")
    private boolean alone;

    @Option(names = "--again", description = "Measure again what --contenders names. The page says so.")
    private boolean again;

    @Option(names = "--new", description = "Drop all results first.")
    private boolean fresh;

    @Option(names = "--try", description = "Keep the results apart, in benchmarks/comparison/target/try.")
    private boolean attempt;

    @Option(names = "--left", description = "Only list what is left to measure, and how long it takes.")
    private boolean left;

    @Option(names = "--check-pairs", description = "Only measure once more, alone, what was measured in pairs.")
    private boolean checkPairs;

    @Option(names = "--page", description = "Only write the pages again.")
    private boolean page;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** What went wrong with single contenders. */
    private final List<String> problems = new ArrayList<>();

    public static void main(String[] arguments) {
        // Each emulated service says that it starts.
        Logger.getLogger("").setLevel(Level.WARNING);
        System.exit(new CommandLine(new Comparison()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try {
            run(new Places(root.toAbsolutePath().normalize(), version()));
            problems.forEach(spec.commandLine().getErr()::println);
            return problems.isEmpty() ? 0 : 1;
        } catch (Refused e) {
            spec.commandLine().getErr().println(e.getMessage());
            return REFUSED;
        }
    }

    /** The jar knows it. */
    private static String version() {
        return Optional.ofNullable(Comparison.class.getPackage().getImplementationVersion())
                .orElse("?");
    }

    private void run(Places places) throws IOException, InterruptedException {
        List<Entry> known = overhead ? Entry.of("overhead", places) : Entry.all(places);
        List<String> caseNames = Cases.all(1).stream().map(Case::name).toList();
        checkNames("contender", known.stream().map(Entry::name).toList(), contenders);
        checkNames("case", caseNames, cases);
        boolean allGateways = failover.equals(List.of("all"));
        checkNames("gateway", FailoverGateway.labels(), allGateways ? List.of() : failover);
        Plan plan = new Plan(
                known,
                this::isWanted,
                faults ? List.of() : cases.isEmpty() ? caseNames : cases,
                cases.isEmpty(),
                seeds,
                !alone);
        Path folder = attempt ? places.tried() : places.docs();
        Path file = folder.resolve("comparison.json");
        Path failoverFile = folder.resolve(FailoverResults.FILE);
        Results old = fresh ? withCases(Results.NONE) : Results.read(file);
        FailoverResults oldFailover = fresh ? FailoverResults.NONE : FailoverResults.read(failoverFile);
        if (left) {
            List<Work> then = isEverything() ? then(places, old, oldFailover) : List.of();
            Measurement.list(plan, old, then, spec.commandLine().getOut());
            return;
        }
        Files.createDirectories(folder);
        if (page) {
            old.write(file);
            new Pages(old).write(folder);
            return;
        }
        Here here = new Here(Places.machine(), commit(places));
        if (fresh) {
            Files.deleteIfExists(failoverFile);
            old.write(file);
        }
        Conditions.check(oldFailover.and(old), here.now(), folder.toString());
        Results results = old;
        if (!overhead && failover.isEmpty()) {
            results = cases(plan, known, places, here, old, file);
            new Pages(results).write(folder);
        }
        if (overhead || isEverything()) {
            results = overhead(places, here, results, file);
            new Pages(results).write(folder);
        }
        if (!failover.isEmpty() || isEverything()) {
            FailoverRuns runs = new FailoverRuns(places, here, failoverFile, results);
            problems.addAll(runs.run(allGateways || failover.isEmpty() ? FailoverGateway.labels() : failover, again));
            new Pages(results).write(folder);
        }
    }

    /** Whether nothing says what to measure. */
    private boolean isEverything() {
        return contenders.isEmpty()
                && cases.isEmpty()
                && failover.isEmpty()
                && !faults
                && !overhead
                && !checkPairs
                && !again;
    }

    /** Returns what is left beside cases and faults. */
    private List<Work> then(Places places, Results results, FailoverResults failed) {
        List<Work> then = new ArrayList<>();
        for (Entry entry : OverheadRun.chosen(List.of(), Entry.of("overhead", places))) {
            int measured = results.rounds(entry.name());
            if (measured < rounds) {
                then.add(Work.Other.rounds(entry, rounds - measured));
            }
        }
        FailoverGateway.all().stream()
                .filter(gateway -> !failed.isWhole(gateway.label()))
                .map(Work.Other::failover)
                .forEach(then::add);
        return then;
    }

    private Results cases(Plan plan, List<Entry> known, Places places, Here here, Results old, Path file)
            throws IOException, InterruptedException {
        Results described = described(old, known, places);
        try (SystemTimeline timeline = new SystemTimeline()) {
            Measurement measurement = new Measurement(
                    described,
                    again ? described.without(this::isNamed) : described,
                    here,
                    new Runs(places, timeline, here),
                    file,
                    spec.commandLine().getOut());
            if (checkPairs) {
                measurement.check(
                        known.stream().filter(entry -> isWanted(entry.name())).toList(), plan.cases());
            } else {
                measurement.run(plan);
            }
            problems.addAll(measurement.problems());
            return measurement.results();
        }
    }

    private Results overhead(Places places, Here here, Results old, Path file) {
        OverheadRun.Keeper keeper = each -> each.write(file);
        OverheadRun.Pause pause = time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());
        try (SystemTimeline timeline = new SystemTimeline();
                OverheadRun run = new OverheadRun(
                        places,
                        timeline,
                        here,
                        pause,
                        Path.of("/proc"),
                        spec.commandLine().getOut())) {
            Results results = run.rounds(contenders, rounds, again ? old.withoutOverhead(this::isWanted) : old, keeper);
            problems.addAll(run.problems());
            return results;
        }
    }

    private static void checkNames(String what, List<String> known, List<String> names) {
        List<String> unknown =
                names.stream().filter(Predicate.not(known::contains)).toList();
        if (!unknown.isEmpty()) {
            throw new Refused("no " + what + " is called " + String.join(", ", unknown) + "; there are "
                    + String.join(", ", known));
        }
    }

    private boolean isWanted(String contender) {
        return contenders.isEmpty() || contenders.contains(contender);
    }

    /** Whether it is to be measured again. */
    private boolean isNamed(String contender, String name) {
        if (contenders.isEmpty()) {
            throw new Refused("--again needs --contenders, whom to measure again; --new measures all again");
        }
        return contenders.contains(contender) && (cases.isEmpty() || cases.contains(name));
    }

    private String commit(Places places) {
        if (attempt) {
            return Commit.attempted(places.root());
        }
        if (built) {
            throw new Refused("--built may measure what was built of another commit; leave it out, or add --try");
        }
        return Commit.of(places.root()).clean();
    }

    /** Fixes the order on the page, whatever is measured first. */
    private static Results described(Results results, List<Entry> known, Places places) throws IOException {
        Results described = withCases(results);
        for (Entry entry : known) {
            described = described.with(entry.about(places));
        }
        return described;
    }

    private static Results withCases(Results results) {
        return LongStream.rangeClosed(1, Plan.SEEDS)
                .boxed()
                .flatMap(seed -> Cases.all(seed).stream())
                .map(Case::setting)
                .reduce(results, Results::with, (one, other) -> other);
    }
}
