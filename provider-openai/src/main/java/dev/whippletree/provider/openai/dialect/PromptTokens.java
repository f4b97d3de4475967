package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.TextTokens;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Estimates how many tokens a prompt has, on the safe side. Stateless; linear in its length.
 *
 * <p>Its texts count by {@link TextTokens}, and each message eight tokens more: chat templates add four to seven. Of a
 * field that isn't known here, all that it carries counts as text: a service may make it part of the prompt. What else
 * a service adds to every prompt, and languages that its tokenizer hardly knows, are for the engine to learn.
 */
public final class PromptTokens {

    private static final int TOKENS_A_MESSAGE = 8;

    /**
     * What an image counts as: about the most that OpenAI charges for one it hasn't scaled down (1,445), rounded up.
     */
    private static final int TOKENS_AN_IMAGE = 1_500;

    /** Fields of a message's part that carry bytes, which aren't text. */
    private static final Set<String> MEDIA = Set.of("image_url", "input_audio", "audio_url", "video_url", "file");

    private PromptTokens() {}

    /** Returns an estimate of 1 or more. */
    public static long estimate(Prompt prompt) {
        long sixths = ofFields(prompt.parameters().extras());
        long tokens = 0;
        for (Message message : prompt.messages()) {
            if (message.tokens().isPresent()) {
                tokens += TOKENS_A_MESSAGE + message.tokens().get().size();
                continue;
            }
            sixths += sixths(message);
            tokens += TOKENS_A_MESSAGE + (long) TOKENS_AN_IMAGE * images(message);
        }
        return tokens + TextTokens.whole(sixths);
    }

    private static long sixths(Message message) {
        long sixths = TextTokens.sixths(message.text()) + ofFields(message.extras());
        for (Map<String, Object> part : message.parts()) {
            sixths += sixths(part);
        }
        for (ToolCall call : message.toolCalls()) {
            sixths += TextTokens.sixths(call.name()) + TextTokens.sixths(call.arguments()) + ofFields(call.extras());
        }
        return sixths;
    }

    /** The usual parts carry nothing but text or bytes. */
    private static long sixths(Map<String, Object> part) {
        Map<String, Object> others = new HashMap<>(part);
        others.keySet().removeAll(MEDIA);
        others.remove("type");
        String text = part.get("text") instanceof String known ? known : "";
        others.remove("text", text);
        return TextTokens.sixths(text) + ofFields(others);
    }

    private static long ofFields(Map<String, Object> fields) {
        return fields.isEmpty() ? 0 : TextTokens.sixths(new String(JsonFields.write(fields), StandardCharsets.UTF_8));
    }

    /** Everything that isn't text counts as an image, whatever the length of the data that stand for it. */
    private static long images(Message message) {
        return message.parts().stream()
                .filter(part -> !(part.get("text") instanceof String))
                .count();
    }
}
