package dev.whippletree.provider.openai;

import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.ToolCall;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Estimates how many tokens a prompt has, on the safe side. Stateless.
 *
 * <p>Three bytes of UTF-8 a token and eight tokens a message. English text has about four bytes a token in the tokenizers of
 * GPT, Llama and Qwen; code and most other languages lie between three and four; chat templates add four to seven a message.
 */
public final class PromptTokens {

    private static final int BYTES_A_TOKEN = 3;
    private static final int TOKENS_A_MESSAGE = 8;

    /** What an image counts as: about the most that OpenAI charges for one it hasn't scaled down (1,445), rounded up. */
    private static final int TOKENS_AN_IMAGE = 1_500;

    private PromptTokens() {}

    /** Returns an estimate of 1 or more. */
    public static long estimate(Prompt prompt) {
        long bytes = 0;
        long tokens = 0;
        for (Message message : prompt.messages()) {
            bytes += bytes(message);
            tokens += TOKENS_A_MESSAGE + (long) TOKENS_AN_IMAGE * images(message);
        }
        // Tools and schemas become part of the prompt.
        for (String field : new String[] {"tools", "response_format"}) {
            Object value = prompt.parameters().extras().get(field);
            bytes += value == null ? 0 : Json.write(value).length;
        }
        return tokens + (bytes + BYTES_A_TOKEN - 1) / BYTES_A_TOKEN;
    }

    private static long bytes(Message message) {
        long bytes = bytes(message.text());
        for (Map<String, Object> part : message.parts()) {
            bytes += part.get("text") instanceof String text ? bytes(text) : 0;
        }
        for (ToolCall call : message.toolCalls()) {
            bytes += bytes(call.name()) + bytes(call.arguments());
        }
        return bytes;
    }

    private static long images(Message message) {
        return message.parts().stream()
                .filter(part -> !(part.get("text") instanceof String))
                .count();
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
