package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.dialect.ErrorReader;
import dev.whippletree.provider.openai.dialect.FailureTable;
import dev.whippletree.provider.openai.dialect.LimitProse;
import dev.whippletree.provider.openai.dialect.RateLimitHeaders;
import dev.whippletree.provider.openai.dialect.Redactor;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever bytes a service sends: the reader ends, throws nothing but what it declares, and tells the same in whatever
 * pieces they come; no wait or limit is absurd. A failure names its seed.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class ReaderFuzzTest {

    private static final int EACH = 4_000;
    private static final int EACH_THOROUGH = 200_000;
    private static final int MOST_MUTATIONS = 4;
    private static final int LONGEST = 64 << 10;
    private static final int[] BAD = {301, 400, 401, 404, 413, 429, 500, 503};
    private static final Duration LONGEST_WAIT = Duration.ofDays(31).plusSeconds(1);

    private static final Map<List<String>, BiConsumer<String, SplittableRandom>> CHECKS = Map.of(
            Recordings.WHOLE_STREAMS, ReaderFuzzTest::checkStream,
            Recordings.BROKEN_STREAMS, ReaderFuzzTest::checkStream,
            Recordings.ANSWERS, ReaderFuzzTest::checkWhole,
            Recordings.REFUSALS, ReaderFuzzTest::checkRefusal,
            Recordings.HEADS, ReaderFuzzTest::checkHead);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void damagedMessages_areReadTheSameInWhateverPieces(long seed) {
        checkAll(seed, EACH);
    }

    @Tag("thorough")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("thoroughSeeds")
    void manyDamagedMessages_areReadTheSameInWhateverPieces(long seed) {
        checkAll(seed, EACH_THOROUGH);
    }

    static LongStream thoroughSeeds() {
        return LongStream.range(100, 110);
    }

    private static void checkAll(long seed, int count) {
        CHECKS.forEach((recordings, check) -> {
            SplittableRandom random = new SplittableRandom(seed);
            for (int number = 0; number < count / CHECKS.size(); number++) {
                String message = recordings.get(random.nextInt(recordings.size()));
                for (int damage = random.nextInt(MOST_MUTATIONS + 1); damage > 0; damage--) {
                    message = Mutations.damaged(message, random);
                }
                String sent = message.substring(0, Math.min(message.length(), LONGEST));
                try {
                    check.accept(sent, random);
                } catch (RuntimeException | StackOverflowError | AssertionError e) {
                    throw new AssertionError("seed " + seed + ", message " + number + ": " + sent, e);
                }
            }
        });
    }

    private static void checkStream(String bytes, SplittableRandom random) {
        boolean broken = random.nextInt(4) == 0;
        assertThat(Reading.stream(bytes, broken, random.nextLong()))
                .isEqualTo(Reading.stream(bytes, broken, random.nextLong()));
    }

    private static void checkWhole(String bytes, SplittableRandom random) {
        Reading read = Reading.whole(bytes, false, random.nextLong());
        assertThat(read).isEqualTo(Reading.whole(bytes, false, random.nextLong()));
        assertThat(Reading.whole(bytes, true, random.nextLong()).end()).isEmpty();
    }

    /** A refusal stays one, with words for the caller and no absurd wait. */
    private static void checkRefusal(String bytes, SplittableRandom random) {
        int status = BAD[random.nextInt(BAD.length)];
        ServiceError error;
        try {
            byte[] body =
                    BodyReader.error(Reading.source(bytes, random.nextBoolean(), random.nextLong()), Reading.PATIENCE);
            error = ErrorReader.ofBody(new ResponseHead(status, Map.of()), body, () -> Bench.NOW);
        } catch (IOException e) {
            throw new AssertionError("an error whose explanation breaks off is still that error", e);
        }
        assertThat(error.status()).isEqualTo(status);
        assertThat(error.message()).isNotBlank();
        assertThat(Redactor.clean(error.message(), Optional.empty())).hasSizeLessThanOrEqualTo(Redactor.LONGEST);
        assertSane(FailureTable.judge(error, List.of()).retryAfter());
        assertSane(LimitProse.wait(error.message()));
        assertSane(LimitProse.find(error.message()).flatMap(LimitProse::untilRoom));
    }

    private static void checkHead(String lines, SplittableRandom random) {
        Map<String, String> headers = new HashMap<>();
        for (String line : lines.split("\n", -1)) {
            headers.put(line.replaceFirst(":.*", ""), line.replaceFirst("[^:]*:", ""));
        }
        ServiceError error = Bench.error(429, headers, "");
        assertSane(error.retryAfter());
        for (Limit.Unit unit : List.of(Limit.Unit.REQUESTS, Limit.Unit.TOKENS)) {
            // A report checks that its amounts are in range.
            RateLimitHeaders.of(unit, error.head())
                    .ifPresent(read -> assertSane(read.continuousReport(Reach.MODEL, Duration.ofDays(1))
                            .reset()));
        }
    }

    private static void assertSane(Optional<Duration> wait) {
        wait.ifPresent(time -> assertThat(time).isBetween(Duration.ZERO, LONGEST_WAIT));
    }

    static Stream<String> wholeStreams() {
        return Recordings.WHOLE_STREAMS.stream();
    }

    @ParameterizedTest
    @MethodSource("wholeStreams")
    void streamCutAnywhere_isAnAnswerOnlyIfItsFinishReasonCame_andThenAllOfIt(String stream) {
        Reading whole = Reading.stream(stream, false, 1);
        assertThat(whole.end()).isPresent();
        int finish = stream.replace("\"finish_reason\":null", "\"finish_reason\"_null")
                .indexOf("\"finish_reason\":");
        for (int length = 0; length <= stream.length(); length++) {
            for (boolean broken : new boolean[] {false, true}) {
                Reading read = Reading.stream(stream.substring(0, length), broken, length);
                if (read.end().isPresent()) {
                    assertThat(length).isGreaterThan(finish);
                    assertThat(read.text()).as("%s bytes", length).isEqualTo(whole.text());
                }
            }
        }
    }
}
