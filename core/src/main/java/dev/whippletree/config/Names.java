package dev.whippletree.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Describes an unknown name: the known names, and the nearest of them. */
public final class Names {

    private Names() {}

    /** Returns the problem of an unknown name, with the probable one. */
    static String unknown(String noun, String name, Collection<String> known) {
        return "no " + noun + " named '" + name + "'" + suggestion(name, known);
    }

    /**
     * Returns the end of a message about an unknown name.
     *
     * @param name the name that isn't known
     * @param known the known names; may be empty
     * @return {@code "; did you mean 'x'?"} if one is near, else the known names
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

    /**
     * Returns the name that was probably meant; empty if none is near.
     *
     * @param name the name that isn't known
     * @param known the known names; may be empty
     */
    public static Optional<String> nearest(String name, Collection<String> known) {
        String lower = name.toLowerCase(Locale.ROOT);
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(candidate -> distance(lower, candidate)))
                .filter(candidate -> isNear(distance(lower, candidate), lower, candidate));
    }

    /** A third of the letters may differ, but never all. */
    private static boolean isNear(int distance, String name, String candidate) {
        return distance <= Math.max(1, candidate.length() / 3) && distance < name.length();
    }

    /** The edit distance (Levenshtein 1966): single characters inserted, deleted or replaced. */
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
