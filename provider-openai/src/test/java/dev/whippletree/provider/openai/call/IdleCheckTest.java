package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class IdleCheckTest {

    @AutoClose
    private final RawService service = new RawService();

    @Test
    void connectionStaysIdle_isClosed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        service.reply(0, out -> {
            out.write(RawService.bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHi"));
            service.connections().get(0).getInputStream().transferTo(OutputStream.nullOutputStream());
            closed.countDown();
        });
        OkHttpClient http = new OkHttpClient.Builder()
                .connectionPool(IdleCheck.pool(5, Duration.ofSeconds(1)))
                .build();

        try (Response response = http.newCall(
                        new Request.Builder().url(service.address()).build())
                .execute()) {
            assertThat(response.body().string()).isEqualTo("Hi");
        }

        assertThat(http.connectionPool().idleConnectionCount()).isEqualTo(1);
        assertThat(closed.await(1, TimeUnit.MINUTES)).isTrue();
    }
}
