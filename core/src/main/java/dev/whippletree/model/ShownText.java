package dev.whippletree.model;

import java.util.regex.Pattern;

/**
 * Makes text from services, caches, Redis and files safe to show: it can't send commands to a terminal, forge a log
 * line or reverse the text around it. Stateless.
 *
 * <p>Errors, log lines and names use {@link #line}; longer text for a terminal uses {@link #lines}. Text for programs
 * stays unchanged, or uses {@link #json}.
 */
public final class ShownText {

    /** Embeddings, overrides and isolates (Unicode Standard Annex 9), which change the order in which text is shown. */
    private static final String REORDERING = "\u202a-\u202e\u2066-\u2069";

    /**
     * Characters without width that can hide text: zero-width spaces, the Arabic letter mark, and tags.
     */
    private static final String HIDDEN = "\u061c\u200b\u2060-\u2064\ufeff\\x{e0000}-\\x{e007f}";

    /**
     * All line breaks, other control characters (C0, DEL and C1), and characters that reorder or hide text.
     */
    private static final Pattern NOT_IN_A_LINE =
            Pattern.compile("[\\p{Cc}\u2028\u2029\u200e\u200f" + HIDDEN + REORDERING + "]+");

    private static final Pattern NOT_ON_A_TERMINAL = Pattern.compile("[\\p{Cc}" + HIDDEN + REORDERING + "&&[^\n\t]]");
    private static final Pattern NOT_RAW_IN_JSON = Pattern.compile("[\u007f-\u009f\u2028\u2029" + REORDERING + "]");
    private static final String UNKNOWN = "\ufffd";

    private ShownText() {}

    /**
     * Returns text as one line: each run of line breaks, control characters, direction marks and hidden characters
     * becomes a blank.
     */
    public static String line(String text) {
        return isPlain(text) ? text : NOT_IN_A_LINE.matcher(text).replaceAll(" ");
    }

    /** Returns whether it has only printable ASCII characters, as most text does. */
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
     * Returns text for a terminal: keeps newlines and tabs, drops carriage returns, and replaces all other control
     * characters and characters that reorder or hide text by U+FFFD.
     */
    public static String lines(String text) {
        return NOT_ON_A_TERMINAL.matcher(text).replaceAll(found -> found.group().equals("\r") ? "" : UNKNOWN);
    }

    /** Returns the same JSON, with characters escaped that are allowed in JSON but unsafe on a terminal. */
    public static String json(String json) {
        return NOT_RAW_IN_JSON
                .matcher(json)
                .replaceAll(
                        found -> String.format("\\\\u%04X", (int) found.group().charAt(0)));
    }
}
