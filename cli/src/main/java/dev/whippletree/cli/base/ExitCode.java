package dev.whippletree.cli.base;

import dev.whippletree.model.PromptException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The exit codes of the command. */
public final class ExitCode {

    /** It did what it was asked. */
    public static final int ANSWERED = 0;

    /**
     * A check of {@code stress} did not hold, a {@code plan} says no, output was lost, or something unexpected
     * happened.
     */
    public static final int FAILED = 1;

    /** The command line or the configuration can't be used. */
    public static final int WRONG_USAGE = 2;

    /** No account can answer, at least not in time. */
    public static final int NO_ACCOUNT = 3;

    /** The service refused this prompt; any other account would too. */
    public static final int REFUSED = 4;

    /** Part of the answer had been printed when it broke off, and it couldn't be continued. */
    public static final int BROKEN_OFF = 5;

    /** No gateway of Whippletree answers where {@code status --url} asks. */
    public static final int UNREACHABLE = 6;

    /** The gateway that {@code status --url} asks rejects the watch key, or doesn't show its status at all. */
    public static final int NOT_ADMITTED = 7;

    /** Whether a plan holds isn't known: accounts declare no limits, or how their services count decides. */
    public static final int UNKNOWN = 8;

    /** Some prompts of a {@code batch} failed, or it stopped early. */
    public static final int INCOMPLETE = 9;

    /** The gateway of {@code serve} can't go on. */
    public static final int STANDSTILL = 10;

    /** Ended by Ctrl-C, as a shell says it. */
    public static final int INTERRUPTED = 130;

    /** The reader of standard output closed it early; the code of a process that SIGPIPE ended. */
    public static final int READER_LEFT = 141;

    private static final String WHOLE = "whippletree";

    private static final Map<String, Set<Integer>> BY_COMMAND = Map.of(
            "ask", Set.of(NO_ACCOUNT, REFUSED, BROKEN_OFF, INTERRUPTED),
            "embed", Set.of(NO_ACCOUNT, REFUSED, INTERRUPTED),
            "chat", Set.of(NO_ACCOUNT, REFUSED, BROKEN_OFF, INTERRUPTED),
            "status", Set.of(NO_ACCOUNT, UNREACHABLE, NOT_ADMITTED),
            "stress", Set.of(INTERRUPTED),
            "plan", Set.of(UNKNOWN),
            "batch", Set.of(UNKNOWN, INCOMPLETE),
            "serve", Set.of(STANDSTILL),
            "emulate", Set.of(INTERRUPTED));

    private static final Set<Integer> OF_ALL = Set.of(ANSWERED, FAILED, WRONG_USAGE);

    private ExitCode() {}

    /**
     * Returns the same for people, as the help shows it: code by code, in order.
     *
     * @param command whose codes; the name of the whole: those of all commands
     */
    public static Map<String, String> help(String command) {
        Set<Integer> own = BY_COMMAND.getOrDefault(command, Set.of());
        Map<String, String> help = new LinkedHashMap<>();
        meanings(command).forEach((code, meaning) -> {
            if (command.equals(WHOLE) || OF_ALL.contains(code) || own.contains(code)) {
                help.put(String.format(Locale.ROOT, "%3d", code), meaning);
            }
        });
        return help;
    }

    private static Map<Integer, String> meanings(String command) {
        Map<Integer, String> meanings = new LinkedHashMap<>();
        meanings.put(ANSWERED, "answered, or done");
        meanings.put(FAILED, failed(command));
        meanings.put(WRONG_USAGE, "wrong usage or configuration");
        meanings.put(NO_ACCOUNT, "no account can answer; the message says when one could");
        meanings.put(REFUSED, "the service refused this prompt");
        meanings.put(BROKEN_OFF, "the answer broke off: the printed part is incomplete");
        meanings.put(UNREACHABLE, "no gateway answers at the address of 'status --url'");
        meanings.put(
                NOT_ADMITTED, "the gateway at 'status --url' rejects the watch key, or doesn't show its status at all");
        meanings.put(
                UNKNOWN, "'plan' can't tell: accounts declare no limits, or it depends on how a service counts them");
        meanings.put(
                INCOMPLETE,
                "some prompts of a 'batch' failed, or it stopped early; run the same command again to continue");
        meanings.put(
                STANDSTILL, "the gateway of 'serve' had to end, for example after an OutOfMemoryError; start it again");
        meanings.put(INTERRUPTED, "interrupted by Ctrl-C");
        return meanings;
    }

    private static String failed(String command) {
        String any = "output was lost, or something unexpected happened";
        return switch (command) {
            case "stress" -> "a check failed, " + any;
            case "plan" -> "the accounts aren't enough, " + any;
            case WHOLE -> "a check of 'stress' failed, 'plan' says no, " + any;
            default -> any;
        };
    }

    static int of(PromptException.Reason reason) {
        return switch (reason) {
            case REJECTED, FILTERED, TOO_LARGE -> REFUSED;
            case NO_ACCOUNT, NO_ROOM_IN_TIME, CALLER_TIMEOUT, DEADLINE, LINE_FULL, ATTEMPTS_EXHAUSTED, CLOSED ->
                NO_ACCOUNT;
            case STREAM_INTERRUPTED -> BROKEN_OFF;
        };
    }
}
