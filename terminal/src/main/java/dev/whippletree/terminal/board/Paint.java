package dev.whippletree.terminal.board;

/** The role of a piece of text, shown as a colour. Terminals with colours get an ANSI code, others the plain text. */
public enum Paint {
    /** Nothing in particular. */
    PLAIN(""),
    /** A heading, or the number that matters most. */
    STRONG("1"),
    /** What need not be read. */
    FAINT("2"),
    /** As it should be. */
    GOOD("32"),
    /** Will pass by itself. */
    CAUTION("33"),
    /** Needs the user's attention. */
    BAD("31");

    private static final String ESCAPE = "\u001b[";

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    /** Returns a text painted, or as it is where the terminal shows no colours. */
    public String on(String text, boolean colours) {
        return !colours || code.isEmpty() || text.isEmpty() ? text : ESCAPE + code + "m" + text + ESCAPE + "0m";
    }
}
