package dev.whippletree.chat;

import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The body of an embeddings request. Immutable.
 *
 * @param prompt the model, a message for each text, and all other fields
 * @param asBase64 whether vectors are wanted as Base64, else as numbers
 */
public record EmbeddingBody(ChatBody prompt, boolean asBase64) {

    /**
     * Reads one.
     *
     * @param mostInputs the most texts that it may have
     * @throws WrongFieldException if it isn't one, saying where and why
     */
    public static EmbeddingBody read(Fields fields, int mostInputs) {
        Optional<String> model = ChatBody.model(fields);
        Object input = fields.take("input").orElseThrow(() -> fields.wrong("input", "is missing"));
        List<Message> texts = texts(fields, input, mostInputs);
        boolean asBase64 = switch (fields.text("encoding_format").orElse("float")) {
            case "float" -> false;
            case "base64" -> true;
            default -> throw fields.wrong("encoding_format", "must be float or base64");
        };
        Optional<Long> dimensions = fields.whole("dimensions");
        Map<String, Object> others = fields.rest();
        others.keySet().stream().filter(Parameters::isReserved).findFirst().ifPresent(name -> {
            throw fields.wrong(name, "is for chats and has no meaning for vectors; leave it out");
        });
        dimensions.ifPresent(number -> others.put("dimensions", number));
        return new EmbeddingBody(new ChatBody(model, texts, Parameters.NONE.withExtras(others)), asBase64);
    }

    /** A text, the numbers of a text's tokens, or a list of either. */
    private static List<Message> texts(Fields fields, Object input, int most) {
        if (!(input instanceof List<?> list) || (list.stream().allMatch(Number.class::isInstance) && !list.isEmpty())) {
            return List.of(text(fields, "input", input));
        }
        if (list.isEmpty() || list.size() > most) {
            throw fields.wrong(
                    "input",
                    "must have 1 to " + most + " texts, not " + list.size() + "; send more in several requests");
        }
        List<Message> texts = new ArrayList<>(list.size());
        for (Object item : list) {
            String at = "input[" + texts.size() + "]";
            if (item == null || (item instanceof String) != (list.get(0) instanceof String)) {
                throw wrong(fields, at);
            }
            texts.add(text(fields, at, item));
        }
        return texts;
    }

    private static Message text(Fields fields, String at, Object item) {
        if (item instanceof String text) {
            return Message.user(text);
        }
        if (item instanceof List<?> tokens
                && !tokens.isEmpty()
                && tokens.stream().allMatch(token -> token instanceof Integer number && number >= 0)) {
            return Message.tokens(tokens.stream().map(Integer.class::cast).toList());
        }
        throw wrong(fields, at);
    }

    private static WrongFieldException wrong(Fields fields, String at) {
        return fields.wrong(
                at, "isn't right: 'input' is a text, a list of texts, a list of tokens, or a list of lists of tokens");
    }
}
