package dev.whippletree.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.OverGateway;
import dev.whippletree.testkit.logging.LoggedLines;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class RequestLabelTest extends OverGateway {

    private static final String HI =
            "{\"model\":\"fast\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";

    @AutoClose
    private final LoggedLines log = new LoggedLines(HttpRefusals.class);

    private static String idOf(HttpResponse<String> response) {
        String id = response.headers().firstValue("x-request-id").orElseThrow();
        assertThat(id).matches("req_[0-9a-f]{32}");
        assertThat(response.headers().allValues("request-id")).containsExactly(id);
        return id;
    }

    @Test
    void everyResponse_hasAnIdOfItsOwn() throws Exception {
        Set<String> ids = new HashSet<>();
        for (String path : new String[] {"/", "/status", "/metrics", "/healthz", "/readyz", "/v1/models", "/nowhere"}) {
            ids.add(idOf(running.get(path)));
        }
        ids.add(idOf(running.get("/v1/chat/completions")));
        ids.add(idOf(running.post(HI.formatted("false", "Hi"))));
        ids.add(idOf(running.post(HI.formatted("true", "Ho"))));
        ids.add(idOf(running.post("[]")));
        assertThat(ids).hasSize(11);
    }

    @Test
    void clientsOwnId_isNotEchoed() throws Exception {
        HttpResponse<String> response = running.get("/healthz", "x-request-id", "mine", "request-id", "mine");
        assertThat(idOf(response)).isNotEqualTo("mine");
        assertThat(response.headers().allValues("x-request-id")).hasSize(1);
    }
}
