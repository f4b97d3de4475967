package dev.whippletree.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One message of a conversation. Immutable.
 *
 * <pre>{@code
 * List<Message> conversation = List.of(
 *         Message.user("What's the weather in Paris?"),
 *         Message.assistant(completion),
 *         Message.tool(completion.toolCalls().get(0).id(), "sunny"));
 * }</pre>
 *
 * @param role its author
 * @param text its text; may be empty
 * @param parts content other than text, such as images, each a JSON object of the protocol; if not empty, it is the
 *     whole content and {@code text} is empty
 * @param toolCalls the functions that an {@link Role#ASSISTANT} message calls
 * @param toolCallId the id of the call that a {@link Role#TOOL} message answers
 * @param extras all other fields of the protocol's message ({@code name}, …) as JSON values in JDK types, sent
 *     unchanged
 */
public record Message(
        Role role,
        String text,
        List<Map<String, Object>> parts,
        List<ToolCall> toolCalls,
        Optional<String> toolCallId,
        Map<String, Object> extras) {

    /** The part's field that holds the numbers of a text's tokens. */
    private static final String TOKENS = "tokens";

    /** Fields with a component of their own, which mustn't be among the extras too. */
    private static final Set<String> RESERVED = Set.of("role", "content", "tool_calls", "tool_call_id");

    /** Copies mutable values and checks that text and parts aren't both given. */
    public Message {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(toolCallId, "toolCallId");
        parts = JsonValues.copyOfParts(parts);
        toolCalls = List.copyOf(toolCalls);
        if (!parts.isEmpty() && !text.isEmpty()) {
            throw new IllegalArgumentException("a message has either text or parts, not both");
        }
        extras = JsonValues.copyOfExtras(extras, RESERVED);
    }

    /** Creates a message without extras. */
    public Message(
            Role role,
            String text,
            List<Map<String, Object>> parts,
            List<ToolCall> toolCalls,
            Optional<String> toolCallId) {
        this(role, text, parts, toolCalls, toolCallId, Map.of());
    }

    /** Returns a message of text alone. */
    public static Message of(Role role, String text) {
        return new Message(role, text, List.of(), List.of(), Optional.empty());
    }

    /** Returns instructions to the model. */
    public static Message system(String text) {
        return of(Role.SYSTEM, text);
    }

    /** Returns a message from the user. */
    public static Message user(String text) {
        return of(Role.USER, text);
    }

    /** Returns a message from the user with images behind its text, which may be empty. */
    public static Message user(String text, Image... images) {
        Objects.requireNonNull(text, "text");
        if (Objects.requireNonNull(images, "images").length == 0) {
            return user(text);
        }
        List<Map<String, Object>> parts = new ArrayList<>();
        if (!text.isEmpty()) {
            parts.add(JsonValues.object("type", "text", "text", text));
        }
        for (Image image : images) {
            parts.add(image.toJson());
        }
        return new Message(Role.USER, "", parts, List.of(), Optional.empty());
    }

    /** Returns an earlier answer of the model. */
    public static Message assistant(String text) {
        return of(Role.ASSISTANT, text);
    }

    /** Returns an answer as part of the next prompt: its text, tool calls and refusal, without its reasoning. */
    public static Message assistant(Completion answer) {
        return new Message(
                Role.ASSISTANT,
                answer.text(),
                List.of(),
                answer.toolCalls(),
                Optional.empty(),
                answer.refusal()
                        .<Map<String, Object>>map(words -> Map.of("refusal", words))
                        .orElse(Map.of()));
    }

    /**
     * Returns a tool's result.
     *
     * @param callId the id of the {@link ToolCall} that it answers
     * @param result any text; for a failed tool what went wrong
     */
    public static Message tool(String callId, String result) {
        return new Message(Role.TOOL, result, List.of(), List.of(), Optional.of(callId));
    }

    /** Returns a text to embed that is given as its tokens' numbers. */
    public static Message tokens(List<? extends Number> tokens) {
        return new Message(Role.USER, "", List.of(Map.of(TOKENS, tokens)), List.of(), Optional.empty());
    }

    /** Returns the numbers of a text's tokens if it is given by them. */
    public Optional<List<?>> tokens() {
        return parts.size() == 1 && parts.get(0).get(TOKENS) instanceof List<?> tokens
                ? Optional.of(tokens)
                : Optional.empty();
    }

    /** Returns whether this can be embedded: it is a user's text, or its tokens. */
    boolean isInput() {
        return role == Role.USER
                && (parts.isEmpty() || tokens().isPresent())
                && toolCalls.isEmpty()
                && toolCallId.isEmpty()
                && extras.isEmpty();
    }

    /** Returns the length only, since messages mustn't be logged. */
    @Override
    public String toString() {
        return role.wireName() + " message of " + text.length() + " characters"
                + (parts.isEmpty() ? "" : " and " + parts.size() + " parts");
    }
}
