package dev.whippletree.tests.nothinglost;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the values at its paths, and streams as the answers that their chunks make up. */
final class Flat {

    private static final JsonMapper JSON = new JsonMapper();

    /** What the chunks of a message have in pieces. */
    private static final Set<String> TEXTS =
            Set.of("content", "refusal", "reasoning", "reasoning_content", "arguments", "input");

    private Flat() {}

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> json(String text) {
        return (Map<String, @Nullable Object>) JSON.readValue(text, Object.class);
    }

    /** Returns values, empty objects and lists by their paths, such as {@code choices[0].message.content}. */
    static Map<String, @Nullable Object> of(@Nullable Object json) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        put(values, "", json);
        return values;
    }

    private static void put(Map<String, @Nullable Object> values, String path, @Nullable Object json) {
        if (json instanceof Map<?, ?> object && !object.isEmpty()) {
            object.forEach((name, value) -> put(values, path.isEmpty() ? "" + name : path + "." + name, value));
        } else if (json instanceof List<?> list && !list.isEmpty()) {
            for (int index = 0; index < list.size(); index++) {
                put(values, path + "[" + index + "]", list.get(index));
            }
        } else {
            values.put(path, json instanceof Number number ? (Object) number.doubleValue() : json);
        }
    }

    /** Returns the answer that a client puts together from a stream's chunks, in the form of a whole one. */
    static Map<String, @Nullable Object> joined(List<Map<String, @Nullable Object>> chunks) {
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        Map<Integer, Map<String, @Nullable Object>> choices = new TreeMap<>();
        for (Map<String, @Nullable Object> chunk : chunks) {
            for (Object choice : (List<?>) chunk.getOrDefault("choices", List.of())) {
                Map<String, @Nullable Object> fields = object(choice);
                join(
                        choices.computeIfAbsent(
                                ((Number) fields.getOrDefault("index", 0)).intValue(), index -> new LinkedHashMap<>()),
                        fields);
            }
            Map<String, @Nullable Object> others = new LinkedHashMap<>(chunk);
            others.remove("choices");
            merge(answer, others, false);
        }
        answer.put("object", "chat.completion");
        answer.put("choices", new ArrayList<>(choices.values()));
        return answer;
    }

    private static void join(Map<String, @Nullable Object> choice, Map<String, @Nullable Object> chunk) {
        Map<String, @Nullable Object> others = new LinkedHashMap<>(chunk);
        Object delta = others.remove("delta");
        Map<String, @Nullable Object> message =
                object(choice.computeIfAbsent("message", name -> new LinkedHashMap<>()));
        Map<String, @Nullable Object> news = new LinkedHashMap<>(delta == null ? Map.of() : object(delta));
        if (news.remove("tool_calls") instanceof List<?> calls) {
            List<Object> known = list(message.computeIfAbsent("tool_calls", name -> new ArrayList<>()));
            for (Object call : calls) {
                Map<String, @Nullable Object> piece = new LinkedHashMap<>(object(call));
                int index = ((Number) piece.remove("index")).intValue();
                while (known.size() <= index) {
                    known.add(new LinkedHashMap<>());
                }
                merge(object(known.get(index)), piece, true);
            }
        }
        merge(message, news, true);
        merge(choice, others, true);
    }

    /** A null says nothing. */
    private static void merge(Map<String, @Nullable Object> into, Map<String, @Nullable Object> more, boolean pieces) {
        more.forEach((name, value) -> {
            Object before = into.get(name);
            if (value instanceof Map<?, ?> && before instanceof Map<?, ?>) {
                merge(object(before), object(value), pieces);
            } else if (value instanceof Map<?, ?>) {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                merge(copy, object(value), pieces);
                into.put(name, copy);
            } else if (value instanceof List<?> list) {
                List<Object> all = pieces && before instanceof List<?> known ? list(known) : new ArrayList<>();
                all.addAll(list);
                into.put(name, all);
            } else if (value instanceof String && before instanceof String && TEXTS.contains(name)) {
                into.put(name, (String) before + value);
            } else if (value != null || !into.containsKey(name)) {
                into.put(name, value);
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> object(@Nullable Object json) {
        return (Map<String, @Nullable Object>) json;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object json) {
        return (List<Object>) json;
    }
}
