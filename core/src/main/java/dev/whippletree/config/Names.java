package dev.whippletree.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Words for a name that isn't known: what is, and which of it was probably meant. */
public final class Names {

    private static final int FARTHEST = 3;

    private Names() {}

    /**
     * Returns the end of a message about an unknown name.
     *
     * @param name the name that isn't known
     * @param known those that are; may be empty
     * @return {@code "; did you mean 'x'?"} if one is near, else what is known
     */
    public static String suggestion(String name, Collection<String> known) {
        List<String> sorted = known.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return "; none is known";
        }
        return nearest(name, sorted)
                .map(near -> "; did you mean '" + near + "'?")
                .orElse("; known: " + String.join(", ", sorted));
    }

    private static Optional<String> nearest(String name, List<String> known) {
        String lower = name.toLowerCase(Locale.ROOT);
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(lower, candidate)))
                .filter(candidate -> {
                    int distance = distance(lower, candidate);
                    return distance <= FARTHEST && distance < Math.max(2, candidate.length() / 2 + 1);
                });
    }

    /** The edit distance (Levenshtein 1966): single characters put in, taken out or replaced. */
    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= left.length(); row++) {
            int[] current = new int[right.length() + 1];
            current[0] = row;
            for (int column = 1; column <= right.length(); column++) {
                int replaced = previous[column - 1] + (left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(previous[column], current[column - 1]) + 1);
            }
            previous = current;
        }
        return previous[right.length()];
    }
}
