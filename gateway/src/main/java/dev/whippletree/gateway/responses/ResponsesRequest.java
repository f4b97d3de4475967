package dev.whippletree.gateway.responses;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.PromptRequest;
import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters.Range;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request in the Responses protocol, read as a chat completion. Immutable.
 *
 * <p>It has the whole conversation: nothing is stored that it could refer to. Fields that it doesn't know are ignored,
 * since the protocol has many that only OpenAI's own service can follow.
 */
public final class ResponsesRequest implements PromptRequest {

    /** Fields that chat completions name the same, with the value that answers repeat if the request has none. */
    private static final Map<String, Object> PASSED = Map.of(
            "temperature", 1, "top_p", 1, "presence_penalty", 0, "frequency_penalty", 0, "service_tier", "default");

    /** Fields that the answer only repeats, as null if the request has none. */
    private static final List<String> REPEATED = List.of(
            "instructions", "max_output_tokens", "max_tool_calls", "prompt_cache_key", "safety_identifier", "user");

    /** What the answer repeats of the request. */
    final Map<String, @Nullable Object> echo = new LinkedHashMap<>();

    final Tools tools = new Tools();

    /** Whether the client keeps only reasoning that looks encrypted. */
    final boolean encrypted;

    private final Map<String, Object> chat = new LinkedHashMap<>();
    private final ChatBody body;
    private final boolean streaming;

    private ResponsesRequest(Fields fields) {
        refuseStoredState(fields);
        Optional<String> model = ChatBody.model(fields);
        streaming = fields.flag("stream").orElse(false);
        encrypted = readIncluded(fields);
        fields.whole("max_output_tokens").ifPresent(most -> {
            fields.check("max_output_tokens", Range.MAX_TOKENS, most);
            chat.put("max_tokens", most);
            echo.put("max_output_tokens", most);
        });
        Optional<String> instructions = fields.text("instructions");
        instructions.ifPresent(text -> echo.put("instructions", text));
        readTools(fields);
        List<Message> messages = messages(fields, instructions);
        echo.put("tool_choice", tools.offer(fields, chat));
        echo.put("parallel_tool_calls", chat.getOrDefault("parallel_tool_calls", true));
        readText(fields);
        readReasoning(fields);
        readPlain(fields);
        body = new ChatBody(model, messages, ChatBody.parameters(new Fields("", chat)));
    }

    private void readPlain(Fields fields) {
        PASSED.forEach((name, unset) -> {
            Optional<Object> value = fields.take(name).filter(given -> !given.equals(""));
            value.ifPresent(given -> chat.put(name, given));
            echo.put(name, value.orElse(unset));
        });
        REPEATED.forEach(name -> echo.putIfAbsent(name, fields.take(name).orElse(null)));
        echo.put("metadata", fields.take("metadata").orElse(Map.of()));
        echo.putAll(Map.of("background", false, "store", false, "truncation", "disabled"));
        echo.put("previous_response_id", null);
    }

    /**
     * Reads one.
     *
     * @throws dev.whippletree.chat.WrongFieldException if it isn't one, or needs what the gateway doesn't have
     */
    public static ResponsesRequest read(Fields fields) {
        return new ResponsesRequest(fields);
    }

    @Override
    public ChatBody body() {
        return body;
    }

    @Override
    public boolean streaming() {
        return streaming;
    }

    @Override
    public AnswerWriter writer(AnswerInfo info) {
        return new ResponsesWriter(this, info);
    }

    private static void refuseStoredState(Fields fields) {
        for (String field : List.of("previous_response_id", "conversation", "prompt")) {
            if (fields.take(field).isPresent()) {
                throw fields.wrong(field, "isn't supported, since the gateway stores nothing; send all of it as input");
            }
        }
        if (fields.flag("background").orElse(false)) {
            throw fields.wrong("background", "isn't supported; wait for the answer, or stream it");
        }
    }

    private boolean readIncluded(Fields fields) {
        List<?> included = fields.list("include").orElse(List.of());
        long top = fields.whole("top_logprobs").orElse(0L);
        echo.put("top_logprobs", top);
        if (top > 0) {
            chat.put("top_logprobs", top);
        }
        if (top > 0 || included.contains("message.output_text.logprobs")) {
            chat.put("logprobs", true);
        }
        return included.contains("reasoning.encrypted_content");
    }

    private void readTools(Fields fields) {
        List<?> offered = fields.list("tools").orElse(List.of());
        tools.read(fields.objects("tools", offered), "");
        echo.put("tools", offered.stream().map(ResponsesRequest::described).toList());
    }

    /** Answers repeat all fields of a function, also those that the request left out. */
    private static Object described(@Nullable Object tool) {
        Map<String, @Nullable Object> described = new LinkedHashMap<>();
        Map<String, Object> given = Fields.object("tools", tool).rest();
        if ("function".equals(given.get("type"))) {
            List.of("description", "parameters", "strict").forEach(field -> described.put(field, null));
        }
        described.putAll(given);
        return described;
    }

    private List<Message> messages(Fields fields, Optional<String> instructions) {
        Object input = fields.take("input").orElseThrow(() -> fields.wrong("input", "is missing"));
        ConversationReader conversation = new ConversationReader(tools);
        instructions.ifPresent(conversation::instruct);
        if (input instanceof String text) {
            conversation.user(new Content(text, List.of()));
        } else if (input instanceof List<?> list && !list.isEmpty()) {
            List<Fields> items = fields.objects("input", list);
            // Before all others: calls that stand before them may be of their tools.
            for (int index = 0; index < list.size(); index++) {
                if (list.get(index) instanceof Map<?, ?> item && "additional_tools".equals(item.get("type"))) {
                    tools.read(items.get(index).objects("tools"), "");
                }
            }
            items.forEach(conversation::item);
        } else {
            throw fields.wrong("input", "must be a string or a list with at least one item");
        }
        List<Message> messages = conversation.messages();
        if (messages.isEmpty()) {
            throw fields.wrong("input", "has no message");
        }
        return messages;
    }

    private void readText(Fields fields) {
        Map<String, Object> echoed = new LinkedHashMap<>(Map.of("format", Map.of("type", "text")));
        fields.object("text").ifPresent(text -> {
            text.text("verbosity").ifPresent(verbosity -> {
                chat.put("verbosity", verbosity);
                echoed.put("verbosity", verbosity);
            });
            text.object("format").ifPresent(format -> {
                echoed.put("format", format.rest());
                readFormat(format);
            });
        });
        echo.put("text", echoed);
    }

    private void readFormat(Fields format) {
        String type = format.needed("type");
        switch (type) {
            case "text" -> {}
            case "json_object" -> chat.put("response_format", Map.of("type", type));
            case "json_schema" -> {
                Map<String, Object> schema = new LinkedHashMap<>(Map.of("name", format.needed("name")));
                if (!format.rest().containsKey("schema")) {
                    throw format.wrong("schema", "is missing");
                }
                schema.putAll(format.rest());
                chat.put("response_format", Map.of("type", type, type, schema));
            }
            default -> throw format.wrong("type", "must be text, json_object or json_schema, not '" + type + "'");
        }
    }

    private void readReasoning(Fields fields) {
        Map<String, @Nullable Object> echoed = new LinkedHashMap<>();
        Optional<Fields> reasoning = fields.object("reasoning");
        for (String field : List.of("effort", "summary")) {
            echoed.put(field, reasoning.flatMap(given -> given.text(field)).orElse(null));
        }
        Optional.ofNullable(echoed.get("effort")).ifPresent(effort -> chat.put("reasoning_effort", effort));
        echo.put("reasoning", echoed);
    }
}
