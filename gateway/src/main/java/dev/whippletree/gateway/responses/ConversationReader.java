package dev.whippletree.gateway.responses;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.ToolCallIds;
import dev.whippletree.model.Message;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the items of a conversation as messages of chat completions. Confined to one reading.
 *
 * <p>What the model said and called in a row is one message, and so are instructions in a row: services' templates want
 * it so. Images and files in a tool's result follow it in a message of the user, since a tool's message has only text.
 */
final class ConversationReader {

    /** Calls that a service has made and answered itself. */
    private static final Pattern HOSTED = Pattern.compile(
            "(web_search|file_search|code_interpreter|image_generation|mcp|tool_search)_call|mcp_list_tools|tool_search_output");

    private static final String FOLLOWS = "The result follows in the user's next message.";

    private final Tools tools;
    private final ToolCallIds ids = new ToolCallIds();
    private final List<Message> messages = new ArrayList<>();
    private final StringBuilder instructions = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder said = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private final List<Map<String, Object>> shown = new ArrayList<>();

    /** Prepares a reading; the tools have been read. */
    ConversationReader(Tools tools) {
        this.tools = tools;
    }

    void instruct(String text) {
        endTurn();
        append(instructions, "\n\n", text);
    }

    void user(Content content) {
        endTurn();
        endInstructions();
        messages.add(new Message(Role.USER, content.text(), content.parts(), List.of(), Optional.empty()));
    }

    List<Message> messages() {
        endTurn();
        endInstructions();
        return messages;
    }

    void item(Fields item) {
        String type = item.text("type").orElse("message");
        switch (type) {
            case "message" -> message(item);
            case "reasoning" ->
                Stream.of("summary", "content")
                        .flatMap(field -> item.objects(field).stream())
                        .forEach(part -> append(reasoning, "\n\n", part.needed("text")));
            case "function_call" -> call(item, item.needed("arguments"));
            case "custom_tool_call" -> call(item, Tools.arguments(item.needed("input")));
            case "function_call_output", "custom_tool_call_output" -> result(item);
            case "item_reference" -> {
                // Clients refer to an earlier answer's reasoning if they don't know that nobody stores it.
                if (!item.needed("id").startsWith("rs_")) {
                    throw item.wrong(
                            "id",
                            "refers to a stored item, but the gateway stores none; send the item itself, as clients do"
                                    + " with store: false");
                }
            }
            case "additional_tools" -> {} // Have been read.
            default -> {
                if (!HOSTED.matcher(type).matches()) {
                    throw item.wrong("type", "is unknown: '" + type + "'");
                }
            }
        }
    }

    private void message(Fields item) {
        String role = item.needed("role");
        switch (role) {
            case "user" -> user(Content.read(item, "content"));
            case "assistant" -> {
                beginTurn();
                append(said, "\n", Content.text(item, "content"));
            }
            case "system", "developer" -> instruct(Content.text(item, "content"));
            default -> throw item.wrong("role", "must be user, assistant, system or developer, not '" + role + "'");
        }
    }

    private void call(Fields item, String arguments) {
        String id = item.needed("call_id");
        ids.called(item, "call_id", id);
        String function = tools.function(item.text("namespace").orElse(""), item.needed("name"));
        beginTurn();
        calls.add(new ToolCall(id, function, arguments));
    }

    private void result(Fields item) {
        endAnswer();
        String id = item.needed("call_id");
        ids.answered(item, "call_id", id);
        Content output = Content.read(item, "output");
        String text = output.textAlone();
        shown.addAll(output.otherParts());
        messages.add(new Message(
                Role.TOOL, text.isEmpty() && !shown.isEmpty() ? FOLLOWS : text, List.of(), List.of(), Optional.of(id)));
    }

    /** Ends what comes before the model's turn. */
    private void beginTurn() {
        endResults();
        endInstructions();
    }

    private void endTurn() {
        endAnswer();
        endResults();
    }

    private void endAnswer() {
        if (!said.isEmpty() || !calls.isEmpty()) {
            Map<String, Object> thoughts =
                    reasoning.isEmpty() ? Map.of() : Map.of("reasoning_content", reasoning.toString());
            messages.add(new Message(Role.ASSISTANT, said.toString(), List.of(), calls, Optional.empty(), thoughts));
        }
        said.setLength(0);
        calls.clear();
        reasoning.setLength(0);
    }

    private void endResults() {
        if (!shown.isEmpty()) {
            messages.add(new Message(Role.USER, "", shown, List.of(), Optional.empty()));
            shown.clear();
        }
    }

    private void endInstructions() {
        if (!instructions.isEmpty()) {
            messages.add(Message.system(instructions.toString()));
            instructions.setLength(0);
        }
    }

    private static void append(StringBuilder text, String between, String more) {
        text.append(text.isEmpty() || more.isEmpty() ? "" : between).append(more);
    }
}
