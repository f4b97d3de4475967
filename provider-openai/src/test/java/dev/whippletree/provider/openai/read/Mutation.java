package dev.whippletree.provider.openai.read;

import java.util.SplittableRandom;

/** A way in which a message can be damaged. Messages are strings of one character for each byte. */
@FunctionalInterface
interface Mutation {

    /** Returns a message, damaged somewhere; as it was, if there is nothing to damage. */
    String of(String message, SplittableRandom random);
}
