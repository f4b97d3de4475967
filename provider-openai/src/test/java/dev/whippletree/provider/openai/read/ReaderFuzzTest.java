package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.whippletree.provider.openai.read.FuzzInput.Kind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever bytes a service sends, in whatever pieces: the reader ends, throws nothing but what it declares, and tells
 * exactly what a simple reference reads in the same bytes. A failure names its seed, and the input as Java for
 * {@link #foundOnce}.
 */
@Tag("slow")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class ReaderFuzzTest {

    private static final int EACH = 8_000;
    private static final int EACH_THOROUGH = 200_000;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void damagedMessages_areReadAsTheReferenceReadsThem(long seed) {
        checkAll(seed, EACH);
    }

    @Tag("thorough")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("thoroughSeeds")
    void manyDamagedMessages_areReadAsTheReferenceReadsThem(long seed) {
        checkAll(seed, EACH_THOROUGH);
    }

    static LongStream thoroughSeeds() {
        return LongStream.range(100, 110);
    }

    private static void checkAll(long seed, int count) {
        for (int number = 0; number < count; number++) {
            FuzzInput input = FuzzInput.drawn(seed * 1_000_000_000 + number);
            if (!passes(input)) {
                explain(input, "seed " + seed + ", input " + number);
            }
        }
    }

    private static boolean passes(FuzzInput input) {
        try {
            FuzzJudge.check(input);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    private static void explain(FuzzInput input, String origin) {
        FuzzInput shrunk = Shrinker.shrunk(input, smaller -> !passes(smaller));
        try {
            FuzzJudge.check(shrunk);
        } catch (AssertionError e) {
            fail(origin + ", shrunk: " + shrunk + "\n" + e.getMessage(), e);
        }
        fail(origin + ", but not always: " + input);
    }

    /** Inputs that were read wrongly once. */
    static List<FuzzInput> foundOnce() {
        String hi = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}";
        String stop = "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n";
        return List.of(
                // A carriage return ends a line: this is no comment.
                new FuzzInput(Kind.STREAM, ":\r" + hi + "\n\n" + stop, false, 1),
                // What the end tears after the finish reason is no part of the answer.
                new FuzzInput(Kind.STREAM, hi + "\n\n" + stop + "data: [DO", false, 1),
                // The answer isn't always the first choice.
                new FuzzInput(Kind.STREAM, hi.replace("[{", "[{\"index\":1},{\"index\":0,") + "\n\n" + stop, false, 1),
                // A piece of another type is a hole in the answer.
                new FuzzInput(Kind.STREAM, hi.replace("\"Hi\"", "7") + "\n\n" + stop, false, 1),
                // A call that says nothing yet isn't told, so it must not take a number either.
                new FuzzInput(
                        Kind.STREAM,
                        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{}}]}}]}\n\n"
                                + "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"c\",\"function\":{}}]}}]}\n\n",
                        false,
                        1),
                // An overlong sequence isn't a quotation mark.
                new FuzzInput(
                        Kind.WHOLE,
                        "{\"choices\":[{\"message\":{\"content\":\"\u00c0\u00a2\"},\"finish_reason\":\"stop\"}]}",
                        false,
                        1),
                // An error took a piece of stack for each level.
                new FuzzInput(Kind.REFUSAL, "{\"error\":".repeat(400) + "\"deep\"" + "}".repeat(400), false, 5),
                // Bytes that aren't UTF-8 are a hole in the answer, as they are in one that comes whole.
                new FuzzInput(Kind.STREAM, hi.replace("Hi", "H\u00ff") + "\n\n" + stop, false, 1),
                // A wait of many units took a piece of stack for each.
                new FuzzInput(Kind.REFUSAL, "try again in " + "1s".repeat(4_000), false, 5));
    }

    @ParameterizedTest
    @MethodSource
    void foundOnce(FuzzInput input) {
        FuzzJudge.check(input);
    }

    static Stream<FuzzInput> wholeStreams() {
        return Recordings.WHOLE_STREAMS.stream();
    }

    @ParameterizedTest
    @MethodSource("wholeStreams")
    void streamCutAnywhere_isAnAnswerOnlyIfItsFinishReasonCame_andThenAllOfIt(FuzzInput stream) {
        Reading whole = FuzzJudge.stream(stream);
        assertThat(whole.end()).isPresent();
        int finish = stream.bytes()
                .replaceAll("\"finish_reason\":null", "\"finish_reason\"_null")
                .indexOf("\"finish_reason\":");
        for (int length = 0; length <= stream.bytes().length(); length++) {
            for (boolean broken : new boolean[] {false, true}) {
                FuzzInput cut = new FuzzInput(Kind.STREAM, stream.bytes().substring(0, length), broken, length);
                Reading read = FuzzJudge.stream(cut);
                if (read.end().isPresent()) {
                    assertThat(length).as("%s", cut).isGreaterThan(finish);
                    assertThat(read.text()).as("%s", cut).isEqualTo(whole.text());
                    assertThat(read.calls()).as("%s", cut).isEqualTo(whole.calls());
                }
            }
        }
    }

    @Test
    void undamagedStreams_areWhole() {
        assertThat(Recordings.WHOLE_STREAMS)
                .allSatisfy(stream -> assertThat(FuzzJudge.stream(stream).end()).isPresent());
    }
}
