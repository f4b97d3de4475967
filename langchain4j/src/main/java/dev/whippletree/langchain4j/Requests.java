package dev.whippletree.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.whippletree.Whippletree;
import dev.whippletree.config.ModelNames;
import dev.whippletree.model.CachePolicy;
import dev.whippletree.model.Prompt;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Translates requests into prompts. Immutable.
 *
 * @param whippletree whose routes the requests name
 * @param strictJsonSchema whether services must hold answers strictly to a schema
 * @param strictTools whether services must hold tool calls strictly to the tools' schemas
 * @param sendThinking whether earlier reasoning is sent
 * @param thinkingField the message's field that it is sent in
 */
record Requests(
        Whippletree whippletree,
        boolean strictJsonSchema,
        boolean strictTools,
        boolean sendThinking,
        String thinkingField) {

    /**
     * Returns the prompt for a request.
     *
     * @throws UnsupportedFeatureException if the request contains something that can't be passed on, naming it
     * @throws ModelNotFoundException if no route or model has the name that it gives
     * @throws IllegalArgumentException if a value is out of range
     */
    Prompt prompt(ChatRequest request) {
        WhippletreeChatRequestParameters parameters = WhippletreeChatRequestParameters.of(request.parameters());
        requireSupported(parameters);
        Prompt.Builder prompt = Prompt.builder();
        Messages messages = new Messages(sendThinking, thinkingField);
        request.messages().forEach(message -> prompt.message(messages.message(message)));
        parameters.customParameters().forEach(prompt::extra);
        given(parameters.modelName()).ifPresent(name -> choose(whippletree, name, prompt));
        putSampling(parameters, prompt);
        putTools(parameters, prompt);
        putResponseFormat(parameters.responseFormat(), prompt);
        putOwn(parameters, prompt);
        return prompt.build();
    }

    /**
     * Sets the route, model and account that a name stands for.
     *
     * @throws ModelNotFoundException if it stands for none
     */
    static void choose(Whippletree whippletree, String modelName, Prompt.Builder prompt) {
        ModelNames names = ModelNames.of(whippletree.configuration().routes());
        names.find(modelName)
                .orElseThrow(() -> new ModelNotFoundException(names.noneIsNamed(modelName)))
                .apply(prompt);
    }

    /** Refuses a parameter that the protocol doesn't have. */
    static void requireSupported(WhippletreeChatRequestParameters parameters) {
        if (parameters.topK() != null) {
            throw new UnsupportedFeatureException("'topK' parameter is not supported by the chat-completions protocol;"
                    + " if your service knows it, set customParameters(Map.of(\"top_k\", …))");
        }
    }

    private static void putSampling(WhippletreeChatRequestParameters parameters, Prompt.Builder prompt) {
        given(parameters.temperature()).ifPresent(prompt::temperature);
        given(parameters.topP()).ifPresent(prompt::topP);
        given(parameters.maxOutputTokens()).ifPresent(prompt::maxTokens);
        given(parameters.frequencyPenalty()).ifPresent(value -> prompt.extra("frequency_penalty", value));
        given(parameters.presencePenalty()).ifPresent(value -> prompt.extra("presence_penalty", value));
        given(parameters.stopSequences()).ifPresent(prompt::stop);
    }

    private static <T> Optional<T> given(@Nullable T value) {
        return Optional.ofNullable(value);
    }

    private void putTools(WhippletreeChatRequestParameters parameters, Prompt.Builder prompt) {
        if (parameters.toolSpecifications() != null
                && !parameters.toolSpecifications().isEmpty()) {
            prompt.extra(
                    "tools",
                    parameters.toolSpecifications().stream().map(this::tool).toList());
        }
        given(parameters.toolChoice())
                .ifPresent(choice -> prompt.extra("tool_choice", choice.name().toLowerCase(Locale.ROOT)));
    }

    private Map<String, Object> tool(ToolSpecification tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        if (tool.description() != null) {
            function.put("description", tool.description());
        }
        JsonObjectSchema parameters = tool.parameters();
        function.put(
                "parameters",
                schema(parameters == null ? JsonObjectSchema.builder().build() : parameters, strictTools));
        if (strictTools) {
            function.put("strict", true);
        }
        return Map.of("type", "function", "function", function);
    }

    private void putResponseFormat(ResponseFormat format, Prompt.Builder prompt) {
        if (format == null || format.type() == ResponseFormatType.TEXT) {
            return;
        }
        JsonSchema schema = format.jsonSchema();
        prompt.extra(
                "response_format",
                schema == null
                        ? Map.of("type", "json_object")
                        : Map.of(
                                "type",
                                "json_schema",
                                "json_schema",
                                Map.of(
                                        "name",
                                        Objects.requireNonNullElse(schema.name(), "answer"),
                                        "strict",
                                        strictJsonSchema,
                                        "schema",
                                        schema(schema.rootElement(), strictJsonSchema))));
    }

    private static Object schema(JsonSchemaElement element, boolean strict) {
        return json(JsonSchemaElementUtils.toMap(element, strict));
    }

    /** Makes lists of the arrays and other collections that LangChain4j has in schemas. */
    private static Object json(Object value) {
        if (value instanceof Map<?, ?> object) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            object.forEach((name, member) -> copy.put(name, json(member)));
            return copy;
        }
        if (value instanceof Object[] array) {
            return List.of(array);
        }
        return value instanceof Collection<?> items
                ? items.stream().map(Requests::json).toList()
                : value;
    }

    private static void putOwn(WhippletreeChatRequestParameters parameters, Prompt.Builder prompt) {
        given(parameters.session()).ifPresent(prompt::session);
        given(parameters.tenant()).ifPresent(prompt::tenant);
        given(parameters.priority()).ifPresent(prompt::priority);
        prompt.endWhenStalled(parameters.deadline() == null);
        given(parameters.deadline())
                .ifPresent(parameters.deadlineForFirstPiece() ? prompt::firstPieceWithin : prompt::deadline);
        given(parameters.cachePolicy()).ifPresent(policy -> put(policy, prompt));
        given(parameters.question()).ifPresent(prompt::question);
        given(parameters.seed()).ifPresent(prompt::seed);
    }

    private static void put(CachePolicy policy, Prompt.Builder prompt) {
        if (!policy.read()) {
            prompt.noCache();
        }
        if (!policy.store()) {
            prompt.noStore();
        }
        policy.ttl().ifPresent(prompt::ttl);
    }
}
