package dev.whippletree.metrics;

import java.util.HashMap;
import java.util.Map;

/**
 * One series of an instrument. Immutable.
 *
 * @param instrument what is measured
 * @param labels of what: tags or attributes, whose values are from sets that the configuration bounds; the same keys in
 *     each row of the instrument
 */
record Series(Instrument instrument, Map<String, String> labels) {

    /** Copies the map. */
    Series {
        labels = Map.copyOf(labels);
    }

    /** Returns the row of an instrument with these keys and values in turn. */
    static Series of(Instrument instrument, String... keysAndValues) {
        Map<String, String> labels = new HashMap<>();
        for (int index = 0; index < keysAndValues.length; index += 2) {
            labels.put(keysAndValues[index], keysAndValues[index + 1]);
        }
        return new Series(instrument, labels);
    }
}
