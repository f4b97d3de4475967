package dev.whippletree.testkit;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.TargetView;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Realistic sample values. */
public final class Samples {

    private Samples() {}

    /** Returns a whole answer of that text, made by one call. */
    public static Completion completion(String text) {
        return new Completion(
                text,
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.of(TokenUsage.of(20, 40)),
                new Origin(
                        Origin.Source.CALL, "hf-1", "openai/gpt-oss-20b", 1, Duration.ofMillis(3), Optional.empty()));
    }

    /** Returns an answer that has everything an answer can have: reasoning, tool calls, every kind of token. */
    public static Completion completionWithToolCalls() {
        return new Completion(
                "",
                Optional.of("The user wants the weather; I have a tool for that."),
                List.of(
                        new ToolCall("call-1", "weather", "{\"city\":\"Zürich\"}"),
                        new ToolCall("call-2", "time", "{not valid")),
                FinishReason.TOOL_CALLS,
                Optional.of(new TokenUsage(200, 80, 128, 60)),
                new Origin(
                        Origin.Source.JOINED,
                        "groq-2",
                        "llama-3.3-70b-versatile",
                        2,
                        Duration.ofSeconds(5),
                        Optional.empty()));
    }

    /**
     * Returns the key of a question of a tenant; equal for equal arguments.
     *
     * @param tenant may be empty
     * @param question stands for all that changes the answer
     */
    public static CacheKey key(String tenant, String question) {
        return new CacheKey(sha256(tenant + "\u0000" + question), tenant, Optional.empty());
    }

    /** Returns a ready target, idle, with all its limits left. */
    public static TargetView target(String id, int weight) {
        return new TargetView(id, weight, 0, 64, 1);
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
