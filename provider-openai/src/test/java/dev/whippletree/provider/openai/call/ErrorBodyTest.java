package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AttemptSink;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentCaptor;

/** An error whose body doesn't come, or not all of it, held a call until its timeout. */
final class ErrorBodyTest {

    private static final String BUSY = "HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\n";
    private static final String ANSWER =
            "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";

    @AutoClose
    private final RawService service = new RawService(Duration.ofMillis(50));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 100\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n64\r\n",
                "Connection: close\r\n\r\n",
                "Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n",
                "Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n\u001f\u008b\b\0\0\0\0\0\0\0"
            })
    void bodyThatNeverComes_isNotWaitedFor(String rest) {
        for (boolean streaming : new boolean[] {false, true}) {
            service.reply(service.connections().size(), service.keptOpen(BUSY + rest));
            Failure failure = service.send(streaming).awaitFailure();

            assertThat(failure.kind()).isEqualTo(FailureKind.OVERLOADED);
            assertThat(failure.status()).hasValue(503);
            assertThat(failure.message()).isEqualTo("the service gave no reason (503)");
        }
    }

    @ParameterizedTest
    @CsvSource({"Connection: close, ' '", "Transfer-Encoding: chunked, 64;"})
    void bodyThatDrips_mustHaveArrivedByThen(String framing, String start) {
        assertThat(failure(service.dripping(BUSY + framing + "\r\n\r\n" + start, ' '))
                        .kind())
                .isEqualTo(FailureKind.OVERLOADED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"error\":{\"message\":\"too many\",\"code\":\"model_not_found\"}} | MODEL_UNAVAILABLE",
                "{\"error\":{\"message\":\"too many | OVERLOADED"
            })
    void whatHasCome_isTheMessage(String body, FailureKind kind) {
        Failure failure = failure(service.keptOpen(BUSY + "Content-Length: 100\r\n\r\n" + body));

        assertThat(failure.message()).isEqualTo("too many");
        assertThat(failure.kind()).isEqualTo(kind);
    }

    @Test
    void statusAndHeadersOfABodyThatHangs_areToldBeforeIt() {
        try (RawService patient = new RawService(Duration.ofHours(1))) {
            patient.reply(
                    0,
                    patient.keptOpen("HTTP/1.1 429 Busy\r\n"
                            + "Retry-After: 7\r\n"
                            + "x-error-message: not sk-test-0123456789\r\n"
                            + "Content-Length: 100\r\n\r\n"));
            AttemptSink sink = mock(AttemptSink.class);

            patient.client().send(Prompt.of("How are you?"), "test/model", sink);

            ArgumentCaptor<Failure> refusal = ArgumentCaptor.forClass(Failure.class);
            verify(sink, timeout(30_000)).refused(refusal.capture());
            assertThat(refusal.getValue().kind()).isEqualTo(FailureKind.RATE_LIMITED);
            assertThat(refusal.getValue().status()).hasValue(429);
            assertThat(refusal.getValue().retryAfter()).contains(Duration.ofSeconds(7));
            assertThat(refusal.getValue().message()).isEqualTo("not ***");
            verify(sink, never()).failed(any());
        }
    }

    @Test
    void connectionOfAnUnfinishedBody_isNotUsedAgain() {
        failure(service.keptOpen(BUSY + "Content-Length: 100\r\n\r\n"));
        service.reply(1, "HTTP/1.1 200 OK\r\nContent-Length: " + ANSWER.length() + "\r\n\r\n" + ANSWER);

        assertThat(service.send().text()).isEqualTo("Hi");
        assertThat(service.connections()).hasSize(2);
    }

    @Test
    void connectionOfAWholeBody_isUsedAgain_withoutATimeOfItsOwn() {
        service.reply(0, BUSY + "Content-Length: 2\r\n\r\n{}");
        service.reply(0, service.later("HTTP/1.1 200 OK\r\nContent-Length: " + ANSWER.length() + "\r\n\r\n" + ANSWER));
        service.send().awaitFailure();

        assertThat(service.send().text()).isEqualTo("Hi");
        assertThat(service.connections()).hasSize(1);
    }

    @Test
    void streamThatIsSilentAfterItsFinishReason_isWhole() {
        service.reply(
                0,
                service.keptOpen("HTTP/1.1 200 OK\r\n"
                        + "Content-Type: text/event-stream\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + "61\r\n"
                        + "data:"
                        + " {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}"
                        + " ".repeat(16) + "\n\n\r\n"));

        assertThat(service.send(true).text()).isEqualTo("Hi");
    }

    @ParameterizedTest
    @CsvSource({"0, busy", "1, bus"})
    void beginningOfABody_isReadUpTo64Kilobytes(int more, String message) {
        String start = "{\"pad\":\"";
        String end = "\",\"message\":\"busy";
        String body = start + "x".repeat(65_536 - start.length() - end.length() + more) + end + "y".repeat(10_000);

        try (RawService patient = new RawService(Duration.ofHours(1))) {
            patient.reply(0, patient.keptOpen(BUSY + "Content-Length: 100000\r\n\r\n" + body));

            assertThat(patient.send().awaitFailure().message()).isEqualTo(message);
        }
    }

    private Failure failure(RawService.Reply reply) {
        service.reply(0, reply);
        return service.send().awaitFailure();
    }
}
