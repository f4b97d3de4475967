package dev.whippletree.testkit.provider;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Generates the headers and messages of a broken service or proxy, to test the code that reads them: it must throw
 * nothing, believe nothing absurd, and still read the rest. The same seed generates the same values. Confined to one
 * thread.
 */
public final class Garbage {

    private static final List<String> PIECES = pieces(
            "0|1|-1|+5|007|1.5|1,5|.5|1.|1e9|1e999999999|0x10|NaN|nan|Infinity|-Infinity|null|undefined|999999999|"
                    + "9999999999999999999|9223372036854775807|9223372036854775808|-9223372036854775808|1764064800|"
                    + "1764064800000|s|ms|h|m|d|5s|5 s|5S|-5s|1h2m3s|3s2m1h|99999999h|999999999h999999999m999999999s|"
                    + "Wed, 25 Nov 2026 10:00:30 GMT|Wed, 25 Nov 2026 10:00:30|Thu, 25 Nov 2026 10:00:30 GMT|"
                    + "Fri, 31 Dec 9999 23:59:59 GMT|Thu, 01 Jan 1970 00:00:00 GMT|Sunday, 06-Nov-94 08:49:37 GMT|"
                    + "2026-11-25T10:00:30Z|soon|,|;|:|%"
                    + "|\u0661\u0662\u0663|\uff11\uff12|\u00bd|\u221e|\u00b5s|| |\t|\"|\u0000|\ud83d\udc4b");

    private static final List<String> WORDS =
            pieces("Rate limit reached for model `M`|Request too large| on tokens per minute (TPM)|"
                    + " on requests per day (RPD)| on tokens per day (TPD)| on requests per min| requests per hour|"
                    + " tokens per fortnight|: Limit |: Limit: |Limit|, Used |, Requested |, Requested ~|. Please try again in |"
                    + " retry after | seconds| per day|daily");

    private final SplittableRandom random;

    /**
     * Creates a source of garbage.
     *
     * @param seed by which it is the same again
     */
    public Garbage(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** Returns a value of a header: often one piece, sometimes several. */
    public String value() {
        StringBuilder value = new StringBuilder(pick(PIECES));
        while (random.nextInt(4) == 0) {
            value.append(pick(PIECES));
        }
        return value.toString();
    }

    /** Returns some of these headers, with garbage in them. */
    public Map<String, String> headers(List<String> names) {
        Map<String, String> headers = new HashMap<>();
        for (String name : names) {
            if (random.nextInt(3) > 0) {
                headers.put(name, value());
            }
        }
        return headers;
    }

    /** Returns a message made of what services say of limits and of garbage. */
    public String message() {
        StringBuilder message = new StringBuilder();
        for (int count = random.nextInt(12); count >= 0; count--) {
            message.append(random.nextBoolean() ? pick(WORDS) : pick(PIECES));
        }
        return message.toString();
    }

    /** Returns a text in which a few characters have been changed, doubled or lost. */
    public String damaged(String text) {
        StringBuilder damaged = new StringBuilder(text);
        for (int count = random.nextInt(4); count >= 0 && !damaged.isEmpty(); count--) {
            int at = random.nextInt(damaged.length());
            switch (random.nextInt(3)) {
                case 0 -> damaged.deleteCharAt(at);
                case 1 -> damaged.insert(at, pick(PIECES));
                default -> damaged.setCharAt(at, (char) random.nextInt(0x3000));
            }
        }
        return damaged.toString();
    }

    private static List<String> pieces(String text) {
        return List.of(text.split("\\|", -1));
    }

    private String pick(List<String> all) {
        return all.get(random.nextInt(all.size()));
    }
}
