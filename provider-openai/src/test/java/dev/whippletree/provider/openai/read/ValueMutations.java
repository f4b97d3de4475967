package dev.whippletree.provider.openai.read;

import java.util.List;
import java.util.SplittableRandom;

/** Damage done to the values of JSON: of the wrong type, out of range, too deep, too long. */
final class ValueMutations {

    static final List<Mutation> ALL = List.of(
            ValueMutations::otherValue, ValueMutations::otherValue, ValueMutations::wrapped, ValueMutations::renamed);

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "-1",
            "1",
            "2",
            "1.5",
            "0.0",
            "1e5",
            "1e999",
            "-1e999999999",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "123456789012345678901234567890",
            "9".repeat(1_200),
            "NaN",
            "\"\"",
            "\" \"",
            "\"x\"",
            "\"0\"",
            "\"\\ud83d\"",
            "\"\\udc4b\\u0000\"",
            "\"a\\nb\"",
            "\"stop\"",
            "\"eos_token\"",
            "\"length\"",
            "\"tool_calls\"",
            "\"content_filter\"",
            "\"error\"",
            "[]",
            "[null]",
            "[[]]",
            "[\"x\"]",
            "{}",
            "{\"a\":1}",
            "{\"index\":1}",
            "{\"content\":\"c\"}",
            "[{\"text\":\"t\"}]",
            "[{\"type\":\"text\",\"text\":\"t\"},{\"type\":\"other\"},{\"text\":null}]",
            "[{\"text\":7}]",
            "{\"prompt_tokens\":5}",
            "{\"message\":\"words\",\"code\":429}",
            "[\"some\",{\"message\":\"words\"}]",
            "{\"name\":\"f\",\"arguments\":{\"a\":[1,\"x\"]}}",
            "[{\"index\":4611686018427387904,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]",
            "{\"index\":1,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}",
            "[{\"index\":1,\"delta\":{\"content\":\"no\"}},{\"index\":0,\"delta\":{\"content\":\"yes\"},"
                    + "\"finish_reason\":\"stop\"}]",
            "[{\"index\":1,\"message\":{\"content\":\"no\"},\"finish_reason\":\"stop\"},"
                    + "{\"index\":0,\"message\":{\"content\":\"yes\"},\"finish_reason\":\"length\"}]",
            "[".repeat(600),
            "[".repeat(490) + "]".repeat(490),
            "{\"error\":".repeat(450) + "\"deep\"" + "}".repeat(450),
            "\"" + "long ".repeat(3_000) + "\"");

    private static final List<String> NAMES =
            List.of(("content reasoning reasoning_content delta message choices index finish_reason tool_calls "
                            + "function function_call arguments name id error usage model prompt_tokens detail errors "
                            + "estimated_time")
                    .split(" "));

    private ValueMutations() {}

    private static String otherValue(String message, SplittableRandom random) {
        int start = someValue(message, random);
        return message.substring(0, start) + pick(VALUES, random) + message.substring(end(message, start));
    }

    private static String wrapped(String message, SplittableRandom random) {
        int start = someValue(message, random);
        int end = end(message, start);
        String value = message.substring(start, end);
        String more = random.nextBoolean() ? "[" + value + "]" : "{\"" + pick(NAMES, random) + "\":" + value + "}";
        return message.substring(0, start) + more + message.substring(end);
    }

    private static String renamed(String message, SplittableRandom random) {
        int end = Math.max(0, someValue(message, random) - 2);
        int start = message.lastIndexOf('"', end - 1) + 1;
        return start > end ? message : message.substring(0, start) + pick(NAMES, random) + message.substring(end);
    }

    /** Returns where the value of some member starts; the message's end if there is none. */
    private static int someValue(String message, SplittableRandom random) {
        int colon = message.indexOf("\":", random.nextInt(message.length() + 1));
        return colon < 0 ? message.length() : colon + 2;
    }

    /** Returns where a value ends that starts somewhere. */
    private static int end(String message, int start) {
        int depth = 0;
        boolean quoted = false;
        for (int at = start; at < message.length(); at++) {
            char character = message.charAt(at);
            if (quoted) {
                at += character == '\\' ? 1 : 0;
                quoted = character != '"';
            } else if (depth == 0 && ",}]\n".indexOf(character) >= 0) {
                return at;
            } else {
                quoted = character == '"';
                depth += "[{".indexOf(character) >= 0 ? 1 : "]}".indexOf(character) >= 0 ? -1 : 0;
            }
        }
        return message.length();
    }

    private static String pick(List<String> all, SplittableRandom random) {
        return all.get(random.nextInt(all.size()));
    }
}
