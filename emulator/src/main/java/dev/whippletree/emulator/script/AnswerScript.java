package dev.whippletree.emulator.script;

import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.ChatRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers that are written beforehand, for chosen conversations: lets tests of agents know which tools are called.
 * Immutable.
 *
 * @param conversations asked in order; the first that applies gives the answer
 */
public record AnswerScript(List<Conversation> conversations)
        implements Function<ChatRequest, Optional<Map<String, Object>>> {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public AnswerScript {
        conversations = List.copyOf(conversations);
    }

    /**
     * Reads a script: a JSON array of conversations, whose fields are called as {@link Conversation}'s components.
     *
     * @throws IllegalArgumentException if it isn't one, saying why
     */
    public static AnswerScript read(String json) {
        try {
            List<Conversation> read = MAPPER.readValue(json, new TypeReference<List<Conversation>>() {});
            if (read == null || read.stream().anyMatch(Objects::isNull)) {
                throw noScript("null is no conversation", null);
            }
            return new AnswerScript(read);
        } catch (JacksonException e) {
            throw noScript(e.getOriginalMessage(), e);
        }
    }

    private static IllegalArgumentException noScript(String why, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "no script of answers: " + why + "; write, for example,"
                        + " [{\"when\": \"Say hello\", \"answers\": [{\"content\": \"Hello!\"}]}]",
                cause);
    }

    @Override
    public Optional<Map<String, Object>> apply(ChatRequest request) {
        return conversations.stream()
                .flatMap(conversation -> conversation.pick(request).stream())
                .findFirst();
    }

    private static Set<Object> names(@Nullable Object tools) {
        return tools instanceof List<?> list
                ? list.stream()
                        .flatMap(tool -> tool instanceof Map<?, ?> fields
                                        && fields.get(String.valueOf(fields.get("type"))) instanceof Map<?, ?> own
                                ? Stream.ofNullable(own.get("name"))
                                : Stream.empty())
                        .collect(Collectors.toSet())
                : Set.of();
    }

    /**
     * The answers to one conversation. How many assistant messages follow the latest user message that has the text
     * chooses the answer; so a request that comes again gets the same one. Immutable.
     *
     * @param when a text that a user's message has
     * @param answers assistant messages as on the wire, in their order. After the last, and where a request doesn't
     *     offer the tools of its answer, there is no scripted answer
     */
    public record Conversation(String when, List<Map<String, Object>> answers) {

        public Conversation {
            if (Objects.requireNonNullElse(when, "").isEmpty()) {
                throw new IllegalArgumentException("'when' must be a text of a user's message");
            }
            answers = List.copyOf(Objects.requireNonNull(answers, "'answers' must be a list"));
        }

        private Optional<Map<String, Object>> pick(ChatRequest request) {
            int turn = 0;
            for (int at = request.messages().size() - 1; at >= 0; at--) {
                ChatMessage message = request.messages().get(at);
                if (message.role().equals("user") && message.text().contains(when)) {
                    return answers.stream()
                            .skip(turn)
                            .findFirst()
                            .filter(answer ->
                                    names(request.others().get("tools")).containsAll(names(answer.get("tool_calls"))));
                }
                turn += message.role().equals("assistant") ? 1 : 0;
            }
            return Optional.empty();
        }
    }
}
