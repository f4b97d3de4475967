package dev.whippletree.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real sockets: request bodies that are packed. */
final class PackedRequestTest extends OverGateway {

    private static final int MB = 1 << 20;
    private static final String BODY = "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";

    private void bound(int mostBodyBytes, long memoryBytes) {
        reopen(GatewaySettings.DEFAULT.withBounds(
                GatewaySettings.Bounds.DEFAULT.withMostBodyBytes(mostBodyBytes).withMemoryBytes(memoryBytes)));
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    /** With every optional field of the header, as tools for files write some of them. */
    private static byte[] gzipWithAllFields(byte[] bytes) {
        byte[] plain = gzip(bytes);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.writeBytes(new byte[] {plain[0], plain[1], plain[2], 0x1f, 0, 0, 0, 0, 0, 3});
        packed.writeBytes(new byte[] {3, 0, 'a', 0, 'c'});
        packed.writeBytes("body.json\0a comment\0".getBytes(UTF_8));
        CRC32 checksum = new CRC32();
        checksum.update(packed.toByteArray());
        packed.writeBytes(new byte[] {(byte) checksum.getValue(), (byte) (checksum.getValue() >> 8)});
        packed.write(plain, 10, plain.length - 10);
        return packed.toByteArray();
    }

    private static byte[] head(String more) {
        return ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n\r\n").getBytes(UTF_8);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] withLength(byte[] body, String encoding) {
        return join(head("Content-Encoding: " + encoding + "\r\nContent-Length: " + body.length), body);
    }

    private static byte[] chunked(byte[] body, int size) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head("Content-Encoding: gzip\r\nTransfer-Encoding: chunked"));
        for (int from = 0; from < body.length; from += size) {
            byte[] chunk = Arrays.copyOfRange(body, from, Math.min(body.length, from + size));
            all.writeBytes((Integer.toHexString(chunk.length) + "\r\n").getBytes(UTF_8));
            all.writeBytes(chunk);
            all.writeBytes("\r\n".getBytes(UTF_8));
        }
        all.writeBytes("0\r\n\r\n".getBytes(UTF_8));
        return all.toByteArray();
    }

    private static byte[] body(String content) {
        return BODY.formatted(content).getBytes(UTF_8);
    }

    private void assertAsked(String content, int count) throws InterruptedException {
        for (int number = 0; number < count; number++) {
            assertThat(running.provider.call().prompt().messages().get(0).text())
                    .isEqualTo(content);
        }
    }

    @Test
    void packedBody_isRead_howeverItComes_andSoIsTheNextRequest() throws Exception {
        String content = "It is long. ".repeat(10_000);
        byte[] packed = gzip(body(content));
        List<byte[]> requests = List.of(
                withLength(packed, "gzip"),
                withLength(packed, "GZIP"),
                withLength(gzipWithAllFields(body(content)), "gzip"),
                chunked(packed, 1),
                chunked(packed, 100_000),
                withLength(body(content), "identity"));
        running.provider.forgetCalls();
        for (byte[] request : requests) {
            try (Socket socket = running.send(join(request, withLength(packed, "gzip")))) {
                assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 200 ");
                assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void unpackedBody_isWhatWasPacked_byteByByte() throws Exception {
        byte[] request = withLength(gzipWithAllFields(body("Grüße")), "gzip");
        try (Socket socket = running.send(new byte[0])) {
            for (byte next : request) {
                socket.getOutputStream().write(next);
                RunningGateway.settle();
            }
            assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 200 ");
        }
        assertAsked("Grüße", 1);
    }

    @Test
    void packedBody_takesNoMemory_onceItIsUnpacked() {
        MemoryBudget memory = new MemoryBudget(MB);
        ReceivedBody received = new ReceivedBody(memory.open(""));
        received.add(ByteBuffer.wrap(gzip(body("Hello"))));

        int size = received.unpacked(MB).size();

        assertThat(memory.used()).isEqualTo(MemoryBudget.BYTES_PER_REQUEST + size * (long) MemoryBudget.BYTES_PER_BYTE);
    }

    /** Wherever they are cut on their way. Thousands of empty ones would overflow the stack of the JDK's reader. */
    @Test
    void severalMembers_areRefused() {
        byte[] whole = body("Grüße");
        byte[] packed = join(gzip(Arrays.copyOf(whole, 20)), gzip(Arrays.copyOfRange(whole, 20, whole.length)));
        byte[] empty = gzip(new byte[0]);
        byte[] many = new byte[50_000 * empty.length];
        for (int at = 0; at < many.length; at += empty.length) {
            System.arraycopy(empty, 0, many, at, empty.length);
        }
        for (int cut = 1; cut < packed.length; cut++) {
            assertSeveral(packed, cut);
        }
        assertSeveral(many, 1);
    }

    private static void assertSeveral(byte[] packed, int cut) {
        ReceivedBody received = new ReceivedBody(new MemoryBudget(64 * MB).open(""));
        received.add(ByteBuffer.wrap(packed, 0, cut));
        received.add(ByteBuffer.wrap(packed, cut, packed.length - cut));
        assertThatThrownBy(() -> received.unpacked(MB))
                .as("cut at %s", cut)
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("is in several members; send one");
    }

    /** Of a thousandfold body no more is unpacked than a body may have. */
    @Test
    void bodyThatUnpacksToTooMuch_isRefused() throws Exception {
        bound(MB, 64 * MB);
        byte[] bomb = gzip(new byte[10 * MB]);
        assertThat(bomb.length).isLessThan(11_000);
        for (byte[] request : List.of(withLength(bomb, "gzip"), chunked(bomb, bomb.length / 2))) {
            try (Socket socket = running.send(request)) {
                assertThat(RunningGateway.readResponse(socket))
                        .startsWith("HTTP/1.1 413 ")
                        .contains("at most 1048576 bytes, unpacked");
            }
        }
        assertThat(running.provider.unseenCalls()).isZero();
        byte[] most = Arrays.copyOf(body("Hi"), MB);
        Arrays.fill(most, body("Hi").length, MB, (byte) ' ');
        try (Socket socket = running.send(withLength(gzip(most), "gzip"))) {
            assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void bodyThatUnpacksToMoreThanTheMemory_isRefused_andAllComesBack() throws Exception {
        bound(8 * MB, 4 * MB);
        try (Socket socket = running.send(withLength(gzip(new byte[7 * MB]), "gzip"))) {
            assertThat(RunningGateway.readResponse(socket))
                    .startsWith("HTTP/1.1 413 ")
                    .contains("needs more memory");
        }
        RunningGateway.settle();
        assertThat(running.get("/status").body()).contains("\"used_bytes\":0");
    }

    /** Each after a request for which the connection stays usable. */
    @ParameterizedTest
    @ValueSource(strings = {"cut off", "checksum", "length", "not gzip", "empty", "bad data", "header without end"})
    void damagedBody_isABadRequest(String damage) throws Exception {
        byte[] packed = gzip(body("Hi"));
        byte[] sent = packed.clone();
        switch (damage) {
            case "cut off" -> sent = Arrays.copyOf(packed, packed.length - 1);
            case "checksum" -> sent[packed.length - 8]++;
            case "length" -> sent[packed.length - 1]++;
            case "not gzip" -> sent = body("Hi");
            case "empty" -> sent = new byte[0];
            case "bad data" -> Arrays.fill(sent, 10, 20, (byte) 0xff);
            default ->
                sent = join(
                        Arrays.copyOf(packed, 3),
                        new byte[] {8, 0, 0, 0, 0, 0, 0},
                        "x".repeat(5_000).getBytes(UTF_8));
        }
        try (Socket socket = running.send(join(withLength(sent, "gzip"), withLength(packed, "gzip")))) {
            assertThat(RunningGateway.readResponse(socket))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("malformed_request", "the body says Content-Encoding: gzip, but is");
            assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 200 ");
        }
        assertAsked("Hi", 1);
    }

    @ParameterizedTest
    @CsvSource({"br", "deflate", "'gzip, gzip'", "zstd", "*"})
    void otherEncoding_isRefused_sayingWhatToDo(String encoding) throws Exception {
        try (Socket socket = running.send(join(withLength(body("Hi"), encoding), withLength(body("Hi"), "identity")))) {
            assertThat(RunningGateway.readResponse(socket))
                    .startsWith("HTTP/1.1 415 ")
                    .contains("can't unpack Content-Encoding '" + encoding + "'; send the body unpacked");
            assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 200 ");
        }
    }
}
