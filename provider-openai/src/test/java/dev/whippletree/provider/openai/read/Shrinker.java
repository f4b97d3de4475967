package dev.whippletree.provider.openai.read;

import java.util.function.Predicate;

/** Makes a failing input small, by leaving out whatever it fails without. */
final class Shrinker {

    private Shrinker() {}

    /** Returns a smaller input that still fails. */
    static FuzzInput shrunk(FuzzInput failing, Predicate<FuzzInput> fails) {
        FuzzInput smallest = failing;
        for (int length = smallest.bytes().length() / 2; length > 0; length /= 2) {
            for (int at = 0; at + length <= smallest.bytes().length(); at += length) {
                FuzzInput without = smallest.with(new StringBuilder(smallest.bytes())
                        .delete(at, at + length)
                        .toString());
                if (fails.test(without)) {
                    smallest = without;
                    at -= length;
                }
            }
        }
        return smallest;
    }
}
