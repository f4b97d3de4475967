package dev.whippletree.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheEnvelopeTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATER = NOW.plusNanos(1_000_000_001);

    @ParameterizedTest
    @MethodSource("completions")
    void whatWasWritten_isRead_untilItsVeryExpiry(Completion completion) {
        byte[] envelope = CacheEnvelope.write(new CacheEntry(completion, LATER));

        assertThat(CacheEnvelope.read(envelope, LATER.minusNanos(1))).contains(new CacheEntry(completion, LATER));
        assertThat(CacheEnvelope.read(envelope, LATER)).isEmpty();
        assertThat(CacheEnvelope.expires(envelope)).isEqualTo(LATER);
        assertThat(envelope).as("compact").hasSizeLessThan(4 * completion.text().length() + 600);
        CacheEntry farthest = new CacheEntry(completion, Instant.MAX);
        assertThat(CacheEnvelope.read(CacheEnvelope.write(farthest), NOW)).contains(farthest);
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 1, 3, -1})
    void unknownVersion_orAnAppendedByte_isNoEntryEvenWithARightChecksum(byte version) {
        byte[] envelope = CacheEnvelope.write(new CacheEntry(full(), LATER));
        byte[] longer = withRightChecksum(Arrays.copyOf(envelope, envelope.length + 1));
        envelope[2] = version;

        assertThat(CacheEnvelope.read(withRightChecksum(envelope), NOW)).isEmpty();
        assertThat(CacheEnvelope.read(longer, NOW)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"text\":\"hello\"}", "WT", "PONG"})
    void foreignBytes_areNoEntry(String foreign) {
        assertThat(CacheEnvelope.read(foreign.getBytes(UTF_8), NOW)).isEmpty();
        assertThatThrownBy(() -> CacheEnvelope.expires(foreign.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyFlippedBit_isNoEntry() {
        byte[] envelope = CacheEnvelope.write(new CacheEntry(full(), LATER));

        for (int bit = 0; bit < envelope.length * Byte.SIZE; bit++) {
            byte[] flipped = envelope.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThat(CacheEnvelope.read(flipped, NOW))
                    .as("bit %d flipped", bit)
                    .isEmpty();
        }
    }

    /**
     * Forged bodies with a right checksum reach the reader itself, which must not throw or allocate what it is told to.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void forgedBody_isNeverAnException(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] envelope = CacheEnvelope.write(new CacheEntry(full(), LATER));

        for (int n = 0; n < 5_000; n++) {
            byte[] forged = Arrays.copyOf(envelope, random.nextInt(CacheEnvelope.BODY_FROM, envelope.length + 1));
            for (int changes = random.nextInt(1, 20); changes > 0; changes--) {
                int at = random.nextInt(CacheEnvelope.CHECKED_FROM, forged.length);
                forged[at] = (byte) random.nextInt();
            }
            assertThat(CacheEnvelope.read(withRightChecksum(forged), NOW)).isNotNull();
        }
    }

    static Stream<Completion> completions() {
        List<Completion> all = new ArrayList<>(List.of(said(""), full(), said("x".repeat(3_000_000))));
        for (String text : List.of(
                "Grüße, 你好, 😀\u0000\uFFFD", "half a pair: \uD83D", "\uDE00", "\uDE00\uD83D" + "ä".repeat(70))) {
            all.add(said(text));
        }
        for (FinishReason reason : FinishReason.values()) {
            Completion said = said("x");
            all.add(new Completion(said.text(), Optional.empty(), List.of(), reason, said.usage(), said.origin()));
        }
        for (Origin.Source source : Origin.Source.values()) {
            all.add(said("x").withOrigin(new Origin(source, "a", "m", 3, Duration.ofNanos(7), Optional.of("redis"))));
        }
        return all.stream();
    }

    private static Completion said(String text) {
        return new Completion(
                text,
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.empty(),
                new Origin(Origin.Source.CALL, "hf-1", "openai/gpt-oss-20b", 1, Duration.ZERO, Optional.empty()));
    }

    private static Completion full() {
        return new Completion(
                "The answer, at length: 你好",
                Optional.of("Let me think"),
                Optional.of("Nein"),
                List.of(
                        new ToolCall("call-1", "weather", "{\"city\":\"Zürich\"}"),
                        new ToolCall("", "f", ""),
                        new ToolCall(
                                "call-2", "exec", "print(1)", ToolCall.Type.CUSTOM, Map.of("signed", List.of(1L)))),
                FinishReason.TOOL_CALLS,
                Optional.of(new TokenUsage(127, 128, 0, Long.MAX_VALUE)),
                extras(),
                new Origin(
                        Origin.Source.JOINED,
                        "groq-1",
                        "llama",
                        Integer.MAX_VALUE,
                        Duration.ofSeconds(-3, 999_999_999),
                        Optional.of("redis")));
    }

    private static AnswerExtras extras() {
        Map<String, Object> token = new HashMap<>();
        token.put("bytes", null);
        token.put("logprob", -0.25);
        Object deep = "deep";
        for (int level = 0; level < 99; level++) {
            deep = List.of(deep);
        }
        return new AnswerExtras(
                Map.of(
                        "as deep as may be",
                        deep,
                        "service_tier",
                        "flex",
                        "numbers",
                        List.of(0L, -1L, 63L, -64L, Long.MAX_VALUE, Long.MIN_VALUE, 1e300, -0.0, Double.MIN_VALUE),
                        "larger",
                        List.of(BigInteger.TWO.pow(70), BigInteger.TWO.pow(63))),
                Map.of("logprobs", Map.of("content", List.of(token), "refusal", List.of())),
                Map.of("annotations", List.of(true, false, Map.of(), "你好"), "half", "\uD83D"));
    }

    private static byte[] withRightChecksum(byte[] envelope) {
        CRC32C crc = new CRC32C();
        crc.update(envelope, CacheEnvelope.CHECKED_FROM, envelope.length - CacheEnvelope.CHECKED_FROM);
        ByteBuffer.wrap(envelope).putInt(CacheEnvelope.MAGIC.length + 1, (int) crc.getValue());
        return envelope;
    }
}
