package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user reads when a service sends what it shouldn't: these said what OkHttp and the JDK call it. */
final class FailureWordsTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String JSON = OK + "Content-Type: application/json\r\n";
    private static final String EVENTS = OK + "Content-Type: text/event-stream\r\n";
    private static final String CHUNK = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";

    @AutoClose
    private final RawService service = new RawService();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Type: text/html; charset=utf-8 | something that isn't an answer (text/html, 200)",
                "Content-Type: Application/JSON | JSON that isn't an answer, or has more than 1,000,000 values"
                        + " (application/json, 200)",
                "X-Other: none | something that isn't an answer (no content type, 200)",
                "Content-Type: <script>alert(1)</script> | something that isn't an answer"
                        + " (an invalid content type, 200)",
                "Content-Type: sk-test-0123456789/x | something that isn't an answer (***/x, 200)"
            })
    void whatIsNoAnswer_isCalledByItsTypeAndStatus(String header, String what) {
        String page = "<!DOCTYPE html><html><title>Log in</title></html>";
        String response = OK + header + "\r\nContent-Length: " + page.length() + "\r\n\r\n" + page;

        assertThat(words(response, false)).isEqualTo("the service sent " + what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html></html>\n", "data: hello\n\n", "data: [1]\n\n", ": hm\n\n<html>"})
    void whatIsNoStream_isCalledByItsTypeAndStatus(String body) {
        assertThat(words(EVENTS + "Connection: close\r\n\r\n" + body, true))
                .isEqualTo("the service sent something that isn't an answer (text/event-stream, 200)");
    }

    @ParameterizedTest
    @ValueSource(strings = {": still here\n\n", "data: [DONE]\n\n", "\n"})
    void streamWithoutAnAnswer_isSaid(String body) {
        assertThat(words(EVENTS + "Connection: close\r\n\r\n" + body, true))
                .isEqualTo("the stream ended before the answer did");
    }

    @Test
    void chunkThatIsNotUtf8_isSaid() {
        assertThat(words(EVENTS + "Connection: close\r\n\r\n" + CHUNK + CHUNK.replace("Hi", "H\u00ff"), true))
                .isEqualTo("the stream contains a chunk that isn't UTF-8");
    }

    @ParameterizedTest
    @CsvSource({"200 OK, false", "200 OK, true", "204 No Content, false", "204 No Content, true"})
    void emptyBody_isSaid(String status, boolean streaming) {
        assertThat(words(
                        "HTTP/1.1 " + status + "\r\n" + (status.startsWith("2") ? "Content-Length: 0" : "")
                                + "\r\n\r\n",
                        streaming))
                .isEqualTo("the service sent an empty body instead of an answer (" + status.substring(0, 3) + ")");
    }

    static Stream<String> brokenOff() {
        return Stream.of(
                JSON + "Content-Length: 5000\r\n\r\n" + " ".repeat(1_134),
                JSON + "Transfer-Encoding: chunked\r\n\r\n1000\r\n" + " ".repeat(1_131),
                JSON + "Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n",
                JSON + "Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n10",
                EVENTS + "Transfer-Encoding: chunked\r\n\r\n1000\r\n" + CHUNK,
                EVENTS + "Content-Encoding: gzip\r\nContent-Length: 5000\r\n\r\n" + RawService.packedSoFar(CHUNK),
                JSON + "Content-Type: appli",
                "HTTP/1.1 2",
                "H");
    }

    @ParameterizedTest
    @MethodSource("brokenOff")
    void connectionThatBreaks_isSaid_withWhatHasCome(String response) {
        String count = response.length() == 1 ? "1 byte" : String.format(Locale.ROOT, "%,d bytes", response.length());

        assertThat(words(response, response.startsWith(EVENTS))).isEqualTo("the connection broke after " + count);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true"})
    void answerThatBreaksOff_isDamaged_ifItHasBegun(boolean begun, boolean inChunks) {
        String framing = inChunks ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 5000\r\n\r\n";
        String body = (inChunks ? "1000\r\n" : "") + (begun ? "{" : "");
        service.reply(0, RawService.closedAfter(JSON + framing + body));
        Optional<String> code = service.send(false).awaitFailure().code();

        assertThat(code).isEqualTo(begun ? Optional.of(Failure.DAMAGED) : Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SSH-2.0-OpenSSH_9.6 | it sent invalid HTTP",
                "HTTP/1.1 many | it sent invalid HTTP",
                "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;secret | it sent invalid HTTP",
                "HTTP/1.1 204 No Content;Content-Length: 5;;Hello | it sent invalid HTTP",
                "HTTP/1.1 407 Who | it asks for proxy credentials (407)",
                "HTTP/1.1 200 OK;X-Long: | the headers of its response are longer than 256 KB"
            })
    void whatIsNoHttp_isSaid(String response, String words) {
        String more = response.endsWith("X-Long:") ? "x".repeat(600_000) : "\r\n\r\n";

        assertThat(words(response.replace(";", "\r\n") + more, false))
                .startsWith("no answer from 127.0.0.1:")
                .endsWith(words);
    }

    @Test
    void connectionClosedWithoutAByte_isSaid() {
        assertThat(words("", true)).isEqualTo("the connection was closed before an answer arrived");
    }

    private String words(String response, boolean streaming) {
        service.reply(0, RawService.closedAfter(response));
        Failure failure = service.send(streaming).awaitFailure();
        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        return failure.message();
    }
}
