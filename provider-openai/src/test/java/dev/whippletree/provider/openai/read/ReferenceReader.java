package dev.whippletree.provider.openai.read;

import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AnswerEnd;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says what a message holds, to check the reader by. Shares no code with it: it has the whole message at once, binds
 * its JSON to plain maps and lists, and gives up by an exception. Confined to one thread.
 */
final class ReferenceReader {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Map<String, FinishReason> REASONS = Map.ofEntries(
            Map.entry("stop", FinishReason.STOP),
            Map.entry("eos", FinishReason.STOP),
            Map.entry("eos_token", FinishReason.STOP),
            Map.entry("stop_sequence", FinishReason.STOP),
            Map.entry("end_turn", FinishReason.STOP),
            Map.entry("length", FinishReason.LENGTH),
            Map.entry("max_tokens", FinishReason.LENGTH),
            Map.entry("tool_calls", FinishReason.TOOL_CALLS),
            Map.entry("function_call", FinishReason.TOOL_CALLS));

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<List<String>> calls = new ArrayList<>();
    private final List<List<String>> named = new ArrayList<>();
    private final Map<Long, List<String>> latest = new HashMap<>();
    private String model = Reading.MODEL;
    private @Nullable String reason;
    private Optional<TokenUsage> usage = Optional.empty();
    private Optional<String> id = Optional.empty();

    private ReferenceReader() {}

    /** It isn't an answer. */
    private static final class NoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoneException() {
            super("none", null, false, false);
        }
    }

    static Reading stream(byte[] bytes, boolean broken) {
        ReferenceReader reader = new ReferenceReader();
        try {
            for (ReferenceEvents.Event event : ReferenceEvents.of(bytes, broken)) {
                if (event.data().strip().equals("[DONE]")) {
                    break;
                }
                reader.take(event);
            }
            return reader.reading(Optional.of(reader.end()));
        } catch (NoneException e) {
            return reader.reading(Optional.empty());
        }
    }

    static Reading whole(byte[] bytes, boolean broken) {
        ReferenceReader reader = new ReferenceReader();
        try {
            require(!broken);
            reader.takeWhole(json(decoded(bytes)));
            return reader.reading(Optional.of(reader.end()));
        } catch (NoneException e) {
            return Reading.NOTHING;
        }
    }

    private void takeWhole(@Nullable Object json) {
        Map<?, ?> answer = object(json);
        about(answer);
        List<?> choices = list(answer.get("choices"));
        require(!choices.isEmpty());
        List<Map<?, ?>> zero = numberZero(choices);
        Map<?, ?> choice = zero.isEmpty() ? object(choices.get(0)) : zero.get(0);
        tell(object(choice.get("message")));
        reason = !calls.isEmpty() ? "tool_calls" : !text.isEmpty() ? "stop" : null;
        finish(choice);
    }

    private void take(ReferenceEvents.Event event) {
        if (event.data().isBlank()) {
            return;
        }
        require(!event.name().equals("error"));
        Object chunk;
        try {
            require(!event.garbled());
            Object data = json(event.data());
            if (data == null) {
                return;
            }
            chunk = object(data);
        } catch (NoneException e) {
            require(event.open() && reason != null);
            return;
        }
        takeChunk(object(chunk));
    }

    private void takeChunk(Map<?, ?> chunk) {
        about(chunk);
        if (chunk.get("choices") == null) {
            return;
        }
        for (Map<?, ?> choice : numberZero(list(chunk.get("choices")))) {
            if (choice.get("delta") != null) {
                tell(object(choice.get("delta")));
            }
            finish(choice);
        }
    }

    private void about(Map<?, ?> answer) {
        require(answer.get("error") == null);
        model = answer.get("model") instanceof String name && !name.isEmpty() ? name : model;
        id = answer.get("id") instanceof String name && !name.isEmpty() ? Optional.of(name) : id;
        if (answer.get("usage") instanceof Map<?, ?> said && count(said.get("prompt_tokens")) >= 0) {
            usage = Optional.of(new TokenUsage(
                    count(said.get("prompt_tokens")),
                    Math.max(0, count(said.get("completion_tokens"))),
                    detail(said.get("prompt_tokens_details"), "cached_tokens"),
                    detail(said.get("completion_tokens_details"), "reasoning_tokens")));
        }
    }

    private void finish(Map<?, ?> choice) {
        reason = choice.get("finish_reason") instanceof String said && !said.isEmpty() ? said : reason;
    }

    private AnswerEnd end() {
        require(named.size() == calls.size());
        FinishReason known = reason == null ? null : REASONS.get(reason.toLowerCase(Locale.ROOT));
        if (known == null) {
            throw new NoneException();
        }
        return new AnswerEnd(known, usage, model, id);
    }

    private Reading reading(Optional<AnswerEnd> end) {
        return new Reading(end, text.toString(), reasoning.toString(), List.copyOf(named));
    }

    private void tell(Map<?, ?> message) {
        Object thought = message.get("reasoning");
        if (!(thought instanceof String words) || words.isEmpty()) {
            thought = message.get("reasoning_content");
        }
        reasoning.append(thought instanceof String words ? words : "");
        text.append(content(message.get("content")));
        text.append(string(message.get("refusal")));
        tellCalls(message.get("tool_calls"));
        tellFunction(0, "", message.get("function_call"));
    }

    private static String content(@Nullable Object content) {
        if (!(content instanceof List<?> parts)) {
            return string(content);
        }
        StringBuilder joined = new StringBuilder();
        parts.forEach(part -> joined.append(string(object(part).get("text")))
                .append(string(object(part).get("refusal"))));
        return joined.toString();
    }

    private void tellCalls(@Nullable Object value) {
        List<?> list = value instanceof Map<?, ?> ? List.of(value) : value == null ? List.of() : list(value);
        for (int place = 0; place < list.size(); place++) {
            Map<?, ?> call = object(list.get(place));
            require(call.get("index") == null || count(call.get("index")) >= 0);
            long index = call.get("index") == null ? place : count(call.get("index"));
            tellFunction(index, call.get("id") instanceof String id ? id : "", call.get("function"));
        }
    }

    private void tellFunction(long index, String id, @Nullable Object value) {
        if (value == null) {
            return;
        }
        Map<?, ?> function = object(value);
        String name = string(function.get("name"));
        Object said = function.get("arguments");
        String arguments = said instanceof Map<?, ?> ? JSON.writeValueAsString(said) : string(said);
        List<String> call = latest.get(index);
        boolean other = call == null
                || !(call.get(0).isEmpty()
                        || id.isEmpty()
                        || name.isEmpty()
                        || call.get(0).equals(id));
        if (other && !(id + name + arguments).isEmpty()) {
            call = new ArrayList<>(List.of("", "", ""));
            latest.put(index, call);
            calls.add(call);
        }
        if (call != null) {
            call.set(0, call.get(0).isEmpty() ? id : call.get(0));
            call.set(2, call.get(2) + arguments);
            if (call.get(1).isEmpty() && !name.isEmpty()) {
                call.set(1, name);
                named.add(call);
            }
        }
    }

    private static List<Map<?, ?>> numberZero(List<?> choices) {
        List<Map<?, ?>> found = new ArrayList<>();
        for (int place = 0; place < choices.size(); place++) {
            boolean numbered = choices.get(place) instanceof Map<?, ?> choice && count(choice.get("index")) >= 0;
            if (numbered ? count(object(choices.get(place)).get("index")) == 0 : place == 0) {
                found.add(object(choices.get(place)));
            }
        }
        return found;
    }

    private static long detail(@Nullable Object details, String field) {
        return details instanceof Map<?, ?> map ? Math.max(0, count(map.get(field))) : 0;
    }

    /** Returns a whole number of 0 or more; -1 for everything else. */
    private static long count(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return Math.max(-1, Long.parseLong(value.toString()));
        }
        return -1;
    }

    private static String string(@Nullable Object value) {
        require(value == null || value instanceof String);
        return value == null ? "" : (String) value;
    }

    private static Map<?, ?> object(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new NoneException();
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new NoneException();
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new NoneException();
        }
    }

    private static @Nullable Object json(String text) {
        try {
            return JSON.readValue(text, Object.class);
        } catch (JacksonException e) {
            throw new NoneException();
        }
    }

    private static String decoded(byte[] bytes) {
        try {
            return withoutMark(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new NoneException();
        }
    }

    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
