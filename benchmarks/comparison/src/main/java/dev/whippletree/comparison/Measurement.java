package dev.whippletree.comparison;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    /** What went wrong with a piece when it was last tried. */
    private final Map<String, String> problems = new LinkedHashMap<>();

    private final Set<String> givenUp = new HashSet<>();
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

    void run(Plan plan) throws IOException, InterruptedException {
        for (Optional<Work> next = next(plan); next.isPresent(); next = next(plan.givingUp(givenUp))) {
            checkConditions();
            out.println(here.now().date() + "  " + next.get().text() + "; left, with this: at most "
                    + time(plan.givingUp(givenUp).atMost(counted)));
            out.flush();
            if (next.get() instanceof Work.Ask work) {
                ask(work);
            } else if (next.get() instanceof Work.Faults work) {
                faults(work);
            }
        }
    }

    /** What failed once comes last. */
    private Optional<Work> next(Plan plan) {
        return plan.left(counted).stream()
                .min(Comparator.comparing(work -> work.pieces().stream().anyMatch(problems::containsKey)));
    }

    private void checkConditions() {
        Conditions.check(results.origins(), here.now(), file.toString());
    }

    /** Who was beside one that kept the processors busy is asked once more, alone, and so is the other. */
    private void ask(Work.Ask work) throws IOException, InterruptedException {
        List<Runs.Asked> all = runs.answer(work.contenders(), work.of());
        boolean isFair = all.stream().flatMap(each -> each.answered().stream()).allMatch(Plan::isLight);
        if (work.contenders().size() == 1 || isFair) {
            keep(work.of(), all);
            return;
        }
        for (Entry entry : work.contenders()) {
            out.println(
                    "  again, alone, since one of them took more than a quarter of the processors: " + entry.name());
            out.flush();
            keep(work.of(), runs.answer(List.of(entry), work.of()));
        }
    }

    private void keep(Case of, List<Runs.Asked> all) throws IOException {
        for (Runs.Asked asked : all) {
            String piece = Work.piece(asked.contender(), of);
            if (asked.answered().isPresent()) {
                results = results.with(asked.answered().get());
                counted = counted.with(asked.answered().get());
                results.write(file);
                problems.remove(piece);
            } else {
                fail(piece, asked.problem());
            }
        }
    }

    private void faults(Work.Faults work) throws IOException, InterruptedException {
        List<Results.Fault> faults;
        try {
            faults = runs.faults(work.contender(), work.streamed());
        } catch (IOException | RuntimeException e) {
            fail(work.text(), Runs.problem(e));
            return;
        }
        for (Results.Fault each : faults) {
            results = results.with(each);
            counted = counted.with(each);
        }
        results.write(file);
        problems.remove(work.text());
    }

    private void fail(String piece, String problem) {
        boolean isSecond = problems.put(piece, problem) != null;
        if (isSecond) {
            givenUp.add(piece);
        }
        out.println("  " + piece + " failed"
                + (isSecond ? " twice, so it counts as no right answer: " : ", and is tried again at the end: ")
                + problem);
        out.flush();
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
            for (Runs.Asked asked : runs.answer(List.of(entry.get()), of)) {
                asked.answered().ifPresent(alone -> results = results.withCheck(alone));
                if (asked.answered().isEmpty()) {
                    fail(Work.piece(asked.contender(), of), asked.problem());
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
        return problems.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .toList();
    }

    /**
     * Prints what is left.
     *
     * @param then what is left beside the plan
     */
    static void list(Plan plan, Results results, List<Work> then, PrintWriter out) {
        List<Work> left =
                Stream.concat(plan.left(results).stream(), then.stream()).toList();
        left.forEach(work -> out.println(work.text() + ": at most " + time(work.atMost())));
        out.println(left.size() + " pieces"
                + (plan.waitsForBest(results) ? ", and then other seeds of those that do best by the first" : "")
                + ": at most " + time(then.stream().map(Work::atMost).reduce(plan.atMost(results), Duration::plus)));
        out.flush();
    }

    static String time(Duration time) {
        return time.toHours() > 0
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toMinutes() > 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
