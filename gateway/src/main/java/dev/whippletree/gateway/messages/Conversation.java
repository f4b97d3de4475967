package dev.whippletree.gateway.messages;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.ToolCallIds;
import dev.whippletree.model.Message;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The conversation of a request, as messages of a chat completion. Confined to one reading.
 *
 * <p>Results of tools become messages of their own, before the rest of the message that has them. Images and documents
 * among them follow in the user's message, since results of chat completions are text.
 */
final class Conversation {

    /** Separates texts that stand in one message, but aren't one text. */
    private static final String PARAGRAPH = "\n\n";

    /** What Claude Code tells Anthropic's servers in a system prompt; it isn't for the model. */
    private static final String FOR_SERVERS = "x-anthropic-billing-header:";

    private final List<Message> messages = new ArrayList<>();

    /**
     * Those since the last other message. Results come before them: services want results right after the calls, and
     * some clients put instructions between them.
     */
    private final List<Message> instructions = new ArrayList<>();

    private final ToolCallIds calls = new ToolCallIds();
    private final ToolsReader tools;
    private Optional<String> effort = Optional.empty();

    Conversation(Fields request, ToolsReader tools) {
        this.tools = tools;
        system(Blocks.in(request, "system"));
        request.objects("messages").forEach(this::read);
        endInstructions();
        if (messages.isEmpty()) {
            throw request.wrong("messages", "must have at least one message with content");
        }
    }

    List<Message> messages() {
        return messages;
    }

    /** Returns the effort that the latest system message among the others sets; empty: none sets any. */
    Optional<String> effort() {
        return effort;
    }

    private void read(Fields message) {
        String role = message.needed("role");
        Optional<Fields> output = message.object("output_config");
        List<Fields> blocks = Blocks.in(message, "content");
        switch (role) {
            case "user" -> user(blocks);
            case "assistant" -> assistant(blocks);
            case "system" -> {
                effort = output.flatMap(config -> config.text("effort")).or(() -> effort);
                system(blocks);
            }
            default -> throw message.wrong("role", "must be user, assistant or system, not '" + role + "'");
        }
    }

    private void system(List<Fields> blocks) {
        List<String> texts = new ArrayList<>();
        for (Fields block : blocks) {
            String type = block.needed("type");
            switch (type) {
                case "text" -> texts.add(block.needed("text"));
                case "tool_addition", "tool_removal" ->
                    block.object("tool")
                            .flatMap(tool -> tool.object("definition"))
                            .ifPresent(tools::add);
                default -> throw Blocks.unknown(block, type, "text");
            }
        }
        texts.removeIf(text -> text.startsWith(FOR_SERVERS));
        if (!texts.isEmpty()) {
            instructions.add(Message.system(String.join(PARAGRAPH, texts)));
        }
    }

    private void user(List<Fields> blocks) {
        List<Map<String, Object>> parts = new ArrayList<>();
        for (Fields block : blocks) {
            String type = block.needed("type");
            if (type.equals("tool_result")) {
                result(block, parts);
            } else {
                parts.addAll(Blocks.parts(block, type));
            }
        }
        if (parts.stream().allMatch(Blocks::isText)) {
            if (!parts.isEmpty()) {
                add(Message.user(joined(parts)));
            }
        } else {
            add(new Message(Role.USER, "", parts, List.of(), Optional.empty()));
        }
    }

    /** Adds a message for a result, and what can't stand in it to the parts of the user's message. */
    private void result(Fields result, List<Map<String, Object>> others) {
        String id = result.needed("tool_use_id");
        calls.answered(result, "tool_use_id", id);
        List<Map<String, Object>> texts = new ArrayList<>();
        List<Map<String, Object>> attached = new ArrayList<>();
        for (Fields block : Blocks.in(result, "content")) {
            Blocks.parts(block, block.needed("type"))
                    .forEach(part -> (Blocks.isText(part) ? texts : attached).add(part));
        }
        if (!attached.isEmpty()) {
            texts.add(Blocks.textPart("(What this result consists of besides text follows in the next message.)"));
            others.add(Blocks.textPart("Of the result of tool call " + id + ":"));
            others.addAll(attached);
        }
        String failed = result.flag("is_error").orElse(false) ? "Error: " : "";
        messages.add(new Message(Role.TOOL, failed + joined(texts), List.of(), List.of(), Optional.of(id)));
    }

    private void add(Message message) {
        endInstructions();
        messages.add(message);
    }

    private void endInstructions() {
        messages.addAll(instructions);
        instructions.clear();
    }

    private void assistant(List<Fields> blocks) {
        StringBuilder text = new StringBuilder();
        StringBuilder thoughts = new StringBuilder();
        List<ToolCall> called = new ArrayList<>();
        for (Fields block : blocks) {
            String type = block.needed("type");
            switch (type) {
                case "text" -> text.append(block.needed("text"));
                case "thinking" -> thoughts.append(block.text("thinking").orElse(""));
                case "tool_use" -> called.add(call(block));
                case "compaction" -> text.append(block.text("content").orElse(""));
                default -> {
                    if (!Blocks.isForServers(type)) {
                        throw Blocks.unknown(block, type, "text, thinking, redacted_thinking and tool_use");
                    }
                }
            }
        }
        Map<String, Object> extras = thoughts.isEmpty() ? Map.of() : Map.of("reasoning_content", thoughts.toString());
        if (!text.isEmpty() || !called.isEmpty()) {
            add(new Message(Role.ASSISTANT, text.toString(), List.of(), called, Optional.empty(), extras));
        }
    }

    private ToolCall call(Fields block) {
        String id = block.needed("id");
        calls.called(block, "id", id);
        Map<String, Object> input = block.object("input").map(Fields::whole).orElse(Map.of());
        return new ToolCall(id, block.needed("name"), GatewayJson.text(input));
    }

    private static String joined(List<Map<String, Object>> texts) {
        return String.join(
                PARAGRAPH,
                texts.stream().map(part -> String.valueOf(part.get("text"))).toList());
    }
}
