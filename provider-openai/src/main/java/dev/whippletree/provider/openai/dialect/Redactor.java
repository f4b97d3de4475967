package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.ShownText;
import java.util.Optional;
import java.util.regex.Pattern;

/** Cleans a service's message for display: one short line without credentials and organizations' names. */
public final class Redactor {

    /** How many characters a message has at most. */
    public static final int LONGEST = 300;

    private static final int LONGEST_CODE = 64;
    /** What stands in the place of a secret. */
    public static final String STARS = "***";

    // Longer input is cut before it is searched; what is cut off is never shown.
    private static final int LONGEST_SEARCHED = 8 * LONGEST;

    /** How many characters stand for one of a token, as in a reference of HTML. */
    private static final int LONGEST_NOTATION = 8;

    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern ORGANIZATION = Pattern.compile("\\borg[_-][A-Za-z0-9]{3,}");
    private static final Pattern PREFIXED =
            Pattern.compile("\\b(?:hf_|gsk_|sk-|sk_|pk-|pk_|xai-|r8_|nvapi-|api_)[A-Za-z0-9_*.-]{4,}");
    private static final Pattern BEARER = Pattern.compile("(?i)\\bbearer +[^\\s\"',;]+");
    /** Possessive, as the JDK's matcher otherwise takes stack for each repetition of a group. */
    private static final Pattern JWT = Pattern.compile("\\beyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]+)*+");

    private static final Pattern LONG_RANDOM =
            Pattern.compile("\\b(?=[A-Za-z_]{0,64}[0-9])(?=[0-9_]{0,64}[A-Za-z])[A-Za-z0-9_]{32,}\\b");
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.:\\[\\]-]{1," + LONGEST_CODE + "}");

    private Redactor() {}

    /**
     * Returns a message fit to be shown.
     *
     * @param token the credential the call was made with, if there was one
     */
    public static String clean(String message, Optional<String> token) {
        int searched = LONGEST_SEARCHED + token.map(String::length).orElse(0) * LONGEST_NOTATION;
        String text = message.length() > searched ? message.substring(0, searched) : message;
        if (token.isPresent() && !token.get().isEmpty()) {
            text = new EchoedToken(token.get()).hideIn(text, STARS);
        }
        for (Pattern secret : new Pattern[] {BEARER, PREFIXED, JWT, LONG_RANDOM}) {
            text = secret.matcher(text).replaceAll(STARS);
        }
        text = ORGANIZATION.matcher(text).replaceAll("org_" + STARS);
        return shorten(BLANKS.matcher(ShownText.line(text)).replaceAll(" ").strip());
    }

    /** Returns a code, or a field's name, if it looks like one and holds no credential. */
    public static Optional<String> cleanCode(Optional<String> code, Optional<String> token) {
        return code.filter(text -> CODE.matcher(text).matches())
                .filter(text -> clean(text, token).equals(text));
    }

    private static String shorten(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 2)) ? LONGEST - 2 : LONGEST - 1;
        return text.substring(0, end) + "…";
    }
}
