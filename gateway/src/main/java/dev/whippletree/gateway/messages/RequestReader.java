package dev.whippletree.gateway.messages;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads requests. What a chat completion has no place for is ignored, unless the answer would lack what it demands.
 * Stateless.
 */
final class RequestReader {

    /** Efforts above the highest that most services of chat completions know. */
    private static final Set<String> ABOVE_HIGH = Set.of("xhigh", "max");

    private RequestReader() {}

    /**
     * Reads one.
     *
     * @param answered whether it needs {@code max_tokens}, as one that is answered does
     */
    static MessagesRequest read(Fields fields, boolean answered) {
        refuseWhatServersKeep(fields);
        Optional<Long> maxTokens = fields.whole("max_tokens");
        if (answered && maxTokens.isEmpty()) {
            throw fields.wrong("max_tokens", "is missing");
        }
        Tools tools = new Tools(fields);
        Conversation conversation = new Conversation(fields, tools);
        Map<String, Object> extras = new LinkedHashMap<>();
        tools.put(fields, extras);
        Optional<String> thinking = inner(fields, "thinking").flatMap(config -> config.text("type"));
        Optional<Fields> output = inner(fields, "output_config");
        Optional<String> effort = output.flatMap(config -> config.text("effort"));
        if (!thinking.equals(Optional.of("disabled"))) {
            conversation.effort().or(() -> effort).ifPresent(asked -> extras.put("reasoning_effort", effort(asked)));
        }
        output.flatMap(config -> inner(config, "format"))
                .or(() -> inner(fields, "output_format"))
                .ifPresent(format -> extras.put("response_format", OutputFormat.of(format)));
        fields.whole("top_k").ifPresent(most -> extras.put("top_k", most));
        Parameters parameters = new Parameters(
                fields.number("temperature").map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                fields.number("top_p").map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                maxTokens
                        .map(most -> OptionalInt.of((int) Math.max(-1, Math.min(most, Integer.MAX_VALUE))))
                        .orElseGet(OptionalInt::empty),
                OptionalLong.empty(),
                stop(fields),
                extras);
        Optional<String> model = fields.text("model").filter(name -> !name.isBlank());
        return new MessagesRequest(
                new ChatBody(model, conversation.messages(), parameters),
                fields.flag("stream").orElse(false),
                thinking.filter(type -> !type.equals("disabled")).isPresent());
    }

    /**
     * Anthropic's libraries know these codes, and then send the whole conversation without {@code thread}, as they do
     * to every server without threads.
     */
    private static void refuseWhatServersKeep(Fields fields) {
        Optional<Fields> thread = inner(fields, "thread");
        if (thread.isPresent()) {
            boolean continued = thread.get().text("type").equals(Optional.of("continue"));
            throw new RequestException(ApiError.wrong(
                            "thread",
                            "this gateway keeps no conversations: send the whole conversation, without 'thread'")
                    .withDetails(
                            continued
                                    ? Map.of("error_code", "thread_not_found")
                                    : Map.of(
                                            "error_code",
                                            "thread_unsupported_request",
                                            "unsupported",
                                            List.of("thread"))));
        }
        if (fields.take("compaction").isPresent()) {
            throw fields.wrong("compaction", "isn't supported by this gateway: let the client summarize by a prompt");
        }
    }

    private static Optional<Fields> inner(Fields fields, String field) {
        return fields.take(field).map(value -> Fields.object(fields.at(field), value));
    }

    private static String effort(String asked) {
        return ABOVE_HIGH.contains(asked) ? "high" : asked;
    }

    private static List<String> stop(Fields fields) {
        List<?> texts = fields.list("stop_sequences").orElse(List.of());
        if (!texts.stream().allMatch(String.class::isInstance)) {
            throw fields.wrong("stop_sequences", "must be a list of strings");
        }
        return texts.stream().map(String.class::cast).toList();
    }
}
