package dev.whippletree.gateway.responses;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads one request. Confined to one reading. */
final class RequestReader {

    /** What an answer repeats of its request, where the request says nothing. */
    private static final List<String> ECHOED_OR_NULL = List.of(
            "instructions",
            "max_output_tokens",
            "max_tool_calls",
            "previous_response_id",
            "prompt_cache_key",
            "safety_identifier",
            "user");

    private final Fields fields;
    private final Map<String, Object> chat = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> echo = new LinkedHashMap<>();
    private final Tools tools = new Tools();

    RequestReader(Fields fields) {
        this.fields = fields;
        ECHOED_OR_NULL.forEach(name -> echo.put(name, null));
        echo.put("background", false);
        echo.put("store", false);
        echo.put("truncation", "disabled");
        echo.put("service_tier", "default");
        echo.put("metadata", Map.of());
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it isn't one, or needs what the gateway doesn't have, saying where and why
     */
    ResponsesRequest read() {
        refuseStoredState();
        Optional<String> model = fields.text("model").filter(name -> !name.isBlank());
        boolean streaming = fields.flag("stream").orElse(false);
        List<?> offered = fields.list("tools").orElse(List.of());
        tools.read("tools", offered);
        List<Message> messages = messages();
        echo.put("tools", offered.stream().map(RequestReader::described).toList());
        echo.put("tool_choice", tools.offer(fields, chat));
        echo.put("parallel_tool_calls", chat.getOrDefault("parallel_tool_calls", true));
        readText();
        readReasoning();
        boolean encrypted = readIncluded();
        Parameters parameters = parameters();
        fields.take("metadata").ifPresent(metadata -> echo.put("metadata", metadata));
        return new ResponsesRequest(new ChatBody(model, messages, parameters), streaming, echo, tools, encrypted);
    }

    private void refuseStoredState() {
        refuse(
                "previous_response_id",
                "isn't supported: the gateway stores no answers; send the whole conversation as" + " input");
        refuse("conversation", "isn't supported: the gateway stores none; send the whole conversation as input");
        refuse("prompt", "isn't supported: the gateway stores no prompts; send its text as instructions or input");
        if (fields.flag("background").orElse(false)) {
            throw fields.wrong("background", "isn't supported: wait for the answer, or stream it");
        }
    }

    private void refuse(String field, String why) {
        if (fields.take(field).isPresent()) {
            throw fields.wrong(field, why);
        }
    }

    private List<Message> messages() {
        ConversationReader conversation = new ConversationReader(tools);
        fields.text("instructions").ifPresent(text -> {
            echo.put("instructions", text);
            conversation.instruct(text);
        });
        Object input = fields.take("input").orElseThrow(() -> fields.wrong("input", "is missing"));
        if (input instanceof String text) {
            conversation.user(new Content(text, List.of()));
        } else if (input instanceof List<?> list) {
            readItems(list, conversation);
        } else {
            throw fields.wrong("input", "must be a string or a list of items");
        }
        List<Message> messages = conversation.messages();
        if (messages.isEmpty() || input instanceof List<?> list && list.isEmpty()) {
            throw fields.wrong("input", "must have at least one message");
        }
        return messages;
    }

    private void readItems(List<?> list, ConversationReader conversation) {
        List<Fields> items = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            items.add(Fields.object("input[" + index + "]", list.get(index)));
        }
        for (int index = 0; index < list.size(); index++) {
            if (list.get(index) instanceof Map<?, ?> item && "additional_tools".equals(item.get("type"))) {
                Fields more = items.get(index);
                tools.read(more.at("tools"), more.list("tools").orElse(List.of()));
            }
        }
        items.forEach(conversation::item);
    }

    /** Clients expect these fields of a function. */
    private static Object described(@Nullable Object tool) {
        Map<String, @Nullable Object> described = new LinkedHashMap<>();
        if (tool instanceof Map<?, ?> given && "function".equals(given.get("type"))) {
            described.put("description", null);
            described.put("parameters", null);
            described.put("strict", null);
        }
        described.putAll(Fields.object("tools", tool).rest());
        return described;
    }

    private void readText() {
        Map<String, Object> echoed = new LinkedHashMap<>();
        echoed.put("format", Map.of("type", "text"));
        Optional<Fields> text = object("text");
        text.flatMap(given -> given.text("verbosity")).ifPresent(verbosity -> {
            chat.put("verbosity", verbosity);
            echoed.put("verbosity", verbosity);
        });
        text.flatMap(given -> given.take("format")).ifPresent(format -> {
            echoed.put("format", format);
            readFormat(Fields.object("text.format", format));
        });
        echo.put("text", echoed);
    }

    private void readFormat(Fields format) {
        String type = format.text("type").orElseThrow(() -> format.wrong("type", "is missing"));
        switch (type) {
            case "text" -> {}
            case "json_object" -> chat.put("response_format", Map.of("type", type));
            case "json_schema" -> {
                Map<String, Object> schema = new LinkedHashMap<>();
                schema.put("name", Tools.name(format));
                format.text("description").ifPresent(description -> schema.put("description", description));
                schema.put("schema", format.take("schema").orElseThrow(() -> format.wrong("schema", "is missing")));
                format.flag("strict").ifPresent(strict -> schema.put("strict", strict));
                chat.put("response_format", Map.of("type", type, type, schema));
            }
            default -> throw format.wrong("type", "must be text, json_object or json_schema, not '" + type + "'");
        }
    }

    private void readReasoning() {
        Map<String, @Nullable Object> echoed = new LinkedHashMap<>();
        Optional<Fields> reasoning = object("reasoning");
        Optional<String> effort = reasoning.flatMap(given -> given.text("effort"));
        effort.ifPresent(value -> chat.put("reasoning_effort", value));
        echoed.put("effort", effort.orElse(null));
        echoed.put("summary", reasoning.flatMap(given -> given.take("summary")).orElse(null));
        echo.put("reasoning", echoed);
    }

    private Optional<Fields> object(String field) {
        return fields.take(field).map(value -> Fields.object(field, value));
    }

    private boolean readIncluded() {
        List<?> included = fields.list("include").orElse(List.of());
        Optional<Long> top = fields.whole("top_logprobs");
        echo.put("top_logprobs", top.orElse(0L));
        if (top.orElse(0L) > 0 || included.contains("message.output_text.logprobs")) {
            chat.put("logprobs", true);
            top.ifPresent(most -> chat.put("top_logprobs", most));
        }
        return included.contains("reasoning.encrypted_content");
    }

    private Parameters parameters() {
        Optional<Double> temperature = fields.number("temperature");
        Optional<Double> topP = fields.number("top_p");
        Optional<Long> most = fields.whole("max_output_tokens");
        Optional<Double> presence = fields.number("presence_penalty");
        Optional<Double> frequency = fields.number("frequency_penalty");
        presence.ifPresent(value -> chat.put("presence_penalty", value));
        frequency.ifPresent(value -> chat.put("frequency_penalty", value));
        echo.put("temperature", temperature.orElse(1.0));
        echo.put("top_p", topP.orElse(1.0));
        echo.put("presence_penalty", presence.orElse(0.0));
        echo.put("frequency_penalty", frequency.orElse(0.0));
        most.ifPresent(tokens -> echo.put("max_output_tokens", tokens));
        for (String passed : List.of("user", "service_tier")) {
            fields.text(passed).filter(value -> !value.isBlank()).ifPresent(value -> {
                chat.put(passed, value);
                echo.put(passed, value);
            });
        }
        for (String repeated : List.of("max_tool_calls", "prompt_cache_key", "safety_identifier")) {
            fields.take(repeated).ifPresent(value -> echo.put(repeated, value));
        }
        return new Parameters(
                temperature.map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                topP.map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                most.map(tokens ->
                                OptionalInt.of((int) Math.max(Integer.MIN_VALUE, Math.min(tokens, Integer.MAX_VALUE))))
                        .orElseGet(OptionalInt::empty),
                OptionalLong.empty(),
                List.of(),
                chat);
    }
}
