package dev.whippletree.stress;

import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.stress.interviews.Check;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.terminal.Console;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.StatusBoard;
import dev.whippletree.terminal.board.Table;
import dev.whippletree.terminal.board.Table.Cell;
import dev.whippletree.terminal.board.Words;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Prints the results of a stress run on standard output: the board, the interviews' times, the checks. */
final class Findings {

    private static final int NAMES_FIT = 80;
    private static final double MEDIAN = 0.5;
    private static final double NEARLY_ALL = 0.95;

    private final PrintWriter out;
    private final Console console;
    private final Screen screen;

    Findings(Console console) {
        this.console = console;
        this.out = console.out();
        this.screen = console.terminal().screen();
    }

    void board(StatusSnapshot status) {
        out.println();
        new StatusBoard(console.zones().get(), screen).lines(status).forEach(out::println);
    }

    /** Prints everything but the board. */
    void of(StressReport report, Duration least) {
        times(report.settings(), report.results(), least);
        out.println();
        say("The accounts are emulated: a server on this machine imitated "
                + report.stats().service() + " over real sockets and kept the limits strictly. No model was asked."
                + " What it counted itself is checked here too:");
        checks(report.checks(), report.results().errors());
    }

    /** Prints how far interviews were when Ctrl-C ended them. */
    void interrupted(InterviewResults progress) {
        out.println();
        say("Interrupted after " + Words.duration(progress.elapsed()) + ": " + Words.count(progress.answered()) + " of "
                + Words.count(progress.prompts(), "prompt") + " were answered, " + Words.count(progress.failed())
                + " failed, and " + Words.count(progress.interviewTimes().size(), "interview")
                + " ended. Nothing was checked.");
        out.flush();
    }

    private void times(StressSettings settings, InterviewResults results, Duration least) {
        Interviews interviews = settings.interviews();
        Duration mean = settings.latency().mean();
        Duration each = interviews.lasting(mean);
        boolean leastOfAll = least.compareTo(each) > 0;
        out.println();
        Table table = new Table(screen);
        row(
                table,
                "Interviews",
                Words.count(interviews.interviews()) + " of " + Words.count(interviews.questions(), "question")
                        + ", started at the same instant, all done after " + Words.duration(results.elapsed()));
        row(
                table,
                "Time each",
                "p50 " + Words.duration(results.interviewTime(MEDIAN)) + " · p95 "
                        + Words.duration(results.interviewTime(NEARLY_ALL)) + " · worst "
                        + Words.duration(results.interviewTime(1)));
        if (leastOfAll) {
            row(
                    table,
                    "Bound",
                    "never below " + Words.duration(least) + " for all: what limits, outages and answers take");
        }
        row(
                table,
                leastOfAll ? "" : "Bound",
                "never below " + Words.duration(each) + " for each: " + interviews.questions()
                        + " answers one after the other, " + Words.duration(mean) + " each on average");
        table.detail(1).lines().forEach(out::println);
    }

    private void say(String text) {
        screen.prose(text).forEach(out::println);
    }

    /** Prints each check with what was expected and what was, and the first errors if there are any. */
    private void checks(List<Check> checks, List<String> errors) {
        out.println();
        checkTable(checks).lines().forEach(out::println);
        errors.forEach(error -> screen.prose(error).forEach(line -> out.println("  " + line)));
        long broken = checks.stream().filter(check -> !check.held()).count();
        out.println(
                broken == 0
                        ? Paint.GOOD.on("All " + checks.size() + " checks held.", screen.colours())
                        : Paint.BAD.on(broken + " of " + checks.size() + " checks did not hold.", screen.colours()));
        out.flush();
    }

    /** Names of checks have numbers in them, so on a narrow screen they are broken and not clipped. */
    private Table checkTable(List<Check> checks) {
        Table table = new Table(screen);
        boolean wide = screen.columns() >= NAMES_FIT;
        for (Check check : checks) {
            Cell mark = check.held()
                    ? Cell.left("✓").painted(Paint.GOOD)
                    : Cell.left("✗").painted(Paint.BAD);
            Cell actual = Cell.right(check.actual()).painted(Paint.STRONG);
            String expected = "expected " + check.expected();
            if (wide) {
                table.row(
                        mark,
                        Cell.left(check.name()),
                        actual,
                        Cell.left(expected).painted(Paint.FAINT));
            } else {
                table.row(mark, actual, Cell.left(check.name() + ", " + expected));
            }
        }
        return table.detail(wide ? 3 : 2);
    }

    private static void row(Table table, String label, String text) {
        table.row(Cell.left(label).painted(Paint.FAINT), Cell.left(text));
    }
}
