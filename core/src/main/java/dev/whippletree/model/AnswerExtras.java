package dev.whippletree.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a service's answer that {@link Completion} has no component for, as JSON values in JDK types.
 * Immutable. A field that is null counts as absent.
 *
 * @param answer fields of the answer: {@code service_tier}, {@code system_fingerprint}, …; under {@code usage} the
 *     members that {@link TokenUsage} lacks; under {@code "choices"} the further answers to a prompt that asks for
 *     several, with the {@linkplain FinishReason#wireName names} of finish reasons and else as the service sent them
 * @param choice fields of the answer's choice: {@code logprobs}, …
 * @param message fields of its message: {@code annotations}, …
 */
public record AnswerExtras(Map<String, Object> answer, Map<String, Object> choice, Map<String, Object> message) {

    /** No further fields. */
    public static final AnswerExtras NONE = new AnswerExtras(Map.of(), Map.of(), Map.of());

    /** About what a value takes in memory besides its text, in characters of an answer. */
    private static final int CHARACTERS_A_VALUE = 16;

    /**
     * Copies mutable values.
     *
     * @throws IllegalArgumentException if something isn't a JSON value, or is nested deeper than 100 levels
     */
    public AnswerExtras {
        answer = JsonValues.copyOfFields(answer);
        choice = JsonValues.copyOfFields(choice);
        message = JsonValues.copyOfFields(message);
    }

    /** Returns whether there are no fields. */
    public boolean isEmpty() {
        return answer.isEmpty() && choice.isEmpty() && message.isEmpty();
    }

    /** Returns these fields with those of a later part of the same answer, as {@link #sum} merges them. */
    public AnswerExtras plus(AnswerExtras later) {
        return later.isEmpty() ? this : sum(List.of(this, later));
    }

    /**
     * Merges the parts of one answer, in order. Objects are merged member by member. A choice's lists, and a message's
     * lists and texts, are pieces and are appended; of anything else the later value counts.
     */
    public static AnswerExtras sum(List<AnswerExtras> parts) {
        if (parts.size() < 2) {
            return parts.isEmpty() ? NONE : parts.get(0);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        Map<String, Object> choice = new LinkedHashMap<>();
        Map<String, Object> message = new LinkedHashMap<>();
        for (AnswerExtras part : parts) {
            merge(answer, part.answer, false, false);
            merge(choice, part.choice, true, false);
            merge(message, part.message, true, true);
        }
        return new AnswerExtras(answer, choice, message);
    }

    /** Changes only containers that it has made itself. */
    @SuppressWarnings("unchecked")
    private static void merge(Map<String, Object> into, Map<String, Object> more, boolean lists, boolean texts) {
        more.forEach((name, value) -> {
            Object before = into.get(name);
            if (value instanceof Map<?, ?> object) {
                Map<String, Object> merged =
                        before instanceof Map<?, ?> known ? (Map<String, Object>) known : new LinkedHashMap<>();
                merge(merged, (Map<String, Object>) object, lists, texts);
                into.put(name, merged);
            } else if (value instanceof List<?> list) {
                List<Object> merged =
                        lists && before instanceof List<?> known ? (List<Object>) known : new ArrayList<>(list.size());
                merged.addAll(list);
                into.put(name, merged);
            } else if (texts && value instanceof String text && before instanceof String known) {
                into.put(name, known + text);
            } else if (value != null || before == null) {
                into.put(name, value);
            }
        });
    }

    /** Returns about how much memory they take, in characters of an answer. */
    public long size() {
        return isEmpty() ? 0 : size(answer) + size(choice) + size(message);
    }

    private static long size(Object value) {
        long size = CHARACTERS_A_VALUE;
        if (value instanceof String text) {
            size += text.length();
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                size += size(element);
            }
        } else if (value instanceof Map<?, ?> object) {
            for (Map.Entry<?, ?> member : object.entrySet()) {
                size += String.valueOf(member.getKey()).length() + size(member.getValue());
            }
        }
        return size;
    }

    /** Returns their names only, since answers mustn't be logged. */
    @Override
    public String toString() {
        return "extras " + answer.keySet() + choice.keySet() + message.keySet();
    }
}
