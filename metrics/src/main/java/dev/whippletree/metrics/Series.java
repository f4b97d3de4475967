package dev.whippletree.metrics;

import java.util.List;

/**
 * One series of an instrument. Immutable.
 *
 * @param instrument what is measured
 * @param labels of what; the same keys in the same order in each row of the instrument
 */
record Series(Instrument instrument, List<Label> labels) {

    /** Copies the list. */
    Series {
        labels = List.copyOf(labels);
    }

    /** Returns the row of an instrument with these keys and values in turn. */
    static Series of(Instrument instrument, String... keysAndValues) {
        Label[] labels = new Label[keysAndValues.length / 2];
        for (int index = 0; index < labels.length; index++) {
            labels[index] = new Label(keysAndValues[2 * index], keysAndValues[2 * index + 1]);
        }
        return new Series(instrument, List.of(labels));
    }
}
