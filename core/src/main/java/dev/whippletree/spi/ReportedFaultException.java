package dev.whippletree.spi;

/**
 * A fault that the plugin reports by itself: it logs a warning when its server goes away, and another one when the
 * server is back. The engine counts such a fault as any other, but doesn't warn of it.
 */
public class ReportedFaultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates one without a stack trace, so that an outage may give the same one to every caller.
     *
     * @param message what is wrong, a sentence
     */
    public ReportedFaultException(String message) {
        super(message, null, false, false);
    }
}
