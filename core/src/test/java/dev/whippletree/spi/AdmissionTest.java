package dev.whippletree.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.CacheKey.Question;
import dev.whippletree.spi.ServiceCall.Cancelled;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class AdmissionTest {

    private static final TokenUsage USAGE = new TokenUsage(100, 7, 40, 0);

    @Test
    void usage_countsAsMadeOrInFull_withTheCachedPromptOrWithoutIt() {
        assertThat(Admission.asMade(9, 500).counted(USAGE)).isEqualTo(new TokenCount(100, 7));
        assertThat(Admission.onEntry(9, 500).withoutCached().counted(USAGE)).isEqualTo(new TokenCount(60, 500));
        assertThat(Admission.onEntry(9, OptionalInt.empty()).counted(USAGE)).isEqualTo(new TokenCount(100, 7));
        assertThat(Admission.NONE.withoutCached().counted(new TokenUsage(3, 1, 5, 0)))
                .as("more cached than there are")
                .isEqualTo(new TokenCount(0, 1));
    }

    @Test
    void severalCompletions_multiplyTheBoundAlone() {
        Admission three = Admission.onEntry(9, OptionalInt.of(500)).times(3);
        assertThat(three.promptTokens()).isEqualTo(9);
        assertThat(three.completionBound()).hasValue(1_500);
        assertThat(three.completions()).isEqualTo(3);
        assertThat(three.withoutCached().completions()).isEqualTo(3);
        assertThat(Admission.asMade(9, Long.MAX_VALUE).times(2).completionBound())
                .hasValue(Long.MAX_VALUE - 1);
        assertThat(Admission.onEntry(9, OptionalInt.empty()).times(2).isGuessed())
                .isTrue();
        assertThat(three.isGuessed() || Admission.asMade(9, OptionalInt.empty()).isGuessed())
                .isFalse();
    }

    static Stream<Arguments> mistakes() {
        Limit five = Limit.requests(5, Duration.ofMinutes(1));
        Scope scope = Scope.of("o");
        return Stream.of(
                mistake("tokens can't be negative", () -> Admission.asMade(-1, 0)),
                mistake("tokens can't be negative", () -> Admission.asMade(0, -1)),
                mistake("there is at least one completion, not -1", () -> Admission.NONE.times(-1)),
                mistake("a call must be able to embed a text", () -> new EmbeddingBounds(0, 1)),
                mistake("a call must be able to embed a text", () -> new EmbeddingBounds(1, 0)),
                mistake("counts are 0 or more: -1, 0", () -> new CoordinationStatus(true, -1, 0, Optional.empty())),
                mistake("counts are 0 or more: 0, -1", () -> new CoordinationStatus(true, 0, -1, Optional.empty())),
                mistake(
                        "a refusal's wait must be positive, not 0 ms",
                        () -> new Grant.Refused(new LimitUse(scope, "l", five, 5), Duration.ZERO)),
                mistake(
                        "the remaining time must be positive, not 0 ms",
                        () -> new ScopeClosing(scope, Duration.ZERO, true, "")),
                mistake(
                        "6 can't be used of 5 requests / 1m; it is 0 or more, and at most the limit",
                        () -> new LimitUse(scope, "l", five, 6)),
                mistake(
                        "-1 can't be used of 5 requests / 1m; it is 0 or more, and at most the limit",
                        () -> new LimitUse(scope, "l", five, -1)),
                mistake("a digest has 64 hexadecimal digits", () -> new CacheKey("a", "", Optional.empty())),
                mistake("a setting's name must be lower case with hyphens, not 'a_b'", () -> new SettingKey("a_b", "")),
                mistake("not an envelope: 0 bytes", () -> CacheEnvelope.expires(new byte[0])));
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
    void keys_areThoseOfTheirTenantAndDigest_whateverTheQuestion() {
        AtomicInteger reads = new AtomicInteger();
        Question question = new Question("q", () -> "scope " + reads.incrementAndGet());
        CacheKey key = new CacheKey("0123456789ab".repeat(6).substring(0, 64), "t", Optional.of(question));
        assertThat(key)
                .isEqualTo(key.withoutQuestion())
                .hasSameHashCodeAs(key.withoutQuestion())
                .isNotEqualTo(new CacheKey(key.digest(), "u", key.question()))
                .isNotEqualTo(new CacheKey("0".repeat(64), "t", key.question()))
                .hasToString("0123456789ab");
        assertThat(key.withoutQuestion().question()).isEmpty();
        assertThat(question)
                .isEqualTo(new Question("q", "scope 1"))
                .isNotEqualTo(new Question("q", "scope 2"))
                .isNotEqualTo(new Question("p", "scope 1"));
        assertThat(reads).hasValue(1);
    }

    @Test
    void whatAPluginNeedNotImplement_isNothing() {
        Cache cache = mock(Cache.class, CALLS_REAL_METHODS);
        assertThat(cache.isSelfContained() || cache.endsWithProcess() || cache.isShared())
                .isFalse();
        when(cache.isSelfContained()).thenReturn(true);
        assertThat(cache.endsWithProcess()).isTrue();
        Provider provider = mock(Provider.class, CALLS_REAL_METHODS);
        assertThat(provider.fromEnvironment(Map.of("A", "b"))).isEmpty();
        assertThat(provider.environmentVariables()).isEmpty();
        ProviderClient client = mock(ProviderClient.class, CALLS_REAL_METHODS);
        assertThat(client.refuses(Prompt.of("q"), "m")).isEmpty();
        assertThat(client.embeddings()).isEmpty();
        CacheStore store = mock(CacheStore.class, CALLS_REAL_METHODS);
        assertThat(store.remarks()).isEmpty();
        assertThat(store.unconfirmed(new CacheKey("0".repeat(64), "", Optional.empty())))
                .isEmpty();
        EngineListener listener = mock(EngineListener.class, CALLS_REAL_METHODS);
        ServiceCall call = new ServiceCall(
                "a", "p", "m", Prompt.of("q"), false, Instant.EPOCH, Duration.ZERO, Optional.empty(), new Cancelled());
        listener.opened(Prompt.of("q")).accept(call);
        verify(listener).called(call);
    }

    @Test
    void boundsAndUses_areTheLeastOfBoth_andWhatWasCounted() {
        assertThat(new EmbeddingBounds(2, 9).and(new EmbeddingBounds(3, 8))).isEqualTo(new EmbeddingBounds(2, 8));
        Optional<TokenCount> tokens = Optional.of(new TokenCount(30, 4));
        LimitUse requests = new LimitUse(Scope.of("o"), "l", Limit.requests(5, Duration.ofMinutes(1)), 2);
        LimitUse output =
                new LimitUse(Scope.of("o"), "l", new Limit(Limit.Unit.OUTPUT_TOKENS, 50, Duration.ofMinutes(1)), 9);
        assertThat(requests.counted(tokens)).isEqualTo(2);
        assertThat(output.counted(tokens)).isEqualTo(4);
        assertThat(output.counted(Optional.empty())).isEqualTo(9);
    }

    /** In sixths of a token: what a kind of character counts, and how whole tokens are rounded. */
    @ParameterizedTest
    @CsvSource({
        "'ab ', 6, 1",
        "'abc ', 8, 2",
        "09, 12, 2",
        "/:, 6, 1",
        "\u00e4\u07ff, 8, 2",
        "\u0800, 6, 1",
        "\ud83d\udc4b, 18, 3",
        "'', 0, 0"
    })
    void texts_countByTheirKindsOfCharacters(String text, long sixths, long tokens) {
        assertThat(TextTokens.sixths(text)).isEqualTo(sixths);
        assertThat(TextTokens.whole(sixths)).isEqualTo(tokens);
    }
}
