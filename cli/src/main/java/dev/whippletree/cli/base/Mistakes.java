package dev.whippletree.cli.base;

import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.DurationText;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.ShownText;
import dev.whippletree.terminal.board.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns errors into a few lines on standard error and an exit code. Prints stack traces only with {@code --debug}. */
public record Mistakes(Surroundings surroundings) {

    public int handle(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        PrintWriter err = surroundings.err();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + mistake.getMessage());
        UnmatchedArgumentException.printSuggestions(mistake, err);
        err.println("Try '" + name + " --help'.");
        return ExitCode.WRONG_USAGE;
    }

    public int handle(Exception thrown, CommandLine command, ParseResult parsed) {
        return handle(thrown);
    }

    /** Says what was thrown, and returns the exit code for it, one of {@link ExitCode}'s. */
    public int handle(Exception thrown) {
        if (LogOutput.debugging()) {
            sayTrace(thrown);
        }
        if (surroundings.lostOutput().isPresent()) {
            return ExitCode.FAILED; // Said at the end, once.
        }
        if (thrown instanceof PromptException failure) {
            return handle(failure);
        }
        if (thrown instanceof ConfigurationException configuration) {
            configuration.problems().forEach(this::say);
            return ExitCode.WRONG_USAGE;
        }
        if (thrown instanceof UserMistake mistake) {
            mistake.problems().forEach(this::say);
            return ExitCode.WRONG_USAGE;
        }
        return unexpected(thrown);
    }

    public int handle(Error thrown) {
        if (LogOutput.debugging()) {
            sayTrace(thrown);
        }
        return unexpected(thrown);
    }

    /**
     * Reports lost output, but stays silent if the reader has left.
     *
     * @param code the exit code if nothing were lost
     * @return the exit code
     */
    public int handleLoss(IOException loss, int code) {
        if (StandardStream.readerLeft(loss)) {
            return ExitCode.READER_LEFT;
        }
        say("standard output can't be written, so the printed output is incomplete: " + loss.getMessage());
        return code == ExitCode.ANSWERED ? ExitCode.FAILED : code;
    }

    private int unexpected(Throwable thrown) {
        say("unexpected error: " + thrown + (LogOutput.debugging() ? "" : " (--debug shows where)"));
        return ExitCode.FAILED;
    }

    private int handle(PromptException failure) {
        String message = String.valueOf(failure.getMessage());
        say(failure.roomAt().map(at -> inThisZone(message, at)).orElse(message));
        return ExitCode.of(failure.reason());
    }

    /** Replaces the UTC time in the message by local time. */
    private String inThisZone(String message, Instant at) {
        return message.replace(
                DurationText.second(at),
                Words.future(at, surroundings.timeline().now(), surroundings.zone()));
    }

    private void sayTrace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        surroundings.err().print(ShownText.lines(trace.toString()));
    }

    private void say(@Nullable String message) {
        surroundings.say(ShownText.lines(String.valueOf(message)));
    }
}
