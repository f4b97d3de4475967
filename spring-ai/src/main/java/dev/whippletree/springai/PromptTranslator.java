package dev.whippletree.springai;

import dev.whippletree.config.ModelNames;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.util.JacksonUtils;
import tools.jackson.core.JacksonException;

/** Translates a prompt of Spring AI into one of Whippletree. Stateless. */
final class PromptTranslator {

    private PromptTranslator() {}

    /**
     * Translates a prompt.
     *
     * @param from the prompt, with all options that apply
     * @param routes the configured routes, the default one first
     * @param streaming whether its answer is streamed
     * @throws UnsupportedOptionException if a part of it can't be passed on
     * @throws NonTransientAiException if a part of it is wrong
     */
    static Prompt translate(
            org.springframework.ai.chat.prompt.Prompt from, List<RouteSettings> routes, boolean streaming) {
        Prompt.Builder prompt = Prompt.builder().endWhenStalled();
        try {
            from.getInstructions()
                    .forEach(message -> MessageTranslator.translate(message).forEach(prompt::message));
            ChatOptions options = from.getOptions();
            if (options != null) {
                options(prompt, options, routes, streaming);
            }
            return prompt.build();
        } catch (IllegalArgumentException e) {
            throw new NonTransientAiException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Sets the route, model and account that a name stands for.
     *
     * @throws NonTransientAiException if it stands for none
     */
    static void choose(Prompt.Builder prompt, String name, List<RouteSettings> routes) {
        ModelNames names = ModelNames.of(routes);
        names.find(name)
                .orElseThrow(() -> new NonTransientAiException(names.noneIsNamed(name)))
                .apply(prompt);
    }

    private static void options(
            Prompt.Builder prompt, ChatOptions options, List<RouteSettings> routes, boolean streaming) {
        PortableOptions.require(options);
        if (options.getTopK() != null) {
            throw new UnsupportedOptionException(
                    "topK",
                    "the chat-completions protocol has no such field; if your service knows one, put top_k into"
                            + " WhippletreeChatOptions.extraBody");
        }
        given(options.getModel()).filter(name -> !name.isBlank()).ifPresent(name -> choose(prompt, name, routes));
        given(options.getTemperature()).ifPresent(prompt::temperature);
        given(options.getTopP()).ifPresent(prompt::topP);
        given(options.getMaxTokens()).ifPresent(prompt::maxTokens);
        given(options.getStopSequences()).ifPresent(prompt::stop);
        given(options.getFrequencyPenalty()).ifPresent(value -> prompt.extra("frequency_penalty", value));
        given(options.getPresencePenalty()).ifPresent(value -> prompt.extra("presence_penalty", value));
        if (options instanceof WhippletreeChatOptions own) {
            own(prompt, own, streaming);
        }
        if (options instanceof ToolCallingChatOptions tools) {
            List<Map<String, Object>> functions = given(tools.getToolCallbacks()).orElse(List.of()).stream()
                    .map(PromptTranslator::function)
                    .toList();
            if (!functions.isEmpty()) {
                prompt.extra("tools", functions);
            }
        }
        if (options instanceof StructuredOutputChatOptions structured) {
            given(structured.getOutputSchema()).ifPresent(schema -> prompt.extra("response_format", format(schema)));
        }
    }

    private static void own(Prompt.Builder prompt, WhippletreeChatOptions options, boolean streaming) {
        options.getExtraBody().forEach(prompt::extra);
        given(options.getSeed()).ifPresent(prompt::seed);
        given(options.getTenant()).ifPresent(prompt::tenant);
        given(options.getSession()).ifPresent(prompt::session);
        prompt.priority(given(options.getPriority()).orElse(Priority.INTERACTIVE));
        given(options.getDeadline()).ifPresent(deadline -> {
            prompt.endWhenStalled(false);
            if (streaming) {
                prompt.firstPieceWithin(deadline);
            } else {
                prompt.deadline(deadline);
            }
        });
        if (Boolean.FALSE.equals(options.getCacheRead())) {
            prompt.noCache();
        }
        if (Boolean.FALSE.equals(options.getCacheStore())) {
            prompt.noStore(); // A time to live may come from the model's own options, for other prompts.
        } else {
            given(options.getCacheTtl()).ifPresent(prompt::ttl);
        }
    }

    private static Map<String, Object> function(ToolCallback tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", tool.getToolDefinition().name());
        function.put("description", tool.getToolDefinition().description());
        function.put(
                "parameters",
                json(
                        tool.getToolDefinition().inputSchema(),
                        "the input schema of the tool "
                                + tool.getToolDefinition().name()));
        return Map.of("type", "function", "function", function);
    }

    private static Map<String, Object> format(String schema) {
        return Map.of(
                "type",
                "json_schema",
                "json_schema",
                Map.of("name", "answer", "strict", true, "schema", json(schema, "outputSchema")));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(String text, String what) {
        try {
            Map<String, Object> object = JacksonUtils.getDefaultJsonMapper().readValue(text, Map.class);
            if (object == null) {
                throw new IllegalArgumentException(what + " isn't a JSON object: null");
            }
            return object;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(what + " isn't a JSON object: " + e.getOriginalMessage(), e);
        }
    }

    private static <T> Optional<T> given(@Nullable T value) {
        return Optional.ofNullable(value);
    }
}
