package dev.whippletree.emulator.model;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How the emulated services count tokens: a quarter of a text's UTF-8 bytes, rounded up, and four more for each message
 * of a chat.
 *
 * <p>Real tokenizers differ; this rule is simple, and never above the cautious estimate (a third of the bytes, and
 * eight) that callers reserve by.
 */
public final class Tokens {

    static final int BYTES_PER_TOKEN = 4;
    private static final int PER_MESSAGE = 4;

    private Tokens() {}

    public static long of(List<ChatMessage> messages) {
        long tokens = 0;
        for (ChatMessage message : messages) {
            tokens += switch (message.role()) {
                case ChatMessage.INPUT -> of(message.text());
                case ChatMessage.TOKENS ->
                    message.text().chars().filter(sign -> sign == ' ').count() + 1;
                default -> of(message.text()) + PER_MESSAGE;
            };
        }
        return tokens;
    }

    public static long of(String text) {
        long bytes = text.getBytes(StandardCharsets.UTF_8).length;
        return (bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
    }

    /** Returns the start of an ASCII text that has no more than so many tokens. */
    static String cut(String text, long tokens) {
        return text.substring(0, (int) Math.min(text.length(), tokens * BYTES_PER_TOKEN));
    }
}
