package dev.whippletree.cli;

import dev.whippletree.model.PromptException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the command tells the shell. */
final class ExitCode {

    /** It did what it was asked. */
    static final int ANSWERED = 0;

    /** A check of {@code stress} did not hold, a {@code plan} says no, or something unexpected happened. */
    static final int FAILED = 1;

    /** The command line or the configuration can't be used. */
    static final int WRONG_USAGE = 2;

    /** No account can answer, at least not in time. */
    static final int NO_ACCOUNT = 3;

    /** The service refused this prompt; any other account would too. */
    static final int REFUSED = 4;

    /** Part of the answer had been printed when it broke off, and it couldn't be continued. */
    static final int BROKEN_OFF = 5;

    /** No gateway of Whippletree answers where {@code status --url} asks. */
    static final int UNREACHABLE = 6;

    /** The gateway that {@code status --url} asks wants another key, or shows its status to nobody. */
    static final int NOT_ADMITTED = 7;

    /** The same for people, as the help shows it. */
    static final Map<String, String> HELP = help();

    private ExitCode() {}

    private static Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        help.put("  0", "answered, or done");
        help.put("  1", "a check of 'stress' did not hold, a 'plan' says no, or something unexpected happened");
        help.put("  2", "wrong usage or configuration");
        help.put("  3", "no account can answer; says from when one could");
        help.put("  4", "the service refused this prompt");
        help.put("  5", "the answer broke off: what was printed of it isn't whole");
        help.put("  6", "no gateway answers where 'status --url' asks");
        help.put("  7", "the gateway that 'status --url' asks doesn't take the key, or shows its status to nobody");
        help.put("  8", "the gateway of 'serve' couldn't go on, as after an OutOfMemoryError; start it again");
        help.put("130", "interrupted by Ctrl-C");
        return help;
    }

    static int of(PromptException.Reason reason) {
        return switch (reason) {
            case REJECTED, FILTERED, TOO_LARGE -> REFUSED;
            case NO_ACCOUNT, NO_ROOM_IN_TIME, DEADLINE, LINE_FULL, ATTEMPTS_EXHAUSTED, CLOSED -> NO_ACCOUNT;
            case STREAM_INTERRUPTED -> BROKEN_OFF;
        };
    }
}
