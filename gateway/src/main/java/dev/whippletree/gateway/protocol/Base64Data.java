package dev.whippletree.gateway.protocol;

import dev.whippletree.chat.Fields;
import java.util.regex.Pattern;

/** Checks that data is Base64, without decoding it. Stateless. */
public final class Base64Data {

    private static final Pattern DATA_URL = Pattern.compile("data:[^,]*;base64,", Pattern.CASE_INSENSITIVE);

    /** Services accept line breaks in it, and no padding. */
    private static final Pattern BASE_64 = Pattern.compile("[A-Za-z0-9+/\r\n]++={0,2}[\r\n]*+");

    private static final int CHARACTERS_TOGETHER = 4;

    private Base64Data() {}

    /**
     * Checks a URL if it is a data URL in Base64.
     *
     * @throws dev.whippletree.chat.WrongFieldException if its data isn't Base64
     */
    public static void checkUrl(Fields of, String field, String url) {
        var head = DATA_URL.matcher(url);
        if (head.lookingAt()) {
            check(of, field, url, head.end());
        }
    }

    /**
     * Checks data.
     *
     * @throws dev.whippletree.chat.WrongFieldException if it isn't Base64, or empty
     */
    public static void check(Fields of, String field, String data) {
        check(of, field, data, 0);
    }

    private static void check(Fields of, String field, String data, int from) {
        int length = data.length() - from;
        if (!BASE_64.matcher(data).region(from, data.length()).matches()
                || (data.indexOf('\n', from) < 0 && length % CHARACTERS_TOGETHER == 1)) {
            throw of.wrong(field, "has data that isn't Base64");
        }
    }
}
