package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.provider.openai.read.BodyReader;
import dev.whippletree.testkit.provider.RecordingSink;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service packs reached the client as it was, where packing wasn't asked for: for streams it isn't. */
final class PackedBodyTest {

    private static final int MOST_EVENT_BYTES = 4 << 20;

    private static final String ERROR = "{\"error\":{\"message\":\"words\",\"code\":\"context_length_exceeded\"}}";
    private static final String ANSWER =
            "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";
    private static final String CHUNK = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    private static final String EVENTS = CHUNK + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

    @AutoClose
    private final RawService service = new RawService();

    @ParameterizedTest
    @CsvSource({"gzip, true", "gzip, false", "X-GZip, true", "'identity, GZIP', false"})
    void bodies_areUnpacked(String coding, boolean streaming) {
        service.reply(0, response("200 OK", "text/event-stream", coding, RawService.packed(EVENTS)));
        service.reply(0, response("200 OK", "application/json", coding, RawService.packed(ANSWER)));
        service.reply(0, response("400 Bad", "application/json", coding, RawService.packed(ERROR)));

        assertThat(service.send(streaming).text()).isEqualTo("Hi");
        assertThat(service.send(streaming).text()).isEqualTo("Hi");
        assertFailed(service.send(streaming), FailureKind.TOO_LARGE, "words");
        assertThat(service.connections()).hasSize(1);
    }

    private static void assertFailed(RecordingSink sink, FailureKind kind, String message) {
        assertThat(sink.awaitFailure().kind()).isEqualTo(kind);
        assertThat(sink.awaitFailure().message()).isEqualTo(message);
    }

    @Test
    void errorWhosePackingCannotBeRead_isThatOfItsStatus_andOfWhatCame() {
        service.reply(0, response("503 Busy", "application/json", "br", "\u0001\u0002"));
        String half = RawService.packedSoFar(ERROR.substring(0, 30));
        service.reply(0, response("400 Bad", "application/json", "gzip", half));

        assertFailed(service.send(), FailureKind.OVERLOADED, "the service gave no reason (503)");
        assertFailed(service.send(true), FailureKind.REJECTED, "words");
    }

    /** Some that stand before a service unpack what it sends, and leave the header. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity", "none", "utf-8"})
    void bodyThatIsNotPacked_isReadAsItIs(String coding) {
        service.reply(0, response("200 OK", "application/json", coding, ANSWER));
        service.reply(0, response("400 Bad", "application/json", coding, ERROR));
        service.reply(0, response("503 Busy", "application/json", coding, ""));

        assertThat(service.send().text()).isEqualTo("Hi");
        assertThat(service.send().awaitFailure().kind()).isEqualTo(FailureKind.TOO_LARGE);
        assertThat(service.send().awaitFailure().kind()).isEqualTo(FailureKind.OVERLOADED);
    }

    @ParameterizedTest
    @CsvSource({
        "br, br",
        "Zstd, zstd",
        "'gzip, gzip', 'gzip, gzip'",
        "sk-test-0123456789, ***",
        "b\u001br, an unknown encoding"
    })
    void packingThatNobodyAskedFor_isSaid(String coding, String name) {
        service.reply(0, response("200 OK", "application/json", coding, "\u0001\u0002"));
        service.reply(0, response("200 OK", "text/event-stream", coding, "\u0001\u0002"));

        for (boolean streaming : new boolean[] {false, true}) {
            assertFailed(
                    service.send(streaming),
                    FailureKind.UNAVAILABLE,
                    "the service compressed its answer with an encoding that wasn't requested (" + name + ", 200)");
        }
    }

    @Test
    void packedPiece_isToldBeforeTheNextOneComes() {
        service.reply(
                0,
                service.keptOpen("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\n"
                        + RawService.packedSoFar(CHUNK)));

        RecordingSink sink = service.begin(true);

        sink.awaitFirstDelta();
        assertThat(sink.isOver()).as("the answer isn't over yet").isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answerWhosePackingIsBroken_isSaid(boolean streaming) {
        String packed = RawService.packed(streaming ? CHUNK : ANSWER);
        String type = streaming ? "text/event-stream" : "application/json";
        service.reply(0, response("200 OK", type, "gzip", packed.substring(0, packed.length() - 8) + "12345678"));
        service.reply(0, response("200 OK", type, "gzip", packed.substring(0, packed.length() / 2)));
        service.reply(0, response("200 OK", type, "gzip", packed + "more"));

        service.reply(0, response("200 OK", type, "gzip", "\u001f\u008b\u0007\u00ff" + "\0".repeat(8)));

        for (int count = 0; count < 4; count++) {
            Failure failure = service.send(streaming).awaitFailure();

            assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
            assertThat(failure.message()).endsWith(": its gzip data can't be decompressed");
            assertThat(failure.code()).contains(Failure.DAMAGED);
        }
    }

    /** Comments, empty lines and fields that nobody knows hold nothing, but count. */
    @ParameterizedTest
    @ValueSource(strings = {"x", ": keep-alive to nobody\n", "id: of no event at all\n", "\r\n"})
    void linesWithoutContent_thatUnpackToTooMuch_areBrokenOff(String line) {
        String lines = line.repeat(3 * MOST_EVENT_BYTES / line.length());
        service.reply(0, response("200 OK", "text/event-stream", "gzip", RawService.packed(CHUNK + lines)));

        assertThat(service.send(true).awaitFailure().message()).contains("an event of the answer is longer than 4 MB");
    }

    @Test
    void streamThatUnpacksToTooMuch_isBrokenOff() {
        String event = "data: {\"ignored\":\"" + "x".repeat(10_000) + "\"}\n\n";
        String events = event.repeat(BodyReader.MOST_RECEIVED_BYTES / event.length() + 1);
        service.reply(0, response("200 OK", "text/event-stream", "gzip", RawService.packed(events)));

        assertThat(service.send(true).awaitFailure().message()).contains("the answer is longer than 32 MB");
    }

    @Test
    void errorThatUnpacksToTooMuch_isReadToTheBound() {
        String error =
                "{\"error\":{\"message\":\"words\",\"input\":\"" + "x".repeat(BodyReader.MOST_RECEIVED_BYTES) + "\"}}";
        service.reply(0, response("503 Busy", "application/json", "gzip", RawService.packed(error)));

        assertFailed(service.send(true), FailureKind.OVERLOADED, "words");
    }

    private static String response(String status, String type, String coding, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Encoding: " + coding
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }
}
