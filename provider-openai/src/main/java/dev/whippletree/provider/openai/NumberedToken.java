package dev.whippletree.provider.openai;

import dev.whippletree.model.Secret;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token from one of several numbered variables: {@code HF_TOKEN}, {@code HF_TOKEN_2}, {@code HF_TOKEN_3}. Immutable.
 *
 * @param number 1 for the variable without a number
 * @param variable the variable's name
 * @param token its value
 */
public record NumberedToken(int number, String variable, Secret token) {

    private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7E]+");

    /**
     * Returns the tokens of a row, in the order of their numbers, which may have gaps. Blank variables count as not
     * set.
     *
     * @param environment variables by name
     * @param variable the first of the row; the others have {@code _2}, {@code _3}, … behind it
     * @param alternatives stand for the first while it isn't set; the first of them that is set counts
     * @throws IllegalArgumentException if two hold the same token or stand for the same number, or a value can't be a
     *     token; variables are named, values aren't
     */
    public static List<NumberedToken> find(
            Map<String, String> environment, String variable, List<String> alternatives) {
        Map<Integer, NumberedToken> tokens = new TreeMap<>();
        Pattern row = Pattern.compile(Pattern.quote(variable) + "(?:_([1-9]\\d{0,3}))?");
        environment.keySet().stream().sorted().forEach(name -> {
            Matcher matcher = row.matcher(name);
            if (matcher.matches()) {
                add(tokens, matcher.group(1), name, environment);
            }
        });
        if (!tokens.containsKey(1)) {
            alternatives.stream()
                    .filter(name -> !value(environment, name).isEmpty())
                    .findFirst()
                    .ifPresent(name -> add(tokens, null, name, environment));
        }
        requireDifferent(tokens.values());
        return List.copyOf(tokens.values());
    }

    private static void add(
            Map<Integer, NumberedToken> tokens, @Nullable String digits, String name, Map<String, String> environment) {
        String value = value(environment, name);
        if (value.isEmpty()) {
            return;
        }
        if (!SENDABLE.matcher(value).matches()) {
            throw new IllegalArgumentException(name + " contains characters that a token can't have; set it again");
        }
        int number = digits == null ? 1 : Integer.parseInt(digits);
        NumberedToken other = tokens.put(number, new NumberedToken(number, name, Secret.of(value)));
        if (other != null) {
            throw new IllegalArgumentException(
                    other.variable + " and " + name + " stand for the same account; unset one of them");
        }
    }

    private static String value(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").strip();
    }

    private static void requireDifferent(Collection<NumberedToken> tokens) {
        Map<String, String> names = new HashMap<>();
        for (NumberedToken token : tokens) {
            String other = names.putIfAbsent(token.token.reveal(), token.variable);
            if (other != null) {
                throw new IllegalArgumentException(other + " and " + token.variable
                        + " contain the same token; one account can't count as two: unset one of them");
            }
        }
    }
}
