package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.ChatAnswer;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.ToolCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes answers as chat-completions JSON, whole or as the chunks of a stream. Immutable. */
record AnswerWriter(WireFormat dialect, Instant now) {

    /** About the size of the pieces in which services stream. */
    private static final int CHARACTERS_PER_CHUNK = 24;

    private static final String ROLE = "role";
    private static final String CONTENT = "content";
    private static final String TOOL_CALLS = "tool_calls";
    private static final String FUNCTION = "function";
    private static final String ARGUMENTS = "arguments";

    String whole(ChatAnswer said) {
        Map<String, Object> answer = frame(said, "chat.completion");
        answer.put(
                "choices",
                List.of(choice("message", message(said), said.draft().finish().wireName())));
        answer.put("usage", dialect.usage(said));
        dialect.decorate(answer, said);
        return WireJson.write(answer);
    }

    /** Returns vectors as OpenAI sends them, in Base64 or as numbers. */
    String vectors(ChatAnswer said, boolean asBase64) {
        List<String> lines = said.draft().text().lines().toList();
        List<Map<String, Object>> data = new ArrayList<>();
        for (String line : lines) {
            data.add(Map.of(
                    "object",
                    "embedding",
                    "index",
                    data.size(),
                    "embedding",
                    asBase64 ? line : Embedding.decode(line)));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("object", "list");
        answer.put("data", data);
        answer.put("model", said.model());
        answer.put(
                "usage",
                Map.of(
                        "prompt_tokens",
                        said.draft().promptTokens(),
                        "total_tokens",
                        said.draft().promptTokens()));
        return WireJson.write(answer);
    }

    /** Returns vectors as Hugging Face's feature extraction sends them. */
    static String features(ChatAnswer said) {
        return WireJson.write(said.draft().text().lines().map(Embedding::decode).toList());
    }

    /**
     * Returns the chunks of a stream as events, {@code [DONE]} excluded: the first gives the role, the last the end.
     */
    List<String> events(ChatAnswer said, ChatRequest request) {
        List<String> events = new ArrayList<>();
        for (Map<String, Object> delta : deltas(message(said))) {
            Map<String, Object> chunk = chunk(said, delta, null);
            if (events.isEmpty()) {
                dialect.decorateFirst(chunk, said);
            }
            events.add(event(chunk));
        }
        Map<String, Object> last = chunk(said, Map.of(), said.draft().finish().wireName());
        dialect.decorateLast(last, said);
        events.add(event(last));
        if (request.includeUsage()) {
            Map<String, Object> usage = frame(said, "chat.completion.chunk");
            usage.put("choices", List.of());
            usage.put("usage", dialect.usage(said));
            events.add(event(usage));
        }
        return events;
    }

    static String event(String data) {
        return "data: " + data + "\n\n";
    }

    private static String event(Map<String, Object> chunk) {
        return event(WireJson.write(chunk));
    }

    private Map<String, Object> chunk(ChatAnswer said, Map<String, ?> delta, @Nullable String finishReason) {
        Map<String, Object> chunk = frame(said, "chat.completion.chunk");
        chunk.put("choices", List.of(choice("delta", delta, finishReason)));
        return chunk;
    }

    private static Map<String, Object> choice(String name, Map<String, ?> told, @Nullable String finishReason) {
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("index", 0);
        choice.put(name, told);
        choice.put("logprobs", null);
        choice.put("finish_reason", finishReason);
        return choice;
    }

    private static Map<String, Object> message(ChatAnswer said) {
        Map<String, Object> message = new LinkedHashMap<>(Map.of(ROLE, "assistant"));
        if (said.draft().scripted().isEmpty()) {
            message.put(
                    CONTENT,
                    said.draft().call().isPresent() ? null : said.draft().text());
            said.draft().call().ifPresent(call -> message.put(TOOL_CALLS, List.of(toolCall(call))));
            return message;
        }
        message.put(CONTENT, null);
        message.putAll(said.draft().scripted());
        return message;
    }

    private static List<Map<String, Object>> deltas(Map<String, Object> message) {
        Map<String, Object> opening = new LinkedHashMap<>(Map.of(ROLE, "assistant"));
        opening.put(CONTENT, message.get(CONTENT) == null ? null : "");
        List<Map<String, Object>> deltas = new ArrayList<>(List.of(opening));
        message.forEach((field, value) -> {
            if (field.equals(TOOL_CALLS)) {
                addCalls(deltas, (List<?>) value);
            } else if (value instanceof String text && !field.equals(ROLE)) {
                pieces(text).forEach(piece -> deltas.add(Map.of(field, piece)));
            } else if (value != null && !field.equals(ROLE)) {
                deltas.add(Map.of(field, value));
            }
        });
        return deltas;
    }

    private static void addCalls(List<Map<String, Object>> deltas, List<?> calls) {
        for (int index = 0; index < calls.size(); index++) {
            if (calls.get(index) instanceof Map<?, ?> call
                    && call.get(String.valueOf(call.get("type"))) instanceof Map<?, ?> tool) {
                addCall(deltas, index, call, tool);
            }
        }
    }

    /** Only the first part names the tool; the rest of its arguments or input follows by the call's index. */
    private static void addCall(List<Map<String, Object>> deltas, int index, Map<?, ?> call, Map<?, ?> tool) {
        String given = tool.containsKey(ARGUMENTS) ? ARGUMENTS : "input";
        List<String> pieces = pieces(String.valueOf(tool.get(given)));
        for (int number = 0; number < pieces.size(); number++) {
            boolean first = number == 0;
            Map<Object, Object> part = new LinkedHashMap<>(Map.of("index", index));
            Map<Object, Object> told = new LinkedHashMap<>(first ? tool : Map.of());
            part.putAll(first ? call : Map.of());
            told.put(given, pieces.get(number));
            part.put(String.valueOf(call.get("type")), told);
            if (deltas.size() > 1 || number + index > 0) {
                deltas.add(new LinkedHashMap<>());
            }
            deltas.get(deltas.size() - 1).put(TOOL_CALLS, List.of(part));
        }
    }

    private static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (int start = 0; start < text.length(); start += CHARACTERS_PER_CHUNK) {
            pieces.add(text.substring(start, Math.min(text.length(), start + CHARACTERS_PER_CHUNK)));
        }
        return pieces;
    }

    private static Map<String, Object> toolCall(ToolCall call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", call.id());
        json.put("type", FUNCTION);
        json.put(FUNCTION, Map.of("name", call.name(), ARGUMENTS, call.arguments()));
        return json;
    }

    private Map<String, Object> frame(ChatAnswer said, String object) {
        Map<String, Object> frame = new LinkedHashMap<>();
        frame.put("id", "chatcmpl-" + said.account() + "-" + said.number());
        frame.put("object", object);
        frame.put("created", now.getEpochSecond());
        frame.put("model", said.model());
        return frame;
    }
}
