package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CompletionTest {

    private static final AnswerExtras EXTRAS = new AnswerExtras(Map.of("tier", "flex"), Map.of(), Map.of());
    private static final ToolCall FIRST = new ToolCall("c1", "f", "{}");
    private static final ToolCall SECOND = new ToolCall("c2", "g", "x", ToolCall.Type.CUSTOM, Map.of("signature", "s"));

    private static Completion completion(
            String text, Optional<String> refusal, List<ToolCall> calls, FinishReason reason) {
        return new Completion(
                text,
                Optional.of("Hm."),
                refusal,
                calls,
                reason,
                Optional.empty(),
                EXTRAS,
                origin(Origin.Source.CALL, 1));
    }

    private static Origin origin(Origin.Source source, int waitedMillis) {
        Optional<String> cache = source == Origin.Source.CACHE ? Optional.of("ehcache") : Optional.empty();
        return new Origin(source, "a" + waitedMillis, "m", 1, Duration.ofMillis(waitedMillis), cache);
    }

    @Test
    void pieces_areWhatAStreamWouldTell() {
        assertThat(completion("Hi", Optional.of("No."), List.of(FIRST, SECOND), FinishReason.STOP)
                        .pieces())
                .containsExactly(
                        new Delta.Reasoning("Hm."),
                        new Delta.Text("Hi"),
                        new Delta.Refusal("No."),
                        new Delta.ToolCallPart(0, Optional.of("c1"), Optional.of("f"), "{}"),
                        new Delta.ToolCallPart(
                                1,
                                Optional.of("c2"),
                                Optional.of("g"),
                                "x",
                                ToolCall.Type.CUSTOM,
                                Map.of("signature", "s")),
                        new Delta.ExtrasPart(EXTRAS));
        Completion silent = new Completion(
                "", Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), origin(Origin.Source.CALL, 1));
        assertThat(silent.pieces()).isEmpty();
    }

    @Test
    void wordsAndRefusal_areWhatItSays_andATextToTheLimitIsCut() {
        Completion refused = completion("Hm. ", Optional.of("No."), List.of(), FinishReason.STOP);
        assertThat(refused.words()).isEqualTo("Hm. No.");
        assertThat(refused.isEmpty() || refused.isCut()).isFalse();
        assertThat(completion("", Optional.of("No."), List.of(), FinishReason.STOP)
                        .isEmpty())
                .isFalse();
        assertThat(completion("", Optional.empty(), List.of(FIRST), FinishReason.STOP)
                        .isEmpty())
                .isFalse();
        Completion cut = completion("", Optional.empty(), List.of(), FinishReason.LENGTH);
        assertThat(cut.isEmpty() && cut.isCut()).isTrue();
        assertThat(cut.words()).isEmpty();
    }

    @Test
    void usages_areAddedPartByPart_andPriced() {
        TokenUsage sum = new TokenUsage(100, 20, 30, 4).plus(new TokenUsage(5_000, 600, 700, 80));

        assertThat(sum).isEqualTo(new TokenUsage(5_100, 620, 730, 84));
        assertThat(sum.total()).isEqualTo(5_720);
        TokenPrice price = new TokenPrice(
                "groq", "m", new BigDecimal("0.15"), new BigDecimal("0.60"), "USD", LocalDate.of(2026, 11, 1));
        assertThat(price.cost(sum)).isEqualByComparingTo("0.001137");
        assertThat(price.isOf("groq", "m") && !price.isOf("groq", "n") && !price.isOf("openai", "m"))
                .isTrue();
    }

    static Stream<Arguments> mistakes() {
        BigDecimal one = BigDecimal.ONE;
        LocalDate day = LocalDate.of(2026, 11, 1);
        return Stream.of(
                mistake(
                        "attempts can't be negative: -1",
                        () -> new Origin(Origin.Source.CALL, "a", "m", -1, Duration.ZERO, Optional.empty())),
                mistake("tokens can't be negative", () -> TokenUsage.of(-1, 0)),
                mistake("tokens can't be negative", () -> TokenUsage.of(0, -1)),
                mistake("tokens can't be negative", () -> new TokenUsage(0, 0, -1, 0)),
                mistake("tokens can't be negative", () -> new TokenUsage(0, 0, 0, -1)),
                mistake("tokens can't be negative", () -> new TokenCount(-1, 0)),
                mistake("tokens can't be negative", () -> new TokenCount(0, -1)),
                mistake("there is no vector", () -> new Embeddings(List.of(), TokenUsage.NONE, 1)),
                mistake("3 bytes aren't 32-bit numbers", () -> Embedding.decode("AAAA")),
                mistake(
                        "a tool call's index can't be negative: -1",
                        () -> new Delta.ToolCallPart(-1, Optional.empty(), Optional.empty(), "")),
                mistake(
                        "a price of groq, m is negative",
                        () -> new TokenPrice("groq", "m", one, one.negate(), "usd", day)),
                mistake(
                        "a price of groq, m is negative",
                        () -> new TokenPrice("groq", "m", one.negate(), one, "usd", day)),
                mistake(
                        "a currency is three letters such as usd, not 'euro'",
                        () -> new TokenPrice("groq", "m", one, one, "EURO", day)),
                mistake("a currency must be three letters such as usd, not 'euro'", () -> new Credit(one, "EURO")));
    }

    private static Arguments mistake(String message, ThrowingCallable making) {
        return arguments(message, making);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void whatCannotBe_isRefused(String message, ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void secret_isShownToNobody_andFixedUnlessItIsReadEachTime() {
        Secret ofVariable = Secret.ofVariable("PATH");
        assertThat(ofVariable.reveal()).isEqualTo(System.getenv("PATH").trim());
        assertThat(ofVariable.isFixed() && Secret.of("x").isFixed()).isTrue();
        assertThat(Secret.from(() -> "x").isFixed()).isFalse();
        assertThat(Secret.of("x")).hasToString("***");
    }

    @Test
    void failure_saysWhatCameLast() {
        Failure refused = new Failure(
                FailureKind.REJECTED,
                "no such field",
                OptionalInt.of(400),
                Optional.of("code"),
                Optional.empty(),
                Reach.PROMPT);
        assertThat(refused.code()).contains("code");
        assertThat(refused.param()).isEmpty();
        AttemptReport first = new AttemptReport("a", "m", Failure.of(FailureKind.TIMEOUT, "slow"), Duration.ZERO);
        AttemptReport last = new AttemptReport("b", "m", refused, Duration.ZERO);
        assertThat(new PromptException(PromptException.Reason.REJECTED, "no", List.of(first, last), Optional.empty())
                        .kind())
                .contains(FailureKind.REJECTED);
        assertThat(new ConfigurationException(List.of("a", "b"))).hasMessage("a" + System.lineSeparator() + "b");
        assertThat(List.of(first, last))
                .hasToString("[account a, m: TIMEOUT: slow, account b, m: REFUSED (400): no such field]");
    }

    @Test
    void vectors_areExactInBase64_andTheCostliestIsTheirOrigin() {
        float[] vector = {0.1f, -2, Float.MIN_VALUE};
        String base64 = Embedding.encode(vector);
        assertThat(Embedding.decode(base64)).containsExactly(vector);

        Embedding cached = new Embedding(base64, origin(Origin.Source.CACHE, 9));
        Embedding early = new Embedding(base64, origin(Origin.Source.CALL, 2));
        Embedding late = new Embedding(base64, origin(Origin.Source.CALL, 5));
        Embedding joined = new Embedding(base64, origin(Origin.Source.JOINED, 8));
        Embeddings all = new Embeddings(List.of(cached, early, late, cached, cached, joined), TokenUsage.of(7, 0), 2);

        assertThat(all.cached()).isEqualTo(3);
        assertThat(all.origin())
                .isEqualTo(new Origin(Origin.Source.CALL, "a5", "m", 2, Duration.ofMillis(5), Optional.empty()));
        Embeddings read = Embeddings.of(all.asCompletion());
        assertThat(read.all()).hasSize(6).allMatch(one -> one.base64().equals(base64));
        assertThat(read.usage()).isEqualTo(TokenUsage.of(7, 0));
        assertThat(read.calls()).isEqualTo(2);
    }
}
