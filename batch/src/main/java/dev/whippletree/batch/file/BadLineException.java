package dev.whippletree.batch.file;

/** A line of the input is invalid. Immutable. */
final class BadLineException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long line;

    /**
     * Creates one.
     *
     * @param line which, from 1
     * @param message what is wrong and what to do, without the line
     */
    BadLineException(long line, String message) {
        super(message);
        this.line = line;
    }

    /** Returns the line and what is wrong with it. */
    String inFile(String file) {
        return file + ":" + line + ": " + getMessage();
    }
}
