package dev.whippletree.provider.openai;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides a token that a service repeats: as it is, in other case, percent-encoded once or several times, as escapes of JSON or
 * HTML's character references, all of these also in part, and in Base64, alone or after a user's name as in basic authentication. What a
 * service has encoded otherwise isn't found. Immutable.
 */
final class EchoedToken {

    /** One character, in whichever notation; the groups hold its number in base 16, 16, 16 and 10, or itself. */
    private static final Pattern CHARACTER = Pattern.compile(
            "%(?:25)*([0-9a-f]{2})|\\\\u([0-9a-f]{4})|&#x0{0,4}([0-9a-f]{1,4});|&#0{0,4}([0-9]{1,4});|\\\\?(.)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** How a notation of {@link #CHARACTER} begins that isn't the character itself. */
    private static final Pattern NOTATIONS = Pattern.compile("[%\\\\&]");

    private static final int DECIMAL_GROUP = 4;
    private static final int GROUPS = 5;

    /** Fewer characters of Base64 than this occur in ordinary words. */
    private static final int LEAST_BASE64 = 6;

    private final String token;
    private final List<Pattern> plain = new ArrayList<>();

    EchoedToken(String token) {
        this.token = token;
        plain.add(Pattern.compile(Pattern.quote(token), Pattern.CASE_INSENSITIVE));
        for (int before = 0; before < 3; before++) {
            base64(before).ifPresent(plain::add);
        }
    }

    boolean isOf(String other) {
        return token.equals(other);
    }

    /** Finds its Base64 behind so many bytes modulo 3; the characters that it shares with other bytes vary. */
    private Optional<Pattern> base64(int before) {
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        byte[] shifted = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, shifted, before, bytes.length);
        String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
        int first = before == 0 ? 0 : before + 1;
        int last = encoded.length() - (shifted.length % 3 == 0 ? 0 : 1);
        if (last - first < LEAST_BASE64) {
            return Optional.empty();
        }
        String own = Pattern.quote(encoded.substring(first, last))
                .replace("+", "\\E[+-]\\Q")
                .replace("/", "\\E[/_]\\Q");
        return Optional.of(Pattern.compile(last == encoded.length() ? own : own + "[A-Za-z0-9+/_-]?=*"));
    }

    /** Returns a text in which other words stand in the place of the token. */
    String hideIn(String text, String substitute) {
        if (text.length() < token.length()) {
            return text; // No notation is shorter.
        }
        String hidden = text;
        for (Pattern pattern : plain) {
            hidden = pattern.matcher(hidden).replaceAll(Matcher.quoteReplacement(substitute));
        }
        return NOTATIONS.matcher(hidden).find() ? hideEncoded(hidden, substitute) : hidden;
    }

    private String hideEncoded(String text, String substitute) {
        StringBuilder decoded = new StringBuilder(text.length());
        List<Integer> ends = new ArrayList<>(text.length() + 1);
        ends.add(0);
        Matcher character = CHARACTER.matcher(text);
        while (character.find()) {
            decoded.append(decoded(character));
            ends.add(character.end());
        }
        Matcher echo = plain.get(0).matcher(decoded);
        StringBuilder hidden = new StringBuilder();
        int done = 0;
        while (echo.find()) {
            hidden.append(text, done, ends.get(echo.start())).append(substitute);
            done = ends.get(echo.end());
        }
        return hidden.append(text, done, text.length()).toString();
    }

    private static char decoded(Matcher character) {
        for (int group = 1; group < GROUPS; group++) {
            if (character.start(group) >= 0) {
                return (char) Integer.parseInt(character.group(group), group == DECIMAL_GROUP ? 10 : 16);
            }
        }
        return character.group(GROUPS).charAt(0);
    }
}
