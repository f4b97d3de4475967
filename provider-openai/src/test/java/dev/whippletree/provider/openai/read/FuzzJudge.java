package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.ErrorReader;
import dev.whippletree.provider.openai.dialect.FailureTable;
import dev.whippletree.provider.openai.dialect.HeadJudge;
import dev.whippletree.provider.openai.dialect.LimitProse;
import dev.whippletree.provider.openai.dialect.Redactor;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.provider.openai.dialect.Verdict;
import dev.whippletree.spi.AnswerEnd;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads inputs, and holds the reader to what it must do with each, whatever it is. */
final class FuzzJudge {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Dialect DIALECT = () -> URI.create("http://localhost/v1");
    private static final ResponseHead GOOD = new ResponseHead(200, Map.of());
    private static final int[] BAD = {301, 400, 401, 404, 413, 429, 500, 503};
    private static final Duration LONGEST = Duration.ofDays(31);

    private FuzzJudge() {}

    /** @throws AssertionError if the reader does what it mustn't */
    static void check(FuzzInput input) {
        try {
            switch (input.kind()) {
                case STREAM -> checkStream(input);
                case WHOLE -> checkWhole(input);
                case REFUSAL -> checkRefusal(input);
                case HEAD -> HeadJudge.check(input);
            }
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new AssertionError("the reader throws " + e, e);
        }
    }

    private static void checkStream(FuzzInput input) {
        assertThat(stream(input)).isEqualTo(ReferenceReader.stream(input.content(), input.broken()));
    }

    private static void checkWhole(FuzzInput input) {
        assertThat(whole(input)).isEqualTo(ReferenceReader.whole(input.content(), input.broken()));
    }

    /** A refusal stays one, with words for the caller and no absurd wait. */
    private static void checkRefusal(FuzzInput input) throws IOException {
        int status = BAD[Math.floorMod(input.cuts(), BAD.length)];
        ServiceError error = refusal(input, new ResponseHead(status, Map.of()));
        Verdict verdict = FailureTable.judge(error, List.of());
        assertThat(error.status()).isEqualTo(status);
        assertThat(error.message()).isNotBlank();
        assertThat(Redactor.clean(error.message(), Optional.empty())).hasSizeLessThanOrEqualTo(Redactor.LONGEST);
        verdict.retryAfter().ifPresent(FuzzJudge::checkSane);
        LimitProse.wait(error.message()).ifPresent(FuzzJudge::checkSane);
        LimitProse.find(error.message()).flatMap(LimitProse::untilRoom).ifPresent(FuzzJudge::checkSane);
    }

    private static void checkSane(Duration wait) {
        assertThat(wait).isBetween(Duration.ZERO, LONGEST);
    }

    static Reading stream(FuzzInput input) {
        Listener listener = new Listener();
        ChunkReader answer = new ChunkReader(GOOD, DIALECT, () -> Bench.NOW, PATIENCE, Reading.MODEL, listener);
        try {
            return listener.ended(Optional.of(answer.read(new EventStream(input.source()))));
        } catch (NoAnswerException | IOException e) {
            return listener.ended(Optional.empty());
        }
    }

    static Reading whole(FuzzInput input) {
        Listener listener = new Listener();
        try {
            AnswerEnd end = new WholeAnswer(GOOD, DIALECT, () -> Bench.NOW)
                    .read(BodyReader.answer(input.source()), Reading.MODEL, listener);
            return listener.ended(Optional.of(end));
        } catch (NoAnswerException | IOException e) {
            return listener.ended(Optional.empty());
        }
    }

    private static ServiceError refusal(FuzzInput input, ResponseHead head) throws IOException {
        return ErrorReader.ofBody(head, BodyReader.error(input.source(), PATIENCE), () -> Bench.NOW);
    }
}
