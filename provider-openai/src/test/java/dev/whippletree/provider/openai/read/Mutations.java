package dev.whippletree.provider.openai.read;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** Ways in which a message can be damaged. Messages are strings of one character for each byte. Stateless. */
final class Mutations {

    private static final int LONGEST_RANGE = 40;
    private static final int MOST_REPEATED = 8_000;
    private static final String BETWEEN_EVENTS = "\n\n";

    /** Bytes that mean something to a layer or that no UTF-8 has, lines of events, and values of JSON. */
    private static final List<String> INSERTED = List.of(
            "\n",
            "\r",
            "\0",
            "\"",
            "\\",
            "\\u",
            "\\ud83d",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\u00ef\u00bb\u00bf",
            "\u00ff\u00fe",
            "\u00c0\u00a2",
            "\u00e2\u0082",
            "\u00ed\u00a0\u0080",
            "\u00f4\u0090\u0080\u0080",
            "\n: keep-alive\n",
            "\nevent: error\n",
            "\nid: 7\r",
            "\ndata\n",
            "\ndata: null\n\n",
            "\ndata: [DONE]\n\n",
            "\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "-0",
            "-1",
            "1.5",
            "1e999",
            "-1e999999999",
            "9223372036854775808",
            "9".repeat(1_200),
            "NaN",
            "\"\"",
            "\"x\"",
            "\"\\ud83d\"",
            "\"\\u0000\"",
            "\"stop\"",
            "\"content_filter\"",
            "[]",
            "[null]",
            "[[]]",
            "[\"x\"]",
            "{}",
            "{\"index\":1}",
            "[{\"text\":\"t\"},{\"text\":7}]",
            "{\"message\":\"words\",\"code\":429}",
            "{\"name\":\"f\",\"arguments\":{\"a\":[1,\"x\"]}}",
            "[{\"index\":4611686018427387904,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]",
            "[".repeat(600),
            "[".repeat(490) + "]".repeat(490),
            "\"" + "long ".repeat(3_000) + "\"");

    private Mutations() {}

    /** Returns a message, damaged somewhere. */
    static String damaged(String message, SplittableRandom random) {
        int from = random.nextInt(message.length() + 1);
        int to = Math.min(message.length(), from + 1 + random.nextInt(LONGEST_RANGE));
        String before = message.substring(0, from);
        String range = message.substring(from, to);
        String after = message.substring(to);
        return switch (random.nextInt(9)) {
            case 0 -> before + flipped(range, random) + after;
            case 1 -> before + pick(INSERTED, random) + range + after;
            case 2 -> before + after;
            case 3 -> before;
            // Mostly twice, sometimes very often: what a reader does for each time it must not add up.
            case 4 ->
                before + range.repeat(random.nextInt(8) > 0 ? 2 : MOST_REPEATED / Math.max(1, range.length())) + after;
            case 5 -> after + range + before;
            case 6 -> reordered(message, random);
            case 7 -> message.replace("\n", pick(List.of("\r\n", "\r"), random));
            default -> withOtherValue(message, from, random);
        };
    }

    private static String flipped(String range, SplittableRandom random) {
        return range.isEmpty() ? range : (char) (range.charAt(0) ^ 1 << random.nextInt(8)) + range.substring(1);
    }

    private static String reordered(String message, SplittableRandom random) {
        List<String> events = new ArrayList<>(List.of(message.split(BETWEEN_EVENTS, -1)));
        Collections.swap(events, random.nextInt(events.size()), random.nextInt(events.size()));
        return String.join(BETWEEN_EVENTS, events);
    }

    /** Replaces the value of the next member: up to what may end it. */
    private static String withOtherValue(String message, int from, SplittableRandom random) {
        int colon = message.indexOf("\":", from);
        if (colon < 0) {
            return message;
        }
        int end = colon + 2;
        while (end < message.length() && ",}]\n".indexOf(message.charAt(end)) < 0) {
            end++;
        }
        return message.substring(0, colon + 2) + pick(VALUES, random) + message.substring(end);
    }

    private static String pick(List<String> all, SplittableRandom random) {
        return all.get(random.nextInt(all.size()));
    }
}
