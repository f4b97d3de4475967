package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.ChatRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

public final class RequestReader {

    private static final Set<String> PARTS =
            Set.of("model", "messages", "max_tokens", "max_completion_tokens", "stream", "stream_options");

    private RequestReader() {}

    /**
     * Reads the body of a chat-completions request.
     *
     * @throws IllegalArgumentException if it isn't a request, saying why
     */
    public static ChatRequest read(byte[] body) {
        Map<String, Object> fields = WireJson.readObject(body);
        if (!(fields.get("model") instanceof String model) || model.isEmpty()) {
            throw new IllegalArgumentException("'model' is missing");
        }
        if (!(fields.get("messages") instanceof List<?> messages)) {
            throw new IllegalArgumentException("'messages' is missing");
        }
        return new ChatRequest(
                model,
                messages(messages),
                maxTokens(fields),
                Boolean.TRUE.equals(fields.get("stream")),
                fields.get("stream_options") instanceof Map<?, ?> options
                        && Boolean.TRUE.equals(options.get("include_usage")),
                others(fields, messages));
    }

    /**
     * Reads the body of an embeddings request, as OpenAI has it.
     *
     * @throws IllegalArgumentException if it isn't one, saying why
     */
    public static ChatRequest readEmbedding(byte[] body) {
        Map<String, Object> fields = WireJson.readObject(body);
        if (!(fields.remove("model") instanceof String model) || model.isEmpty()) {
            throw new IllegalArgumentException("'model' is missing");
        }
        return embedding(model, "input", fields);
    }

    /**
     * Reads the body of a request for feature extraction, as Hugging Face has it.
     *
     * @param model the model, which the path names
     * @throws IllegalArgumentException if it isn't one, saying why
     */
    public static ChatRequest readFeatures(String model, byte[] body) {
        return embedding(model, "inputs", WireJson.readObject(body));
    }

    private static ChatRequest embedding(String model, String field, Map<String, Object> fields) {
        Object input = fields.remove(field);
        fields.values().removeIf(Objects::isNull);
        List<?> items = input instanceof List<?> list && !(first(list) instanceof Number)
                ? list
                : Collections.singletonList(input);
        boolean texts = items.stream().allMatch(String.class::isInstance);
        if (!texts && !items.stream().allMatch(RequestReader::isTokens)) {
            throw new IllegalArgumentException("'" + field + "' must be a text, texts, tokens or arrays of tokens");
        }
        return ChatRequest.embedding(
                model, items.stream().map(ChatMessage::input).toList(), fields);
    }

    private static @Nullable Object first(List<?> list) {
        return list.isEmpty() ? null : list.get(0);
    }

    private static boolean isTokens(@Nullable Object item) {
        return item instanceof List<?> tokens
                && !tokens.isEmpty()
                && tokens.stream().allMatch(token -> token instanceof Integer number && number >= 0);
    }

    private static List<ChatMessage> messages(List<?> messages) {
        List<ChatMessage> read = new ArrayList<>(messages.size());
        for (Object message : messages) {
            if (!(message instanceof Map<?, ?> fields) || !(fields.get("role") instanceof String role)) {
                throw new IllegalArgumentException("a message has no role");
            }
            read.add(new ChatMessage(role, text(fields.get("content"))));
        }
        return read;
    }

    private static String text(@Nullable Object content) {
        if (content instanceof List<?> parts) {
            return ChatMessage.textOf(parts);
        }
        return content == null ? "" : content.toString();
    }

    private static OptionalLong maxTokens(Map<String, Object> fields) {
        Object newer = fields.get("max_completion_tokens");
        Object given = newer == null ? fields.get("max_tokens") : newer;
        return given instanceof Number number ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
    }

    private static Map<String, Object> others(Map<String, Object> fields, List<?> messages) {
        Map<String, Object> others = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (value != null && !PARTS.contains(name)) {
                others.put(name, value);
            }
        });
        if (messages.stream().anyMatch(message -> message instanceof Map<?, ?> each && each.containsKey("name"))) {
            others.put("messages[].name", true);
        }
        return others;
    }
}
