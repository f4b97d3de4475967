package dev.whippletree.gateway.responses;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.protocol.Base64Data;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Reads a field that has a string or a list of parts. */
    static Content read(Fields item, String field) {
        Object content = item.take(field).orElseThrow(() -> item.wrong(field, "is missing"));
        if (content instanceof String text) {
            return new Content(text, List.of());
        }
        if (!(content instanceof List<?> list)) {
            throw item.wrong(field, "must be a string or a list of parts");
        }
        Content all = new Content(
                "", item.objects(field, list).stream().map(Content::part).toList());
        return all.otherParts().isEmpty() ? new Content(all.textAlone(), List.of()) : all;
    }

    /** Reads a field that can only have text. */
    static String text(Fields item, String field) {
        Content content = read(item, field);
        if (!content.parts.isEmpty()) {
            throw item.wrong(field, "must be text, since the message isn't the user's");
        }
        return content.text;
    }

    /** Returns its text, without what else it has. */
    String textAlone() {
        return text
                + parts.stream()
                        .filter(part -> TEXT.equals(part.get(TYPE)))
                        .map(part -> String.valueOf(part.get(TEXT)))
                        .collect(Collectors.joining("\n"));
    }

    List<Map<String, Object>> otherParts() {
        return parts.stream().filter(part -> !TEXT.equals(part.get(TYPE))).toList();
    }

    private static Map<String, Object> part(Fields part) {
        String type = part.needed(TYPE);
        if (part.take("file_id").isPresent()) {
            throw part.wrong("file_id", "refers to a stored file, but the gateway stores none; send the data itself");
        }
        return switch (type) {
            case "input_text", "output_text", TEXT -> Map.of(TYPE, TEXT, TEXT, part.needed(TEXT));
            case "refusal" -> Map.of(TYPE, TEXT, TEXT, part.needed(type));
            case "input_image" -> image(part);
            case "input_file" -> file(part);
            case "input_audio" ->
                Map.of(TYPE, type, type, part.object(type).map(Fields::rest).orElse(Map.of()));
            default ->
                throw part.wrong(
                        TYPE,
                        "must be input_text, input_image, input_file, input_audio, output_text or refusal, not '" + type
                                + "'");
        };
    }

    private static Map<String, Object> image(Fields part) {
        Map<String, Object> image = new LinkedHashMap<>();
        image.put("url", data(part, "image_url"));
        part.text("detail").ifPresent(detail -> image.put("detail", detail));
        return Map.of(TYPE, "image_url", "image_url", image);
    }

    private static Map<String, Object> file(Fields part) {
        if (part.take("file_url").isPresent()) {
            throw part.wrong("file_url", "isn't fetched by the gateway; send the file itself as file_data");
        }
        Map<String, Object> file = new LinkedHashMap<>();
        part.text("filename").ifPresent(name -> file.put("filename", name));
        file.put("file_data", data(part, "file_data"));
        return Map.of(TYPE, "file", "file", file);
    }

    private static String data(Fields part, String field) {
        String url = part.needed(field);
        Base64Data.checkUrl(part, field, url);
        return url;
    }
}
