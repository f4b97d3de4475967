package dev.whippletree.model;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Makes text from services, caches, Redis and files safe to show: it can't send commands to a terminal, forge a log
 * line or reverse the text around it. Stateless.
 *
 * <p>Errors, log lines and names use {@link #line}; longer text that a terminal gets uses {@link #lines}. Text that
 * goes to a program stays as it is, or uses {@link #json}.
 */
public final class ShownText {

    /** Embeddings, overrides and isolates (Unicode Standard Annex 9), which show text in another order than it has. */
    private static final String REORDERING = "\u202a-\u202e\u2066-\u2069";

    /**
     * What takes no room and joins nothing, by which text can be hidden: spaces of no width, the Arabic letter mark,
     * and tags.
     */
    private static final String HIDDEN = "\u061c\u200b\u2060-\u2064\ufeff\\x{e0000}-\\x{e007f}";

    /**
     * Line breaks of every kind, other control characters (C0, DEL and C1), and all that directs bidirectional text or
     * is hidden.
     */
    private static final Pattern NOT_IN_A_LINE =
            Pattern.compile("[\\p{Cc}\u2028\u2029\u200e\u200f" + HIDDEN + REORDERING + "]+");

    private static final Pattern NOT_ON_A_TERMINAL = Pattern.compile("[\\p{Cc}" + HIDDEN + REORDERING + "&&[^\n\t]]");
    private static final Pattern NOT_RAW_IN_JSON = Pattern.compile("[\u007f-\u009f\u2028\u2029" + REORDERING + "]");
    private static final String UNKNOWN = "\ufffd";

    private ShownText() {}

    /**
     * Returns text as one line: a blank stands for each run of line breaks, control characters, marks of direction and
     * hidden characters.
     */
    public static String line(String text) {
        return isPlain(text) ? text : NOT_IN_A_LINE.matcher(text).replaceAll(" ");
    }

    /** Returns whether it has only printable characters of ASCII, as nearly all has. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one < ' ' || one > '~') {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns text for a terminal: newlines and tabs stay, carriage returns go, and U+FFFD stands for each other
     * control character and each character that reorders text or hides it.
     */
    public static String lines(String text) {
        return NOT_ON_A_TERMINAL.matcher(text).replaceAll(ShownText::onTerminal);
    }

    private static String onTerminal(MatchResult found) {
        return found.group().equals("\r") ? "" : UNKNOWN;
    }

    /** Returns the same JSON, in which the characters that may stand raw in JSON but not on a terminal are escaped. */
    public static String json(String json) {
        return NOT_RAW_IN_JSON
                .matcher(json)
                .replaceAll(
                        found -> String.format("\\\\u%04X", (int) found.group().charAt(0)));
    }
}
