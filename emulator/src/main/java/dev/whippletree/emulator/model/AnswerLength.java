package dev.whippletree.emulator.model;

/**
 * The length of answers: mostly a little shorter than the mean, sometimes much longer. Equal prompts get equally long
 * answers. Immutable.
 *
 * @param meanTokens the mean, 1 or more
 * @param spread the standard deviation of the logarithm, 0 to 3
 */
public record AnswerLength(long meanTokens, double spread) {

    private static final double WIDEST = 3;

    public AnswerLength {
        if (meanTokens < 1) {
            throw new IllegalArgumentException("an answer has 1 or more tokens on average, not " + meanTokens);
        }
        if (!(spread >= 0 && spread <= WIDEST)) {
            throw new IllegalArgumentException("the spread of answers' lengths is 0 to 3, not " + spread);
        }
    }

    /**
     * Returns answers that all have so many tokens, 1 or more; about 15 at least, for the end by which they are
     * checked.
     */
    public static AnswerLength about(long tokens) {
        return new AnswerLength(tokens, 0);
    }

    /** Returns how long the answer is whose prompt has this fingerprint. */
    long drawTokens(long fingerprint) {
        Dice dice = new Dice(fingerprint);
        return Math.max(1, Math.round(meanTokens * Math.exp(spread * dice.nextGaussian() - spread * spread / 2)));
    }
}
