package dev.whippletree.comparison.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpRequestsTest {

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void body_readsRequestsOfOneConnectionAfterEachOther() throws IOException {
        InputStream in = in("""
                POST / HTTP/1.1
                Content-Length: 3

                onePOST / HTTP/1.1
                transfer-encoding: Chunked

                2;name=value
                tw
                1
                o
                0

                GET / HTTP/1.1

                """);

        assertThat(HttpRequests.body(in)).contains(bytes("one"));
        assertThat(HttpRequests.body(in)).contains(bytes("two"));
        assertThat(HttpRequests.body(in)).contains(bytes(""));
        assertThat(HttpRequests.body(in)).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void body_thatBreaksOff_isAnError() {
        assertThatThrownBy(() -> HttpRequests.body(in("POST / HTTP/1.1\nContent-Length: 3\n\non")))
                .isInstanceOf(EOFException.class);
    }
}
