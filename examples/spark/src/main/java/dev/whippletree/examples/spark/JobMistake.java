package dev.whippletree.examples.spark;

/** A mistake of whoever started the job: one sentence says what is wrong and what to do. */
final class JobMistake extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JobMistake(String message) {
        super(message);
    }
}
