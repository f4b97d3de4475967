package dev.whippletree.cli.chat;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command line to the chat itself. Immutable.
 *
 * <p>A path or a comment in code, such as {@code /usr/bin} and {@code // why}, isn't one; nor is whatever has a blank before it.
 *
 * @param word its first word, such as {@code /route}
 * @param argument the rest, without blanks around it; may be empty
 */
record SlashLine(String word, String argument) {

    private static final Pattern FORM = Pattern.compile("(/[A-Za-z]+!?)(?:\\s+(.*))?", Pattern.DOTALL);

    /** Returns a line's command; empty if it is a message. */
    static Optional<SlashLine> of(String line) {
        Matcher matcher = FORM.matcher(line.stripTrailing());
        return matcher.matches()
                ? Optional.of(new SlashLine(
                        matcher.group(1),
                        matcher.group(2) == null ? "" : matcher.group(2).strip()))
                : Optional.empty();
    }
}
