package dev.whippletree.provider.openai.call;

import static dev.whippletree.provider.openai.call.RawService.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.OpenAiProvider;
import dev.whippletree.provider.openai.dialect.JsonFields;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.testkit.provider.RecordingSink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service may send that keeps to no rule of HTTP, over raw sockets. */
final class HostileServiceTest {

    @RegisterExtension
    static final LoggedLines LOG =
            new LoggedLines("dev.whippletree.provider.openai").expecting("a call failed unexpectedly");

    @AutoClose
    private final RawService service = new RawService();

    private static String answer(String content) {
        return "{\"choices\":[{\"message\":{\"content\":\"" + content + "\"},\"finish_reason\":\"stop\"}]}";
    }

    private static String ofLength(String content) {
        String body = answer(content);
        return head("Content-Length: " + body.length()) + body;
    }

    private static String chunked(String content) {
        String body = answer(content);
        return head("Transfer-Encoding: chunked") + Integer.toHexString(body.length()) + "\r\n" + body
                + "\r\n0\r\n\r\n";
    }

    private static String head(String framing) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + framing + "\r\n\r\n";
    }

    private Failure failure(RawService.Reply reply) {
        service.reply(0, reply);
        return service.send().awaitFailure();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoResponsesToOneRequest_theSecondAnswersNobody(boolean inChunks) {
        String two = inChunks ? chunked("first") + chunked("injected") : ofLength("first") + ofLength("injected");
        service.reply(0, two);
        service.reply(0, ofLength("second"));
        service.reply(1, ofLength("third"));
        assertThat(service.send().text()).isEqualTo("first");

        Failure failure = service.send().awaitFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.message()).contains("before it got the request");
        assertThat(failure.code()).as("no answer to this request").isEmpty();
        assertThat(service.send().text()).isEqualTo("third");
        assertThat(service.connections()).hasSize(2);
    }

    /** A proxy may say 408 before it closes an idle connection: that cost an attempt, though nothing had been sent. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void responseWithoutARequest_answersNobody_andItsConnectionIsReplaced(boolean injected) throws IOException {
        String unasked = "HTTP/1.1 408 Request Time-out\r\nConnection: close\r\n\r\n";
        service.reply(0, ofLength("first"));
        service.reply(0, ofLength("sent where it shouldn't be"));
        service.reply(1, ofLength("second"));
        assertThat(service.send().text()).isEqualTo("first");
        service.connections().get(0).getOutputStream().write(bytes(injected ? ofLength("injected") : unasked));

        RecordingSink sink = service.send();

        assertThat(sink.text()).isEqualTo("second");
        assertThat(sink.staleConnections()).isEqualTo(1);
        assertThat(sink.violations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10", "Transfer-Encoding: chunked"})
    void responseThatEndsInTwoPlaces_isRefused(String other) {
        String body = answer("hello");

        Failure failure = failure(out -> out.write(bytes(head(other + "\r\nContent-Length: " + body.length()) + body)));

        assertThat(failure.message()).contains("states two different lengths");
        assertThat(failure.code()).contains(Failure.DAMAGED);
    }

    /** OkHttp loses sight of these connections: they stayed open for good. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "101 Switching|Connection: upgrade|another protocol",
                "101 Switching|X-Other: x|another protocol",
                "200 OK|Content-Length: -5|a negative length",
                "-12 Odd|Content-Length: 0|failed unexpectedly"
            })
    void responseThatOkHttpCannotTake_endsWithItsConnection(String status, String header, String words)
            throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        RawService.Reply kept = service.keptOpen("HTTP/1.1 " + status + "\r\n" + header + "\r\n\r\n");

        Failure failure = failure(out -> {
            kept.write(out);
            closed.countDown();
        });

        assertThat(failure.message()).contains(words).doesNotContain("Exception", "-5", "-12");
        assertThat(closed.await(30, TimeUnit.SECONDS))
                .as("the client has closed the connection")
                .isTrue();
    }

    private static String unpacksToTooMuch() {
        String packed = RawService.packed(" ".repeat(JsonFields.LONGEST + 1));
        return head("Connection: close\r\nContent-Encoding: gzip\r\nContent-Length: " + packed.length()) + packed;
    }

    private static String hasTooManyValues() {
        String body = answer("hello").replace("{\"message", "{\"x\":[" + "{},".repeat(600_000) + "{}],\"message");
        return head("Connection: close\r\nContent-Length: " + body.length()) + body;
    }

    @Test
    void answerThatUnpacksToTooMuch_isBrokenOff() {
        assertThat(failure(out -> out.write(bytes(unpacksToTooMuch()))).message())
                .contains("the answer is longer than 16 MB");
    }

    private String failureOfVectors(String response) {
        service.reply(0, response);
        service.reply(1, response);
        try (Whippletree whippletree = Whippletree.builder()
                .provider(new OpenAiProvider())
                .account(Bench.account(service.address(), Map.of()))
                .model("model")
                .build()) {
            CompletableFuture<Embeddings> vectors = whippletree.embed(Prompt.embedding(List.of("a")));
            return String.valueOf(catchThrowable(() -> vectors.get(30, TimeUnit.SECONDS)));
        }
    }

    @Test
    void vectorsThatUnpackToTooMuch_sayWhatToDo() {
        assertThat(failureOfVectors(unpacksToTooMuch()))
                .contains("the answer is longer than 16 MB; lower the account's embedding-inputs");
    }

    @Test
    void vectorsWhosePackingIsBroken_areNotSaidToBeTooMany() {
        String packed = RawService.packed("{}") + "more";
        String head = head("Connection: close\r\nContent-Encoding: gzip\r\nContent-Length: " + packed.length());

        assertThat(failureOfVectors(head + packed))
                .contains("its gzip data can't be decompressed")
                .doesNotContain("embedding-inputs");
    }

    /** As an outage, which counts as one attempt, they were asked for and paid for a quarter of an hour. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersThatCannotBeRead_areAskedForTwice(boolean packed) throws Exception {
        String unreadable = packed ? unpacksToTooMuch() : hasTooManyValues();
        service.reply(0, ofLength("first"));
        service.reply(0, unreadable);
        service.reply(1, unreadable);
        service.reply(2, ofLength("third"));
        try (Whippletree whippletree = Whippletree.builder()
                .provider(new OpenAiProvider())
                .account(Bench.account(service.address(), Map.of()))
                .route(RouteSettings.builder("default")
                        .tier(new TargetSettings("local-1", "model"))
                        .retries(Retries.DEFAULT.withBackoff(Duration.ofMillis(1), Duration.ofMillis(1)))
                        .build())
                .build()) {
            whippletree.complete(Prompt.of("one")).get(30, TimeUnit.SECONDS);

            assertThat(whippletree.complete(Prompt.of("two"))).failsWithin(30, TimeUnit.SECONDS);

            assertThat(whippletree.status().accounts().get(0).calls()).isEqualTo(3);
            assertThat(service.connections()).hasSize(2);
        }
    }

    /** All of these are kept until they end, by OkHttp or by what unpacks. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Encoding: gzip\r\n\r\n\u001f\u008b\b\b\0\0\0\0\0\0",
                "Content-Type: text/event-stream\r\n\r\ndata: ",
                "X-Endless: "
            })
    void lineWithoutEnd_isBrokenOff(String start) {
        Failure failure = failure(out -> {
            out.write(bytes("HTTP/1.1 200 OK\r\n" + start));
            byte[] more = bytes("x".repeat(1 << 16));
            while (true) {
                out.write(more);
            }
        });

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    }

    /** Each is read whole by OkHttp, some in the square of its length. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n|0",
                "Transfer-Encoding: chunked\r\n\r\n5;|x",
                "Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n|0",
                "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: |x"
            })
    void lineAroundChunksWithoutEnd_isBrokenOffSoon(String reply) {
        String[] parts = reply.split("\\|");
        AtomicLong sent = new AtomicLong();

        Failure failure = failure(out -> {
            out.write(bytes("HTTP/1.1 200 OK\r\n" + parts[0]));
            byte[] more = bytes(parts[1].repeat(1 << 16));
            while (true) {
                out.write(more);
                sent.addAndGet(more.length);
            }
        });

        assertThat(failure.message())
                .containsPattern("512 KB that belong to no answer|connection broke after 2[67]\\d,\\d{3} bytes");
        assertThat(sent).as("what the connection's buffers take included").hasValueLessThan(16 << 20);
    }

    @Test
    void answerOfMoreValuesThanAnyHas_isNotRead() {
        assertThat(failure(out -> out.write(bytes(hasTooManyValues()))).message())
                .contains("has more than 1,000,000 values");
    }
}
