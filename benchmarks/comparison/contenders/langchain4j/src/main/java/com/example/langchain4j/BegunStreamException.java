package com.example.langchain4j;

/** A stream failed after its first piece, so that its caller has a part of an answer. */
final class BegunStreamException extends Exception {

    private static final long serialVersionUID = 1L;

    BegunStreamException(Throwable cause) {
        super(cause);
    }
}
