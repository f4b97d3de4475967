package dev.whippletree.cli;

import dev.whippletree.model.PromptException;

/** What the command tells the shell. */
final class ExitCode {

    /** It did what it was asked. */
    static final int ANSWERED = 0;

    /** A check of {@code stress} did not hold, or something unexpected happened. */
    static final int FAILED = 1;

    /** The command line or the configuration can't be used. */
    static final int WRONG_USAGE = 2;

    /** No account can answer, at least not in time. */
    static final int NO_ACCOUNT = 3;

    /** The service refused this prompt; any other account would too. */
    static final int REFUSED = 4;

    /** The same for people, as the help shows it. */
    static final String[] HELP = {
        " 0:answered",
        " 1:a check of stress did not hold, or an unexpected error",
        " 2:wrong usage or configuration",
        " 3:no account can answer; says from when one could",
        " 4:the service refused this prompt",
        "130:interrupted by Ctrl-C"
    };

    private ExitCode() {}

    static int of(PromptException.Reason reason) {
        return switch (reason) {
            case REJECTED, FILTERED, TOO_LARGE -> REFUSED;
            case NO_ACCOUNT, NO_ROOM_IN_TIME, DEADLINE, LINE_FULL, ATTEMPTS_EXHAUSTED, STREAM_INTERRUPTED, CLOSED ->
                NO_ACCOUNT;
        };
    }
}
