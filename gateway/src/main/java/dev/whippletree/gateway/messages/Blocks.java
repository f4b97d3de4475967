package dev.whippletree.gateway.messages;

import dev.whippletree.chat.Fields;
import dev.whippletree.chat.WrongFieldException;
import dev.whippletree.gateway.protocol.Base64Data;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Content blocks, as parts of chat messages. Stateless. */
final class Blocks {

    /** Blocks of an answer that tell only Anthropic's servers something. */
    private static final Set<String> FOR_SERVERS =
            Set.of("redacted_thinking", "fallback", "server_tool_use", "mcp_tool_use", "mcp_tool_listing");

    private static final String RESULT_OF_SERVER = "_tool_result";

    private Blocks() {}

    /** Returns the blocks of a field; text alone is one block, an absent field none. */
    static List<Fields> in(Fields of, String field) {
        Object content = of.take(field).orElse(List.of());
        if (content instanceof String text) {
            return List.of(new Fields(of.at(field), textPart(text)));
        }
        if (!(content instanceof List<?> list)) {
            throw of.wrong(field, "must be a string or a list of blocks");
        }
        List<Fields> blocks = new ArrayList<>(list.size());
        for (int index = 0; index < list.size(); index++) {
            blocks.add(Fields.object(of.at(field) + "[" + index + "]", list.get(index)));
        }
        return blocks;
    }

    /** Takes a block's type. */
    static String type(Fields block) {
        return block.text("type").orElseThrow(() -> block.wrong("type", "is missing"));
    }

    /** Takes the text of a block of text. */
    static String text(Fields block) {
        return block.text("text").orElseThrow(() -> block.wrong("text", "is missing"));
    }

    /** Returns whether blocks of a type are for Anthropic's servers alone, and nothing for other models. */
    static boolean isForServers(String type) {
        return FOR_SERVERS.contains(type) || type.endsWith(RESULT_OF_SERVER);
    }

    /** Returns the error of a block that is of no type that can stand where it does. */
    static WrongFieldException unknown(Fields block, String type, String known) {
        return block.wrong("type", "is '" + type + "', but this gateway translates only " + known + " here");
    }

    /** Returns a part of text. */
    static Map<String, Object> textPart(String text) {
        return Map.of("type", "text", "text", text);
    }

    /** Returns whether a part is text. */
    static boolean isText(Map<String, Object> part) {
        return part.containsKey("text");
    }

    /**
     * Returns a block of a user's message, or of a tool's result, as parts.
     *
     * @param type the block's type, already taken
     */
    static List<Map<String, Object>> parts(Fields block, String type) {
        return switch (type) {
            case "text" -> List.of(textPart(text(block)));
            case "image" -> List.of(image(block));
            case "document" -> document(block);
            case "search_result" -> searchResult(block);
            case "tool_reference" ->
                List.of(textPart("The tool " + block.text("tool_name").orElse("") + " is available now."));
            default ->
                throw unknown(block, type, "text, image, document, search_result, tool_result and tool_reference");
        };
    }

    private static Fields source(Fields block) {
        return Fields.object(block.at("source"), block.take("source").orElse(null));
    }

    private static Map<String, Object> image(Fields block) {
        Fields source = source(block);
        String type = type(source);
        String url = switch (type) {
            case "base64" -> dataUrl(source, "image/");
            case "url" -> source.text("url").orElseThrow(() -> source.wrong("url", "is missing"));
            default -> throw source.wrong("type", "must be base64 or url, not '" + type + "'");
        };
        return Map.of("type", "image_url", "image_url", Map.of("url", url));
    }

    private static String dataUrl(Fields source, String sort) {
        String media = source.text("media_type").orElse("");
        if (!media.startsWith(sort)) {
            throw source.wrong("media_type", "must begin with " + sort + ", not '" + media + "'");
        }
        String data = source.text("data").orElseThrow(() -> source.wrong("data", "is missing"));
        Base64Data.check(source, "data", data);
        return "data:" + media + ";base64," + data;
    }

    private static List<Map<String, Object>> document(Fields block) {
        Optional<String> title = block.text("title");
        List<Map<String, Object>> parts = new ArrayList<>();
        Stream.of(title, block.text("context")).flatMap(Optional::stream).forEach(text -> parts.add(textPart(text)));
        Fields source = source(block);
        String type = type(source);
        switch (type) {
            case "text" -> parts.add(textPart(source.text("data").orElse("")));
            case "content" -> in(source, "content").forEach(inner -> parts.addAll(parts(inner, type(inner))));
            case "base64" -> {
                Map<String, Object> file = new LinkedHashMap<>();
                file.put("filename", title.orElse("document.pdf"));
                file.put("file_data", dataUrl(source, "application/"));
                parts.add(Map.of("type", "file", "file", file));
            }
            default ->
                throw source.wrong(
                        "type", "must be base64, text or content, not '" + type + "': send the document itself");
        }
        return parts;
    }

    private static List<Map<String, Object>> searchResult(Fields block) {
        List<Map<String, Object>> parts = new ArrayList<>();
        Stream.of(block.text("title"), block.text("source"))
                .flatMap(Optional::stream)
                .forEach(text -> parts.add(textPart(text)));
        in(block, "content").forEach(inner -> parts.add(textPart(text(inner))));
        return parts;
    }
}
