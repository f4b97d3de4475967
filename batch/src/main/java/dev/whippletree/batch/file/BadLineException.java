package dev.whippletree.batch.file;

/** A line of the input is invalid. Immutable. */
final class BadLineException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The code of most problems. */
    private static final String INVALID = "invalid_value";

    /** What a problem quotes may be as long as a line, and many problems are kept. */
    private static final int MOST_CHARACTERS = 1_000;

    private final long line;
    private final String code;

    BadLineException(long line, String message) {
        this(line, INVALID, message);
    }

    /** Creates one of a line, from 1, with a code for programs and what is wrong and what to do, without the line. */
    BadLineException(long line, String code, String message) {
        super(shortened(message));
        this.line = line;
        this.code = code;
    }

    /** Returns the beginning of a text that is too long to be kept, else the text. */
    static String shortened(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
    }

    /** Returns the line and what is wrong with it, apart. */
    LineProblem problem() {
        return new LineProblem(line, code, String.valueOf(getMessage()));
    }

    /** Returns the line and what is wrong with it. */
    String inFile(String file) {
        return file + ":" + line + ": " + getMessage();
    }
}
