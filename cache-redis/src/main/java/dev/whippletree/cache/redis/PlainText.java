package dev.whippletree.cache.redis;

import java.util.regex.Pattern;

/** Makes texts that came from Redis fit for logs and terminals. Stateless. */
final class PlainText {

    /** Controls, C1 included, marks that turn the direction of writing, and breaks of lines and paragraphs. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]+");

    private PlainText() {}

    /** Returns a text with a space in the place of what a terminal would act on, or nobody would see. */
    static String of(String text) {
        return UNSEEN.matcher(text).replaceAll(" ");
    }
}
