package dev.whippletree.provider.openai.read;

/** A part of the answer can't be read, so the answer would have a hole. */
final class MalformedAnswerException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String field;

    /** @param field the field that holds it, by the protocol's name */
    private MalformedAnswerException(String field) {
        super(field, null, false, false);
        this.field = field;
    }

    /** Returns what is wrong, in words that can be shown. */
    String inWords() {
        return "the answer's " + field + " can't be read";
    }

    /**
     * Checks that something can be read.
     *
     * @throws MalformedAnswerException if not
     */
    static void unless(boolean readable, String field) throws MalformedAnswerException {
        if (!readable) {
            throw new MalformedAnswerException(field);
        }
    }
}
