package dev.whippletree.gateway.protocol;

import dev.whippletree.chat.Fields;

/** Checks that data in Base64 is that, without decoding it. Stateless. */
public final class Base64Data {

    private static final String DATA_URL = "data:";
    private static final String IN_BASE64 = ";base64";
    private static final int CHARACTERS_TOGETHER = 4;

    private Base64Data() {}

    /**
     * Checks a URL if it is a data URL in Base64.
     *
     * @param of the object that has the field
     * @throws dev.whippletree.chat.WrongFieldException if its data isn't Base64
     */
    public static void checkUrl(Fields of, String field, String url) {
        int comma = url.indexOf(',');
        if (!url.regionMatches(true, 0, DATA_URL, 0, DATA_URL.length())) {
            return;
        }
        if (comma < 0) {
            throw of.wrong(field, "is a data URL without data: no comma follows its type");
        }
        if (url.regionMatches(true, comma - IN_BASE64.length(), IN_BASE64, 0, IN_BASE64.length())) {
            check(of, field, url, comma + 1);
        }
    }

    /**
     * Checks data. Line breaks are allowed in it, and its padding may be absent.
     *
     * @param of the object that has the field
     * @throws dev.whippletree.chat.WrongFieldException if it isn't Base64, or empty
     */
    public static void check(Fields of, String field, String data) {
        check(of, field, data, 0);
    }

    private static void check(Fields of, String field, String data, int from) {
        int end = data.length();
        while (end > from && data.charAt(end - 1) == '=') {
            end--;
        }
        int counted = 0;
        for (int at = from; at < end; at++) {
            char character = data.charAt(at);
            if (isDigit(character)) {
                counted++;
            } else if (character != '\n' && character != '\r') {
                throw of.wrong(field, "isn't Base64: see its character " + (at - from));
            }
        }
        if (counted == 0 || counted % CHARACTERS_TOGETHER == 1 || data.length() - end > 2) {
            throw of.wrong(field, "isn't Base64: it is empty or cut");
        }
    }

    private static boolean isDigit(char character) {
        return character >= 'A' && character <= 'Z'
                || character >= 'a' && character <= 'z'
                || character >= '0' && character <= '9'
                || character == '+'
                || character == '/';
    }
}
