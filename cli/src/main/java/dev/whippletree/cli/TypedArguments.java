package dev.whippletree.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the command. On Windows a JVM gets arguments in the system's code page, which loses other
 * characters of a prompt, but variables unchanged. So the launcher there also passes the whole line in a variable.
 */
final class TypedArguments {

    /**
     * The property by which the launcher says that the variable is this process's own, and not one it has inherited.
     */
    static final String PROPERTY = "whippletree.arguments";

    /** The variable that holds the arguments as they were typed, with their quotation marks. */
    static final String VARIABLE = "WHIPPLETREE_ARGUMENTS";

    private TypedArguments() {}

    static String[] ofProcess(String[] given) {
        return of(given, Boolean.getBoolean(PROPERTY) ? System.getenv(VARIABLE) : null);
    }

    /**
     * Returns arguments as they were typed.
     *
     * @param given what the JVM was handed, used where the line has another number of arguments: it was divided
     *     otherwise then
     * @param line the line, if there is one
     */
    static String[] of(String[] given, @Nullable String line) {
        List<String> typed = line == null ? List.of() : new Divider(line).arguments();
        return typed.size() == given.length ? typed.toArray(String[]::new) : given;
    }

    /**
     * Divides a line as programs on Windows do, by the rules of Microsoft's C runtime ("Parsing C command-line
     * arguments"): blanks divide outside quotation marks; backslashes before a mark count half, and an odd one makes it
     * part of the text; so do two marks within a pair.
     */
    private static final class Divider {

        private final String line;
        private int at;

        Divider(String line) {
            this.line = line;
        }

        List<String> arguments() {
            List<String> arguments = new ArrayList<>();
            while (skipBlanks()) {
                arguments.add(next());
            }
            return arguments;
        }

        private boolean skipBlanks() {
            while (at < line.length() && isBlank()) {
                at++;
            }
            return at < line.length();
        }

        private String next() {
            StringBuilder text = new StringBuilder();
            boolean quoted = false;
            while (at < line.length() && (quoted || !isBlank())) {
                int backslashes = skipBackslashes();
                if (!isMark()) {
                    text.append("\\".repeat(backslashes));
                    if (backslashes == 0) {
                        text.append(line.charAt(at));
                        at++;
                    }
                    continue;
                }
                at++;
                text.append("\\".repeat(backslashes / 2));
                if (backslashes % 2 == 1) {
                    text.append('"');
                } else if (quoted && isMark()) {
                    text.append('"');
                    at++;
                } else {
                    quoted = !quoted;
                }
            }
            return text.toString();
        }

        private int skipBackslashes() {
            int from = at;
            while (at < line.length() && line.charAt(at) == '\\') {
                at++;
            }
            return at - from;
        }

        private boolean isMark() {
            return at < line.length() && line.charAt(at) == '"';
        }

        private boolean isBlank() {
            return line.charAt(at) == ' ' || line.charAt(at) == '\t';
        }
    }
}
