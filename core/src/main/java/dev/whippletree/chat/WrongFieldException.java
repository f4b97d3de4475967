package dev.whippletree.chat;

/** A field of a request is missing or has a wrong value. Immutable. */
public final class WrongFieldException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String field;

    WrongFieldException(String field, String what) {
        super("'" + field + "' " + what);
        this.field = field;
    }

    /** Returns where the field stands: {@code messages[0].role}. */
    public String field() {
        return field;
    }
}
