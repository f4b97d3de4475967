package dev.whippletree.cli.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.batch.Batch;
import dev.whippletree.batch.BatchProgress;
import dev.whippletree.batch.BatchRun;
import dev.whippletree.batch.StopRules;
import dev.whippletree.batch.file.BadInputException;
import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.batch.file.BatchFiles;
import dev.whippletree.batch.file.InputFormat;
import dev.whippletree.batch.file.Spool;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.FileTrouble;
import dev.whippletree.cli.base.RequestOptions;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.cli.plan.MeasuredPrompts;
import dev.whippletree.cli.plan.PlanCommand;
import dev.whippletree.cli.plan.PromptsFile;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.ShownText;
import dev.whippletree.terminal.Display;
import dev.whippletree.terminal.Json;
import dev.whippletree.terminal.ProgressBar;
import dev.whippletree.terminal.Signals;
import dev.whippletree.terminal.board.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a batch, shows its progress, and prints its result. Confined to one thread, except for the progress listener.
 */
final class BatchCommandRun {

    private static final Logger LOG = LoggerFactory.getLogger(BatchCommandRun.class);

    /** Progress is reported each second. */
    private static final int SECONDS_A_LINE = 10;

    /** Nearly every terminal has as many columns. */
    private static final int NARROW = 60;

    private static final long BYTES_A_MEGABYTE = 1_000_000;

    /** Checking that much takes seconds. */
    private static final long LARGE_BYTES = 50 * BYTES_A_MEGABYTE;

    private final Surroundings surroundings;
    private final BatchCommand command;
    private final TypedBatch typed;

    BatchCommandRun(Surroundings surroundings, BatchCommand command) {
        this.surroundings = surroundings;
        this.command = command;
        this.typed = new TypedBatch(command, surroundings);
    }

    /** Blocks until it is done. Returns the exit code. */
    int run() {
        try (Spool spool = typed.spool()) {
            BatchFiles given = typed.files();
            try (Whippletree whippletree = command.opening.open(surroundings)) {
                RequestOptions.checkNames(whippletree.configuration(), command.route, command.account);
                command.leave.ifPresent(share -> leave(whippletree, share));
                StopRules rules = typed.rules(whippletree.configuration().prices());
                BatchFiles files = spool == null ? given : given.withInput(typed.copy(spool));
                sayThatCheckingTakesTime(files);
                if (command.check) {
                    return check(files, whippletree);
                }
                if (command.plan) {
                    MeasuredPrompts measured = PromptsFile.measure(files, whippletree);
                    return PlanCommand.plan(surroundings, command.opening, measured, command.prices, command.leave);
                }
                return run(files, spool, whippletree, rules);
            }
        } catch (BadInputException e) {
            return refuse(e.problems());
        } catch (IOException e) {
            throw new UserMistake(FileTrouble.said(e));
        }
    }

    /** Names a pipe as people do: nobody asked for its copy. */
    private int check(BatchFiles files, Whippletree whippletree) throws IOException {
        try {
            long lines = some(BatchFile.check(files, whippletree.configuration(), item -> {}));
            surroundings.out().println(typed.source() + ": " + Words.count(lines, "prompt") + ", no problem found");
            return ExitCode.ANSWERED;
        } catch (BadInputException e) {
            String copy = files.input().toString();
            return refuse(e.problems().stream()
                    .map(problem -> problem.replace(copy, typed.source()))
                    .toList());
        }
    }

    private int refuse(List<String> problems) {
        problems.forEach(problem -> surroundings.say(ShownText.line(problem)));
        return ExitCode.WRONG_USAGE;
    }

    private void sayThatCheckingTakesTime(BatchFiles files) throws IOException {
        long size = Files.size(files.input());
        if (size >= LARGE_BYTES) {
            surroundings
                    .err()
                    .println("Checking " + typed.source() + " (" + Words.count(size / BYTES_A_MEGABYTE)
                            + " MB) before anything is asked.");
        }
    }

    /** Each route leaves so much of each limit to others. */
    private static void leave(Whippletree whippletree, double share) {
        Configuration configuration = whippletree.configuration();
        try {
            whippletree.reload(configuration.withRoutes(configuration.routes().stream()
                    .map(route -> route.toBuilder().leave(share).build())
                    .toList()));
        } catch (IllegalArgumentException e) {
            throw new UserMistake("--leave: " + e.getMessage());
        }
    }

    private int run(BatchFiles files, @Nullable Spool spool, Whippletree whippletree, StopRules rules)
            throws IOException {
        PrintWriter err = surroundings.err();
        try (BatchFile file = BatchFile.open(files, spool, whippletree, surroundings.timeline())) {
            err.println(Words.count(some(file.total()), "prompt")
                    + (file.done() == 0 ? "" : ", " + Words.count(file.done()) + " of them done already"));
            if (file.done() >= file.total()) {
                return concludeAgain(file, finish(files, file));
            }
            return ask(files, file, whippletree, rules);
        }
    }

    private long some(long prompts) {
        if (prompts == 0) {
            throw new UserMistake(typed.source() + " has no prompts");
        }
        return prompts;
    }

    private int concludeAgain(BatchFile file, Optional<String> failure) {
        PrintWriter err = surroundings.err();
        err.println("All prompts are done already"
                + (file.failed() == 0
                        ? "."
                        : "; " + Words.count(file.failed()) + " failed; --retry-failed asks them again."));
        failure.ifPresent(this::sayWhatIsWrong);
        return file.failed() == 0 && failure.isEmpty() ? ExitCode.ANSWERED : ExitCode.INCOMPLETE;
    }

    private int ask(BatchFiles files, BatchFile file, Whippletree whippletree, StopRules rules) throws IOException {
        Optional<String> failure = Optional.empty();
        BatchRun run;
        try (Display display = display(file.total());
                Signals signals = new Signals()) {
            LogOutput.to(display::log);
            Batch.Builder batch = Batch.over(whippletree)
                    .timeline(surroundings.timeline())
                    .journal(file.journal())
                    .total(file.total())
                    .distinct(file.distinct())
                    .stop(rules)
                    .listener(progress -> show(files, display, progress));
            if (files.conversations()) {
                batch.conversations();
            }
            run = batch.build().run(file.items());
            BatchRun begun = run;
            signals.onFirst("INT", () -> interrupt(begun, display));
            signals.onFirst("TERM", () -> interrupt(begun, display));
            var unused = surroundings.interruption().thenRun(() -> interrupt(begun, display));
            try {
                run.forEach(result -> {}).join(); // The results are in the journal.
            } catch (CompletionException e) {
                failure = Optional.of("the batch stopped early: " + said(e.getCause() == null ? e : e.getCause()));
            }
        } finally {
            LogOutput.to(surroundings.err()::println);
        }
        if (failure.isEmpty()) {
            failure = finish(files, file);
        }
        return conclude(files, file, run.progress(), failedCalls(whippletree), failure);
    }

    /** Returns how many calls have failed: --max-calls counts them too, and their prompts may need another one. */
    private static long failedCalls(Whippletree whippletree) {
        return whippletree.status().accounts().stream()
                .flatMap(account -> account.failures().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    private static String said(Throwable wrong) {
        return wrong instanceof IOException e ? FileTrouble.said(e) : String.valueOf(wrong.getMessage());
    }

    /** Sorts the answers, if that is wanted. Returns what went wrong. */
    private static Optional<String> finish(BatchFiles files, BatchFile file) {
        try {
            file.journal().close();
        } catch (IOException e) {
            return Optional.of(said(e));
        }
        try {
            file.finish();
            return Optional.empty();
        } catch (IOException | BadInputException e) {
            return Optional.of(
                    files.output() + " can't be written in the prompts' order, and all answers are kept: " + said(e));
        }
    }

    private static void interrupt(BatchRun run, Display display) {
        display.log(run.progress()
                .held()
                .map(why -> why + ". The batch ends once that works again; Ctrl-C again gives them up.")
                .orElse("The batch ends after the calls under way; Ctrl-C again ends it at once."));
        run.stop();
    }

    private Display display(long total) {
        ProgressBar bar = new ProgressBar("Batch", Math.max(1, total), Optional.empty());
        return surroundings.console().display(bar, SECONDS_A_LINE);
    }

    private void show(BatchFiles files, Display display, BatchProgress progress) {
        String line = BatchWords.line(progress, surroundings.timeline().now(), surroundings.zone());
        display.show(progress.done(), progress.elapsed(), Words.wrap(line, width()), line);
        try {
            BatchFile.note(
                    files.output(),
                    Json.line(BatchWords.json(progress, surroundings.timeline().now())));
        } catch (IOException e) {
            LOG.debug("The batch's progress can't be written beside {}", files.output(), e);
        }
    }

    private int width() {
        return Math.min(NARROW, surroundings.terminal().size().now().columns());
    }

    private int conclude(
            BatchFiles files, BatchFile file, BatchProgress end, long failedCalls, Optional<String> failure) {
        PrintWriter err = surroundings.err();
        long missing = file.total() - end.done();
        err.println(Words.count(end.answered()) + " answered (" + Words.count(end.fromCache())
                + " without a call of their own), "
                + Words.count(end.failed()) + " failed, in " + Words.duration(rounded(end.elapsed())) + " by "
                + Words.count(end.calls(), "call")
                + (failedCalls == 0 ? "." : ", " + Words.count(failedCalls) + " of them refused or failed."));
        boolean anyAnswer = end.done() > end.failed() + file.failed();
        if (anyAnswer && (failure.isEmpty() || !InputFormat.of(files.output()).isTable())) {
            err.println("The answers are in " + files.output() + ".");
        }
        if (end.failed() + file.failed() > 0) {
            err.println("The failures are in " + files.failures() + "; --retry-failed asks them again.");
        }
        if (failure.isPresent()) {
            sayWhatIsWrong(failure.get());
        } else if (missing > 0 && end.stopped().isPresent()) {
            err.println("The batch stopped early: " + end.stopped().get() + ". To continue, run the command again.");
        } else if (missing > 0) {
            surroundings.say(Words.count(missing, "prompt") + (missing == 1 ? " is" : " are") + " missing: "
                    + files.input() + " was changed while the batch ran");
        }
        // Stopped after the last answer is whole all the same.
        boolean whole = failure.isEmpty() && end.failed() + file.failed() == 0 && missing <= 0;
        return whole ? ExitCode.ANSWERED : ExitCode.INCOMPLETE;
    }

    private void sayWhatIsWrong(String failure) {
        surroundings.say(ShownText.lines(failure) + "; run the same command again to continue");
    }

    private static Duration rounded(Duration time) {
        return Duration.ofSeconds(Math.max(1, Math.round(time.toMillis() / 1_000.0)));
    }
}
