package dev.whippletree.gateway.responses;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.Base64Data;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The content of an item, as chat completions have it. Immutable.
 *
 * @param text all of it if it is text; texts that came as several parts are joined by line breaks
 * @param parts all of it if anything else is among it; then {@code text} is empty
 */
record Content(String text, List<Map<String, Object>> parts) {

    private static final String TYPE = "type";
    private static final String TEXT = "text";

    /**
     * Reads content.
     *
     * @param field has a string or a list of parts
     */
    static Content read(Fields item, String field) {
        Object content = item.take(field).orElseThrow(() -> item.wrong(field, "is missing"));
        if (content instanceof String text) {
            return new Content(text, List.of());
        }
        if (!(content instanceof List<?> list)) {
            throw item.wrong(field, "must be a string or a list of parts");
        }
        List<Map<String, Object>> parts = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            parts.add(part(Fields.object(item.at(field) + "[" + index + "]", list.get(index))));
        }
        boolean textAlone = parts.stream().allMatch(Content::isText);
        return textAlone ? new Content(texts(parts), List.of()) : new Content("", parts);
    }

    /** Reads content that can only be text. */
    static String text(Fields item, String field) {
        Content content = read(item, field);
        if (!content.parts.isEmpty()) {
            throw item.wrong(field, "must be text in a message that isn't the user's");
        }
        return content.text;
    }

    /** Reads the texts of a reasoning item; empty if it has none that can be read. */
    static Optional<String> reasoning(Fields item, String field) {
        List<String> texts = new ArrayList<>();
        for (Object part : item.list(field).orElse(List.of())) {
            Fields.object(item.at(field), part).text(TEXT).ifPresent(texts::add);
        }
        return texts.isEmpty() ? Optional.empty() : Optional.of(String.join("\n\n", texts));
    }

    /** Returns the texts among its parts. */
    String textsOfParts() {
        return texts(parts);
    }

    /** Returns the parts that aren't text. */
    List<Map<String, Object>> otherParts() {
        return parts.stream().filter(part -> !isText(part)).toList();
    }

    private static boolean isText(Map<String, Object> part) {
        return TEXT.equals(part.get(TYPE));
    }

    private static String texts(List<Map<String, Object>> parts) {
        return parts.stream()
                .filter(Content::isText)
                .map(part -> String.valueOf(part.get(TEXT)))
                .collect(Collectors.joining("\n"));
    }

    private static Map<String, Object> part(Fields part) {
        String type = part.text(TYPE).orElseThrow(() -> part.wrong(TYPE, "is missing"));
        return switch (type) {
            case "input_text", "output_text", TEXT -> Map.of(TYPE, TEXT, TEXT, required(part, TEXT));
            case "refusal" -> Map.of(TYPE, TEXT, TEXT, required(part, "refusal"));
            case "input_image" -> image(part);
            case "input_file" -> file(part);
            case "input_audio" ->
                Map.of(TYPE, type, type, part.take(type).orElseThrow(() -> part.wrong(type, "is missing")));
            default ->
                throw part.wrong(
                        TYPE,
                        "must be input_text, input_image, input_file, input_audio, output_text or refusal, not '" + type
                                + "'");
        };
    }

    private static Map<String, Object> image(Fields part) {
        refuseStored(part);
        String url = required(part, "image_url");
        Base64Data.checkUrl(part, "image_url", url);
        Map<String, Object> image = new LinkedHashMap<>();
        image.put("url", url);
        part.text("detail").ifPresent(detail -> image.put("detail", detail));
        return Map.of(TYPE, "image_url", "image_url", image);
    }

    private static Map<String, Object> file(Fields part) {
        refuseStored(part);
        if (part.take("file_url").isPresent()) {
            throw part.wrong("file_url", "isn't fetched by the gateway; send the file itself as file_data");
        }
        String data = required(part, "file_data");
        Base64Data.checkUrl(part, "file_data", data);
        Map<String, Object> file = new LinkedHashMap<>();
        part.text("filename").ifPresent(name -> file.put("filename", name));
        file.put("file_data", data);
        return Map.of(TYPE, "file", "file", file);
    }

    private static void refuseStored(Fields part) {
        if (part.take("file_id").isPresent()) {
            throw part.wrong("file_id", "refers to a stored file, but the gateway stores none; send the data itself");
        }
    }

    private static String required(Fields part, String field) {
        return part.text(field).orElseThrow(() -> part.wrong(field, "is missing"));
    }
}
