package dev.whippletree.provider.openai.read;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Damage done to lines and events. */
final class EventMutations {

    static final List<Mutation> ALL = List.of(
            EventMutations::reorder,
            EventMutations::duplicate,
            EventMutations::drop,
            EventMutations::merge,
            EventMutations::insertLine,
            EventMutations::otherLineEnds,
            EventMutations::mixedLineEnds,
            EventMutations::withoutSpace,
            EventMutations::marked,
            EventMutations::spliced);

    private static final String BETWEEN = "\n\n";

    private static final List<String> LINE_ENDS = List.of("\n", "\r\n", "\r");

    private static final List<String> LINES = List.of(
            ": keep-alive\n",
            ":\n\n",
            "event: ping\n",
            "event: error\n",
            "event:message\n",
            "event\n",
            "id: 7\n",
            "id: 7\r",
            "retry: 3000\n",
            "data\n",
            "data:\n\n",
            "data: \n\n",
            "data: [DONE]\n\n",
            "data:[DONE]\r\r",
            "data: {}\n\n",
            "data: null\n\n",
            "data: []\n\n",
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"more\"}}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
            "data: {\"error\":{\"message\":\"words\",\"code\":429}}\n\n",
            "Data: {}\n",
            " data: {}\n",
            "\n",
            "\r",
            "\r\n\r\n");

    private EventMutations() {}

    private static List<String> events(String message) {
        return new ArrayList<>(List.of(message.split(BETWEEN, -1)));
    }

    private static String reorder(String message, SplittableRandom random) {
        List<String> events = events(message);
        String moved = events.remove(random.nextInt(events.size()));
        events.add(random.nextInt(events.size() + 1), moved);
        return String.join(BETWEEN, events);
    }

    private static String duplicate(String message, SplittableRandom random) {
        List<String> events = events(message);
        String doubled = events.get(random.nextInt(events.size()));
        events.add(random.nextInt(events.size() + 1), doubled);
        return String.join(BETWEEN, events);
    }

    private static String drop(String message, SplittableRandom random) {
        List<String> events = events(message);
        events.remove(random.nextInt(events.size()));
        return String.join(BETWEEN, events);
    }

    private static String merge(String message, SplittableRandom random) {
        List<String> events = events(message);
        if (events.size() < 2) {
            return message;
        }
        int at = random.nextInt(events.size() - 1);
        String second = events.remove(at + 1);
        events.set(at, events.get(at) + (random.nextBoolean() ? "\n" : "") + second);
        return String.join(BETWEEN, events);
    }

    private static String insertLine(String message, SplittableRandom random) {
        int from = random.nextInt(message.length() + 1);
        int at = message.indexOf('\n', from) + 1;
        return message.substring(0, at) + LINES.get(random.nextInt(LINES.size())) + message.substring(at);
    }

    private static String otherLineEnds(String message, SplittableRandom random) {
        return message.replace("\n", random.nextBoolean() ? "\r\n" : "\r");
    }

    private static String mixedLineEnds(String message, SplittableRandom random) {
        StringBuilder mixed = new StringBuilder();
        for (String line : message.split("\n", -1)) {
            mixed.append(line).append(LINE_ENDS.get(random.nextInt(LINE_ENDS.size())));
        }
        return mixed.toString();
    }

    private static String withoutSpace(String message, SplittableRandom random) {
        return message.replace("data: ", random.nextBoolean() ? "data:" : "data:  ");
    }

    private static String marked(String message, SplittableRandom random) {
        return "\u00ef\u00bb\u00bf".repeat(1 + random.nextInt(2)) + message;
    }

    /** The start of one message and the end of another. */
    private static String spliced(String message, SplittableRandom random) {
        String other = Recordings.any(random).bytes();
        return message.substring(0, random.nextInt(message.length() + 1))
                + other.substring(random.nextInt(other.length() + 1));
    }
}
