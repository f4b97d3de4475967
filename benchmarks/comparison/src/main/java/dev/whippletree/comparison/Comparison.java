package dev.whippletree.comparison;

import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the comparison, all of it or the named pieces, and writes the results and the page. */
@Command(
        name = "benchmarks/comparison/run",
        mixinStandardHelpOptions = true,
        description =
                "Runs the comparison and writes docs/comparison.md. Without --cases, --faults or --page: everything.")
public final class Comparison implements Callable<Integer> {

    @Option(names = "--root", required = true, hidden = true)
    private Path root = Path.of(".");

    @Option(names = "--contenders", split = ",", description = "Only these contenders.")
    private List<String> contenders = List.of();

    @Option(
            names = "--cases",
            split = ",",
            arity = "0..1",
            fallbackValue = "all",
            description = "The cases: all, or only these.")
    private List<String> cases = List.of();

    @Option(names = "--faults", description = "What callers get when a call meets a fault.")
    private boolean faults;

    @Option(names = "--page", description = "Only write the page again.")
    private boolean page;

    @Option(names = "--seed", defaultValue = "1", description = "The seed of the cases (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--note",
            description = "A remark about the machine, which the page repeats, such as what else it was doing.")
    private String note = "";

    private Results results = Results.NONE;
    private boolean failed;

    /** A piece to run. */
    private interface Piece {
        Results run() throws IOException, InterruptedException;
    }

    /** Runs as the options say; exits with 1 if a piece couldn't be run. */
    public static void main(String[] arguments) {
        // Each emulated service says that it starts.
        Logger.getLogger("").setLevel(Level.WARNING);
        System.exit(new CommandLine(new Comparison()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Places places = new Places(root.toAbsolutePath().normalize(), version());
        boolean all = cases.isEmpty() && !faults && !page;
        results = Results.read(file());
        String machine = Places.machine() + (note.isEmpty() ? "" : "; " + note);
        Results.Origin origin =
                new Results.Origin(Instant.now().truncatedTo(ChronoUnit.MINUTES).toString(), machine);
        try (SystemTimeline timeline = new SystemTimeline()) {
            Runs runs = new Runs(places, timeline, origin);
            List<Entry> known = Entry.all(places);
            List<Entry> entries = chosen(known);
            if (!page) {
                describe(known, places);
            }
            for (Case each : all ? Cases.all(seed) : cases()) {
                for (Entry entry : entries) {
                    piece(entry, each.name(), () -> results.with(runs.answer(entry, each)));
                }
            }
            if (all || faults) {
                entries.forEach(entry -> faults(runs, entry));
            }
        }
        new Page(results).write(root.resolve("docs"));
        return failed ? 1 : 0;
    }

    /** The jar knows it. */
    private static String version() {
        return Optional.ofNullable(Comparison.class.getPackage().getImplementationVersion())
                .orElse("?");
    }

    private Path file() {
        return root.resolve("docs/comparison.json");
    }

    /** Fixes the order on the page, whatever is measured first. */
    private void describe(List<Entry> known, Places places) throws IOException {
        for (Entry entry : known) {
            results = results.with(entry.about(places));
        }
        for (Case each : Cases.all(seed)) {
            results = results.with(setting(each));
        }
    }

    private List<Entry> chosen(List<Entry> known) {
        return contenders.isEmpty() ? known : chosen("contender", known, contenders, Entry::name);
    }

    private List<Case> cases() {
        List<Case> known = Cases.all(seed);
        return cases.equals(List.of("all")) ? known : chosen("case", known, cases, Case::name);
    }

    private static <T> List<T> chosen(String what, List<T> known, List<String> names, Function<T, String> name) {
        List<String> unknown = names.stream()
                .filter(each -> known.stream().map(name).noneMatch(each::equals))
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "no " + what + " is called " + String.join(", ", unknown) + "; there are "
                            + String.join(", ", known.stream().map(name).toList()));
        }
        return known.stream().filter(each -> names.contains(name.apply(each))).toList();
    }

    private Results.Setting setting(Case of) {
        return new Results.Setting(
                of.name(), of.title(), of.description(), seed, of.prompts(), of.distinct(), Judge.seconds(of.bound()));
    }

    private void faults(Runs runs, Entry entry) {
        for (boolean streamed : List.of(false, true)) {
            piece(entry, "faults" + (streamed ? ", streamed" : ""), () -> {
                Results all = results;
                for (Results.Fault each : runs.faults(entry, streamed)) {
                    all = all.with(each);
                }
                return all;
            });
        }
    }

    /** Saves each result at once, so that later errors lose nothing. */
    private void piece(Entry entry, String what, Piece piece) {
        try {
            results = piece.run();
            results.write(file());
            System.out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + "  " + entry.name() + ": " + what);
        } catch (IOException e) {
            failed = true;
            System.err.println(entry.name() + ": " + what + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed = true;
        }
    }
}
