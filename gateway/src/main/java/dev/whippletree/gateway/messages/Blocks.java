package dev.whippletree.gateway.messages;

import dev.whippletree.chat.Fields;
import dev.whippletree.chat.WrongFieldException;
import dev.whippletree.gateway.protocol.Base64Data;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Content blocks, as parts of chat messages. Stateless. */
final class Blocks {

    /** Blocks of an answer that only Anthropic's servers read. */
    private static final Set<String> FOR_SERVERS =
            Set.of("redacted_thinking", "fallback", "server_tool_use", "mcp_tool_use", "mcp_tool_listing");

    private Blocks() {}

    /** Returns the blocks of a field; text alone is one block, an absent field none. */
    static List<Fields> in(Fields of, String field) {
        Object content = of.take(field).orElse(List.of());
        if (content instanceof String text) {
            return List.of(new Fields(of.at(field), textPart(text)));
        }
        if (content instanceof List<?> blocks) {
            return of.objects(field, blocks);
        }
        throw of.wrong(field, "must be a string or a list of blocks");
    }

    /** Returns whether only Anthropic's servers read blocks of a type. */
    static boolean isForServers(String type) {
        return FOR_SERVERS.contains(type) || type.endsWith("_tool_result");
    }

    /** Returns the error of a block whose type isn't allowed in its place. */
    static WrongFieldException unknown(Fields block, String type, String known) {
        return block.wrong("type", "is '" + type + "', but this gateway translates only " + known + " here");
    }

    static Map<String, Object> textPart(String text) {
        return Map.of("type", "text", "text", text);
    }

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
            case "text" -> List.of(textPart(block.needed("text")));
            case "image" -> List.of(image(source(block)));
            case "document" -> headed(block, "context", document(source(block)));
            case "search_result" -> headed(block, "source", inner(block));
            case "tool_reference" -> List.of(textPart("The tool " + block.needed("tool_name") + " is available now."));
            default ->
                throw unknown(block, type, "text, image, document, search_result, tool_result and tool_reference");
        };
    }

    private static Fields source(Fields block) {
        return block.object("source").orElseThrow(() -> block.wrong("source", "is missing"));
    }

    private static Map<String, Object> image(Fields source) {
        String type = source.needed("type");
        String url = switch (type) {
            case "base64" -> dataUrl(source);
            case "url" -> source.needed("url");
            default -> throw source.wrong("type", "must be base64 or url, not '" + type + "'");
        };
        return Map.of("type", "image_url", "image_url", Map.of("url", url));
    }

    private static String dataUrl(Fields source) {
        String data = source.needed("data");
        Base64Data.check(source, "data", data);
        return "data:" + source.needed("media_type") + ";base64," + data;
    }

    private static List<Map<String, Object>> document(Fields source) {
        String type = source.needed("type");
        return switch (type) {
            case "text" -> List.of(textPart(source.needed("data")));
            case "content" -> inner(source);
            case "base64" ->
                List.of(Map.of(
                        "type", "file", "file", Map.of("filename", "document.pdf", "file_data", dataUrl(source))));
            default -> throw source.wrong("type", "must be base64, text or content, not '" + type + "'");
        };
    }

    /** Returns the parts of a block that consists of others. */
    private static List<Map<String, Object>> inner(Fields of) {
        return in(of, "content").stream()
                .flatMap(block -> parts(block, block.needed("type")).stream())
                .toList();
    }

    /** Puts a block's title and another field above its content. */
    private static List<Map<String, Object>> headed(Fields block, String field, List<Map<String, Object>> content) {
        Stream<Map<String, Object>> head = Stream.of("title", field)
                .flatMap(name -> block.text(name).stream())
                .map(Blocks::textPart);
        return Stream.concat(head, content.stream()).toList();
    }
}
