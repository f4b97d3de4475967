package dev.whippletree.provider.openai.read;

import java.util.List;
import java.util.SplittableRandom;

/** Damage done without knowing what the bytes mean. */
final class ByteMutations {

    static final List<Mutation> ALL = List.of(
            ByteMutations::flip,
            ByteMutations::set,
            ByteMutations::insert,
            ByteMutations::delete,
            ByteMutations::cutOff,
            ByteMutations::repeat,
            ByteMutations::swap);

    /**
     * Bytes that mean something to one of the layers, and sequences that no UTF-8 has: torn, overlong, surrogates,
     * beyond the end.
     */
    private static final List<String> SEQUENCES = List.of(
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            "\0",
            "\"",
            "\\",
            "\\u",
            "\\ud83d",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            " ",
            "\u00ef\u00bb\u00bf",
            "\u00ff\u00fe",
            "\u0080",
            "\u00c3",
            "\u00c0\u00a2",
            "\u00e2\u0082",
            "\u00e0\u0080\u00a2",
            "\u00ed\u00a0\u0080",
            "\u00f0\u009f\u0091",
            "\u00f4\u0090\u0080\u0080",
            "\u00f8\u0088\u0080\u0080\u0080");

    private static final int LONGEST_RANGE = 40;
    private static final int MOST_REPEATED = 8_000;

    private ByteMutations() {}

    private static String flip(String message, SplittableRandom random) {
        return changed(message, random, 1 << random.nextInt(8));
    }

    private static String set(String message, SplittableRandom random) {
        return changed(message, random, random.nextInt(256));
    }

    private static String changed(String message, SplittableRandom random, int difference) {
        if (message.isEmpty()) {
            return message;
        }
        int at = random.nextInt(message.length());
        return message.substring(0, at) + (char) (message.charAt(at) ^ difference) + message.substring(at + 1);
    }

    private static String insert(String message, SplittableRandom random) {
        int at = random.nextInt(message.length() + 1);
        String sequence = SEQUENCES.get(random.nextInt(SEQUENCES.size()));
        return message.substring(0, at) + sequence + message.substring(at);
    }

    private static String delete(String message, SplittableRandom random) {
        int from = random.nextInt(message.length() + 1);
        return message.substring(0, from) + message.substring(endOfRange(message, from, random));
    }

    private static String cutOff(String message, SplittableRandom random) {
        return message.substring(0, random.nextInt(message.length() + 1));
    }

    /** Mostly twice, sometimes very often: what a reader does for each time it must not add up. */
    private static String repeat(String message, SplittableRandom random) {
        int from = random.nextInt(message.length() + 1);
        String range = message.substring(from, endOfRange(message, from, random));
        int times = random.nextInt(8) > 0 ? 2 : MOST_REPEATED / Math.max(1, range.length());
        return message.substring(0, from) + range.repeat(times) + message.substring(from + range.length());
    }

    private static String swap(String message, SplittableRandom random) {
        int first = random.nextInt(message.length() + 1);
        int second = endOfRange(message, first, random);
        int third = endOfRange(message, second, random);
        return message.substring(0, first)
                + message.substring(second, third)
                + message.substring(first, second)
                + message.substring(third);
    }

    private static int endOfRange(String message, int from, SplittableRandom random) {
        return Math.min(message.length(), from + 1 + random.nextInt(LONGEST_RANGE));
    }
}
