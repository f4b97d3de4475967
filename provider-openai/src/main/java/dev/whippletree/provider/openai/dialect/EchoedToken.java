package dev.whippletree.provider.openai.dialect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Hides a token that a service repeats: as it is, in other case, percent-encoded once or several times, as escapes of
 * JSON or HTML's character references, all of these also in part, and in Base64, alone or after a user's name as in
 * basic authentication. What a service has encoded otherwise isn't found. A token of fewer than eight characters stays:
 * it occurs in ordinary words, and protects nothing. Immutable.
 */
public final class EchoedToken {

    /** One character, in whichever notation; the groups hold its number in base 16, 16, 16 and 10, or itself. */
    private static final Pattern CHARACTER = Pattern.compile(
            "%(?:25)*([0-9a-f]{2})|\\\\u([0-9a-f]{4})|&#x0{0,4}([0-9a-f]{1,4});|&#0{0,4}([0-9]{1,4});|\\\\?(.)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** How a notation of {@link #CHARACTER} begins that isn't the character itself. */
    private static final Pattern NOTATION = Pattern.compile("[%\\\\&]");

    private static final int DECIMAL_GROUP = 4;
    private static final int GROUPS = 5;

    /** Fewer characters of Base64 than this occur in ordinary words. */
    private static final int LEAST_BASE64 = 6;

    /** Services that need a token give longer ones; shorter ones stand in for a token where none is needed. */
    private static final int LEAST_SECRET = 8;

    private final String token;

    /**
     * The token in Base64 behind some other bytes.
     *
     * @param own the characters that other bytes have no part in
     * @param sharesItsEnd whether bytes that follow have a part in one more character
     */
    private record Encoded(String own, boolean sharesItsEnd) {

        /** Finds it in either alphabet. */
        Pattern pattern() {
            String either = Pattern.quote(own).replace("+", "\\E[+-]\\Q").replace("/", "\\E[/_]\\Q");
            return Pattern.compile(sharesItsEnd ? either + "[A-Za-z0-9+/_-]?=*" : either);
        }
    }

    /** Prepares to find a token in every notation. */
    public EchoedToken(String token) {
        this.token = token;
    }

    /** Returns it in Base64, behind any number of other bytes. */
    private List<Encoded> base64() {
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        return IntStream.range(0, 3)
                .mapToObj(before -> base64(bytes, before))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns it behind so many bytes modulo 3; empty if too little of it is its own. */
    private static Optional<Encoded> base64(byte[] bytes, int before) {
        byte[] shifted = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, shifted, before, bytes.length);
        String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
        int first = before == 0 ? 0 : before + 1;
        int last = encoded.length() - (shifted.length % 3 == 0 ? 0 : 1);
        return last - first < LEAST_BASE64
                ? Optional.empty()
                : Optional.of(new Encoded(encoded.substring(first, last), last < encoded.length()));
    }

    /** Returns a text in which other words stand in the place of the token. */
    public String hideIn(String text, String substitute) {
        if (!mayBeIn(text)) {
            return text; // So it is nearly always, and patterns take longer to make than all else here.
        }
        String hidden = plain().matcher(text).replaceAll(Matcher.quoteReplacement(substitute));
        for (Encoded encoded : base64()) {
            hidden = encoded.pattern().matcher(hidden).replaceAll(Matcher.quoteReplacement(substitute));
        }
        return hideEncoded(hidden, substitute);
    }

    private boolean mayBeIn(String text) {
        if (token.length() < LEAST_SECRET || text.length() < token.length()) {
            return false; // No notation is shorter than the token.
        }
        if (NOTATION.matcher(text).find() || containsIgnoringCase(text)) {
            return true;
        }
        String usual = text.replace('-', '+').replace('_', '/');
        return base64().stream().anyMatch(encoded -> usual.contains(encoded.own()));
    }

    private boolean containsIgnoringCase(String text) {
        for (int at = 0; at <= text.length() - token.length(); at++) {
            if (text.regionMatches(true, at, token, 0, token.length())) {
                return true;
            }
        }
        return false;
    }

    private Pattern plain() {
        return Pattern.compile(Pattern.quote(token), Pattern.CASE_INSENSITIVE);
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
        Matcher echo = plain().matcher(decoded);
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
