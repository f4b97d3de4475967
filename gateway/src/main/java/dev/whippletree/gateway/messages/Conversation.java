package dev.whippletree.gateway.messages;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.ToolCallIds;
import dev.whippletree.model.Message;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    private final ToolCallIds calls = new ToolCallIds();
    private final Tools tools;
    private Optional<String> effort = Optional.empty();

    /**
     * Takes the system prompt and the messages from a request.
     *
     * @param tools receives what messages change of the tools
     */
    Conversation(Fields request, Tools tools) {
        this.tools = tools;
        system(Blocks.in(request, "system"));
        List<?> list = request.list("messages").orElseThrow(() -> request.wrong("messages", "is missing"));
        if (list.isEmpty()) {
            throw request.wrong("messages", "must have at least one message");
        }
        int lastOfUser = lastOfUser(list);
        for (int index = 0; index < list.size(); index++) {
            read(Fields.object(request.at("messages") + "[" + index + "]", list.get(index)), index < lastOfUser);
        }
        if (messages.isEmpty()) {
            throw request.wrong("messages", "must have a message with content");
        }
    }

    /** Returns the messages. */
    List<Message> messages() {
        return messages;
    }

    /** Returns the effort that the latest system message among the others sets; empty: none sets any. */
    Optional<String> effort() {
        return effort;
    }

    private static int lastOfUser(List<?> list) {
        int index = list.size() - 1;
        while (index >= 0 && !(list.get(index) instanceof Map<?, ?> message && "user".equals(message.get("role")))) {
            index--;
        }
        return index;
    }

    private void read(Fields message, boolean userSpokeSince) {
        String role = message.text("role").orElseThrow(() -> message.wrong("role", "is missing"));
        Optional<Fields> output =
                message.take("output_config").map(value -> Fields.object(message.at("output_config"), value));
        boolean cleared = message.text("clear_at").equals(Optional.of("next_user_message")) && userSpokeSince;
        List<Fields> blocks = Blocks.in(message, "content");
        switch (role) {
            case "user" -> user(blocks);
            case "assistant" -> assistant(blocks);
            case "system" -> {
                effort = output.flatMap(config -> config.text("effort")).or(() -> effort);
                if (!cleared) {
                    system(blocks);
                }
            }
            default -> throw message.wrong("role", "must be user, assistant or system, not '" + role + "'");
        }
    }

    private void system(List<Fields> blocks) {
        List<String> texts = new ArrayList<>();
        for (Fields block : blocks) {
            String type = Blocks.type(block);
            switch (type) {
                case "text" -> texts.add(Blocks.text(block));
                case "tool_addition", "tool_removal" -> tools.change(block, type.equals("tool_addition"));
                default -> throw Blocks.unknown(block, type, "text");
            }
        }
        texts.removeIf(text -> text.startsWith(FOR_SERVERS));
        if (!texts.isEmpty()) {
            messages.add(Message.system(String.join(PARAGRAPH, texts)));
        }
    }

    private void user(List<Fields> blocks) {
        List<Map<String, Object>> parts = new ArrayList<>();
        for (Fields block : blocks) {
            String type = Blocks.type(block);
            if (type.equals("tool_result")) {
                result(block, parts);
            } else {
                parts.addAll(Blocks.parts(block, type));
            }
        }
        if (parts.stream().allMatch(Blocks::isText)) {
            if (!parts.isEmpty()) {
                messages.add(Message.user(joined(parts)));
            }
        } else {
            messages.add(new Message(Role.USER, "", parts, List.of(), Optional.empty()));
        }
    }

    /** Adds a message for a result, and what can't stand in it to the parts of the user's message. */
    private void result(Fields result, List<Map<String, Object>> others) {
        String id = result.text("tool_use_id").orElseThrow(() -> result.wrong("tool_use_id", "is missing"));
        calls.answered(result, "tool_use_id", id);
        List<Map<String, Object>> texts = new ArrayList<>();
        List<Map<String, Object>> attached = new ArrayList<>();
        for (Fields block : Blocks.in(result, "content")) {
            Blocks.parts(block, Blocks.type(block)).forEach(part -> (Blocks.isText(part) ? texts : attached).add(part));
        }
        if (!attached.isEmpty()) {
            texts.add(Blocks.textPart("(What this result consists of besides text follows in the next message.)"));
            others.add(Blocks.textPart("Of the result of tool call " + id + ":"));
            others.addAll(attached);
        }
        String failed = result.flag("is_error").orElse(false) ? "Error: " : "";
        messages.add(
                afterCalls(), new Message(Role.TOOL, failed + joined(texts), List.of(), List.of(), Optional.of(id)));
    }

    /** Services want results right after the calls; some clients put instructions between them. */
    private int afterCalls() {
        int index = messages.size();
        while (index > 0 && messages.get(index - 1).role() == Role.SYSTEM) {
            index--;
        }
        return index;
    }

    private void assistant(List<Fields> blocks) {
        StringBuilder text = new StringBuilder();
        StringBuilder thoughts = new StringBuilder();
        List<ToolCall> called = new ArrayList<>();
        for (Fields block : blocks) {
            String type = Blocks.type(block);
            switch (type) {
                case "text" -> text.append(Blocks.text(block));
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
        Map<String, Object> extras = new LinkedHashMap<>();
        if (!thoughts.isEmpty()) {
            extras.put("reasoning_content", thoughts.toString());
        }
        if (!text.isEmpty() || !called.isEmpty()) {
            messages.add(new Message(Role.ASSISTANT, text.toString(), List.of(), called, Optional.empty(), extras));
        }
    }

    private ToolCall call(Fields block) {
        String id = block.text("id").orElseThrow(() -> block.wrong("id", "is missing"));
        calls.called(block, "id", id);
        String name = block.text("name").orElseThrow(() -> block.wrong("name", "is missing"));
        Object input = block.take("input").orElse(Map.of());
        byte[] json = GatewayJson.write(Fields.object(block.at("input"), input).rest());
        return new ToolCall(id, name, new String(json, StandardCharsets.UTF_8));
    }

    private static String joined(List<Map<String, Object>> texts) {
        return String.join(
                PARAGRAPH,
                texts.stream().map(part -> String.valueOf(part.get("text"))).toList());
    }
}
