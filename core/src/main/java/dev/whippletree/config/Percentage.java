package dev.whippletree.config;

/** Reads percentages. */
final class Percentage {

    private Percentage() {}

    /**
     * Returns a percentage as a share of one.
     *
     * @param most the largest that is allowed, in percent
     * @throws IllegalArgumentException if the text is none, or a larger one
     */
    static double upTo(int most, String text) {
        try {
            double value = Double.parseDouble(text.replace("%", "").trim()) / 100;
            if (text.trim().endsWith("%") && value >= 0 && value <= most / 100.0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, for both cases.
        }
        throw new IllegalArgumentException("expected a percentage from 0% to " + most + "%, not '" + text + "'");
    }
}
