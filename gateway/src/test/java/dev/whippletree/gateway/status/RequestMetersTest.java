package dev.whippletree.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.http.RequestNotes;
import dev.whippletree.gateway.http.RequestNotes.EndedRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

final class RequestMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RequestMeters meters = new RequestMeters(registry);

    private void end(String client, int status, String code) {
        meters.accept(new EndedRequest("/v1/messages", "fast", client, status, code, status == 0 ? -1 : 1, 2));
    }

    private double count(String... tags) {
        return registry.find(RequestMeters.REQUESTS).tags(tags).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private long timed(String outcome) {
        return registry.find(RequestMeters.DURATION).tag("outcome", outcome).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    /** A gateway may have more clients than a metrics server bears, and reloads bring others. */
    @Test
    void rows_areBounded_andNoRequestIsLost() {
        int all = RequestMeters.MOST_ROWS + 1_000;
        for (int client = 0; client < all; client++) {
            end("client-" + client, 200, RequestNotes.NONE);
        }
        end("acme", 503, "overloaded");
        end("acme", 0, RequestNotes.DISCONNECTED);

        assertThat(registry.find(RequestMeters.REQUESTS).counters()).hasSize(RequestMeters.MOST_ROWS + 3);
        assertThat(count("client", RequestMeters.OTHER, "route", RequestMeters.OTHER, "code", "none"))
                .isEqualTo(1_000);
        assertThat(count("client", RequestMeters.OTHER, "code", RequestMeters.OTHER, "status", "503"))
                .isEqualTo(1);
        assertThat(count("client", RequestMeters.OTHER, "code", "disconnected", "status", "none"))
                .isEqualTo(1);
        assertThat(count()).isEqualTo(all + 2);
        assertThat(timed("answered")).isEqualTo(all);
        assertThat(timed("failed")).isEqualTo(1);
        assertThat(timed("disconnected")).isEqualTo(1);
    }

    @Test
    void responseThatNeverBegan_hasNoFirstByte() {
        end("acme", 0, RequestNotes.DISCONNECTED);
        assertThat(registry.get(RequestMeters.FIRST_BYTE).timer().count()).isZero();
        assertThat(timed("disconnected")).isEqualTo(1);
    }

    /** The server's own errors have no code. */
    @Test
    void statusOfAnError_isAFailure_withOrWithoutACode() {
        end("acme", 500, RequestNotes.NONE);
        end("acme", 200, "stream_interrupted");
        assertThat(timed("failed")).isEqualTo(2);
        assertThat(timed("answered")).isZero();
    }
}
