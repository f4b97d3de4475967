package dev.whippletree.comparison;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures what a plan says, and saves each result at once, so that it can be stopped at any time and resumed. Confined
 * to one thread.
 */
final class Measurement {

    private final Here here;
    private final Path file;
    private final PrintWriter out;
    private final Runs runs;
    private final Set<String> failed = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private Results results;
    /** What counts as measured: less than all, if pieces are to be measured again. */
    private Results counted;

    /**
     * Begins.
     *
     * @throws Refused if results from here can't be added
     */
    Measurement(Results results, Results counted, Here here, Runs runs, Path file, PrintWriter out) {
        this.results = results;
        this.counted = counted;
        this.here = here;
        this.file = file;
        this.out = out;
        this.runs = runs;
        checkConditions();
    }

    /** Measures all that is left. */
    void run(Plan plan) throws IOException, InterruptedException {
        for (Optional<Work> next = next(plan); next.isPresent(); next = next(plan)) {
            checkConditions();
            out.println(here.now().date() + "  " + next.get().text() + "; left, with this: at most "
                    + time(plan.atMost(counted)));
            out.flush();
            if (next.get() instanceof Work.Ask work) {
                ask(work);
            } else if (next.get() instanceof Work.Faults work) {
                faults(work);
            }
        }
    }

    private Optional<Work> next(Plan plan) {
        return plan.left(counted).stream()
                .filter(work -> !failed.contains(work.text()))
                .findFirst();
    }

    private void checkConditions() {
        Conditions.check(
                Stream.concat(results.origins().stream(), Stream.of(here.now())).toList(), file.toString());
    }

    private void ask(Work.Ask work) throws IOException, InterruptedException {
        for (Runs.Asked asked : runs.answer(work.contenders(), work.of())) {
            if (asked.answered().isPresent()) {
                results = results.with(asked.answered().get());
                counted = counted.with(asked.answered().get());
                results.write(file);
            } else {
                fail(work, asked.contender() + ": " + asked.problem());
            }
        }
    }

    private void faults(Work.Faults work) throws InterruptedException {
        try {
            for (Results.Fault each : runs.faults(work.contender(), work.streamed())) {
                results = results.with(each);
                counted = counted.with(each);
            }
            results.write(file);
        } catch (IOException e) {
            fail(work, "" + e.getMessage());
        }
    }

    private void fail(Work work, String problem) {
        failed.add(work.text());
        problems.add(work.text() + ": " + problem);
    }

    /** Measures pieces that were measured in pairs once more, alone, and prints both. */
    void check(List<Entry> entries, List<String> cases) throws IOException, InterruptedException {
        for (Results.Answered pair : results.answered()) {
            Optional<Entry> entry = entries.stream()
                    .filter(each -> each.name().equals(pair.contender()))
                    .findFirst();
            if (pair.beside().isEmpty() || entry.isEmpty() || !cases.contains(pair.name())) {
                continue;
            }
            checkConditions();
            Case of = Cases.all(pair.seed()).stream()
                    .filter(each -> each.name().equals(pair.name()))
                    .findFirst()
                    .orElseThrow();
            Work.Ask work = new Work.Ask(of, List.of(entry.get()));
            for (Runs.Asked asked : runs.answer(work.contenders(), of)) {
                asked.answered().ifPresent(alone -> results = results.withCheck(alone));
                if (asked.answered().isEmpty()) {
                    fail(work, asked.problem());
                }
            }
            results.write(file);
        }
        out.println(new DetailsPage(results).pairs());
        out.flush();
    }

    Results results() {
        return results;
    }

    List<String> problems() {
        return problems;
    }

    /** Prints what is left. */
    static void list(Plan plan, Results results, PrintWriter out) {
        List<Work> left = plan.left(results);
        left.forEach(work -> out.println(work.text() + ": at most " + time(work.atMost())));
        out.println(left.size() + " pieces"
                + (plan.waitsForBest(results) ? ", and then other seeds of those that do best by the first" : "")
                + ": at most " + time(plan.atMost(results)));
        out.flush();
    }

    static String time(Duration time) {
        return time.toHours() > 0
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toMinutes() > 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
