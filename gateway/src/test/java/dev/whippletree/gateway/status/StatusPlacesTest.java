package dev.whippletree.gateway.status;

import static dev.whippletree.gateway.RunningGateway.HI;
import static dev.whippletree.gateway.RunningGateway.assertError;
import static dev.whippletree.gateway.RunningGateway.client;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.status.PricedStatus;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What shows how everything stands, and who may see it, over real sockets. */
final class StatusPlacesTest extends OverGateway {

    private static final int MOST_ASKED = 10_000;
    private static final String WATCH = "watchword";

    private void open(Optional<String> watchKey, GatewaySettings.Client... clients) {
        reopen(GatewaySettings.DEFAULT.withClients(List.of(clients), watchKey.map(Secret::of)));
    }

    private JsonNode status(String... headers) throws Exception {
        HttpResponse<String> response = running.get("/status", headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    /** Sends a request with headers that the JDK's client doesn't let one choose. */
    private int raw(String path, String headers) throws IOException {
        try (Socket socket = running.send("GET " + path + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n")) {
            return Integer.parseInt(
                    RunningGateway.readUntil(socket, "\r\n").split(" ")[1].strip());
        }
    }

    @Test
    void status_isWhatTheCommandPrints_withTheGatewaysOwnPart() throws Exception {
        running.post(HI);
        HttpResponse<String> response = running.get("/status");

        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(response.headers().firstValue("cache-control")).contains("no-store");
        PricedStatus read = PricedStatus.read(response.body());
        assertThat(read.status().prompts().answered()).isEqualTo(1);
        assertThat(read.status().accounts()).extracting(account -> account.id()).containsExactly("one", "two");
        assertThat(read.bill().items()).hasSize(1);
        JsonNode own = JsonMapper.shared().readTree(response.body()).required("gateway");
        assertThat(own.required("clients")).isEmpty();
        assertThat(own.required("requests").intValue()).isEqualTo(1);
        assertThat(own.required("connections").intValue()).isEqualTo(1);
        assertThat(own.at("/memory/amount_bytes").longValue()).isEqualTo(GatewaySettings.Bounds.DEFAULT.memoryBytes());
        assertThat(own.required("trend").isArray()).isTrue();
    }

    @Test
    void connectionsAndRequests_areThoseOfThisMoment() throws Exception {
        running.provider.usually(call -> {});
        int before = status().at("/gateway/connections").intValue();
        try (Socket asking = running.send(RunningGateway.wire(HI))) {
            ScriptedProvider.Call call = running.provider.call();
            assertThat(status().at("/gateway/connections").intValue()).isEqualTo(before + 1);
            assertThat(status().at("/gateway/requests").intValue()).isEqualTo(2);
            call.answer("Hello");
            RunningGateway.readResponse(asking);
            RunningGateway.settle();
            assertThat(status().at("/gateway/requests").intValue()).isEqualTo(1);
        }
        for (int turn = 0; turn < 3; turn++) {
            RunningGateway.settle();
        }
        assertThat(status().at("/gateway/connections").intValue()).isEqualTo(before);
        assertThat(status().at("/gateway/requests").intValue()).isEqualTo(1);
    }

    /** A caller may have its answer before the gateway is told how the call ended. */
    @Test
    void failures_areShownTheLastFirst() throws Exception {
        running.provider.usually(call -> call.fail(new Failure(
                FailureKind.REJECTED,
                "no " + call.model(),
                OptionalInt.of(422),
                Optional.empty(),
                Optional.empty(),
                Reach.ACCOUNT)));
        running.post(HI);
        JsonNode failure = status().at("/gateway/failures/0");
        for (int asked = 1; failure.isMissingNode() && asked < MOST_ASKED; asked++) {
            failure = status().at("/gateway/failures/0");
        }
        assertThat(failure.required("at").stringValue()).endsWith("Z");
        assertThat(failure.toString())
                .contains(
                        "\"account\":\"one\",\"model\":\"small-model\",\"kind\":\"rejected\",\"status\":422,\"message\":\"no small");
    }

    @Test
    void metrics_areWhatPrometheusReads() throws Exception {
        running.post(HI);
        HttpResponse<String> response = running.get("/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
        assertThat(response.body())
                .contains("whippletree_prompts_total{engine=\"default\",outcome=\"service\",reason=\"none\"} 1.0")
                .contains("gen_ai_client_operation_duration_seconds_count{");
    }

    @Test
    void clients_areShownByName_withWhatTheyUsed_andNeverTheirKeys() throws Exception {
        open(
                Optional.of(WATCH),
                client("acme", "key-of-acme", "3 requests / 1h", "7 tokens / 1h"),
                client("other", "key-of-other"));
        running.post(HI, "Authorization", "Bearer key-of-acme");
        JsonNode json = status("Authorization", "Bearer " + WATCH);
        assertThat(json.at("/gateway/clients").toString().replaceFirst("\"more_in_ms\":\\d+", "\"more_in_ms\":1"))
                .isEqualTo("""
                        [{"name":"acme","requests":1,"tokens":7,"limits":[\
                        {"unit":"requests","amount":3,"window_ms":3600000,"left":2},\
                        {"unit":"tokens","amount":7,"window_ms":3600000,"left":0,"more_in_ms":1}]},\
                        {"name":"other","requests":0,"tokens":0,"limits":[]}]""");
        assertThat(json.toString()).doesNotContain("key-of", WATCH);
    }

    @Test
    void tenants_areShownOnceThereAreSeveral() throws Exception {
        open(Optional.of(WATCH), client("acme", "key-of-acme"), client("other", "key-of-other"));
        running.post(HI, "Authorization", "Bearer key-of-acme");
        assertThat(status("Authorization", "Bearer " + WATCH).has("tenants")).isFalse();
        running.post(HI, "Authorization", "Bearer key-of-other");
        JsonNode tenants = status("Authorization", "Bearer " + WATCH).required("tenants");
        assertThat(tenants.size()).isEqualTo(2);
        assertThat(tenants.get(0).toString())
                .contains("\"name\":\"acme\",\"weight\":1,\"waiting\":0,", "\"starts\":1", "\"share_of_starts\":0.5")
                .doesNotContain("oldest_wait_ms");
    }

    @Test
    void watchKeyWithoutClients_isNeededToSee_butNotToAsk() throws Exception {
        open(Optional.of(WATCH));
        assertError(running.get("/status"), 401, "invalid_api_key", "gateway.watch-key");
        assertThat(running.get("/status", "Authorization", "Bearer " + WATCH).statusCode())
                .isEqualTo(200);
        assertThat(running.post(HI).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/chat/completions",
                "/v1/messages",
                "/v1/messages/count_tokens",
                "/v1/responses",
                "/v1/embeddings",
                "/v1/confirmations",
                "/v1/models",
                "/v1/models/fast",
                "/status",
                "/metrics",
                "/v1/files",
                "/acme"
            })
    void withoutAKey_everyPlaceIsShut(String place) throws Exception {
        open(Optional.of(WATCH), client("acme", "key-of-acme"));
        for (String key : List.of("", "Authorization: Bearer key-of-acm\r\n", "x-api-key: " + WATCH + "s\r\n")) {
            for (String method : List.of("GET", "POST", "PUT")) {
                try (Socket socket = running.send(method + " " + place + " HTTP/1.1\r\nHost: localhost\r\n" + key
                        + "Content-Type: application/json\r\nContent-Length: " + HI.length()
                        + "\r\nConnection: close\r\n\r\n" + HI)) {
                    assertThat(RunningGateway.readAll(socket))
                            .as("%s %s", method, key)
                            .containsPattern("^HTTP/1.1 (401|403|404|405) ")
                            .doesNotContain("small-model");
                }
            }
        }
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void withClientsAndNoWatchKey_nobodyMaySee_andItSaysWhatToSet() throws Exception {
        open(Optional.empty(), client("acme", "key-of-acme"));
        assertError(running.get("/status"), 403, "forbidden", "gateway.watch-key");
        assertError(
                running.get("/status", "Authorization", "Bearer key-of-acme"), 403, "forbidden", "gateway.watch-key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/status", "/metrics"})
    void clientsKey_isNoWatchKey_norIsTheWatchKeyAClients(String path) throws Exception {
        open(Optional.of(WATCH), client("acme", "key-of-acme"));
        assertError(running.get(path), 401, "invalid_api_key", "no key");
        assertError(running.get(path, "Authorization", "Bearer key-of-acme"), 401, "invalid_api_key", "isn't");
        assertError(running.post(HI, "Authorization", "Bearer " + WATCH), 401, "invalid_api_key", "unknown key");
        assertThat(running.get(path, "Authorization", "bearer  " + WATCH + " ").statusCode())
                .isEqualTo(200);
    }

    @Test
    void reloadedWatchKey_holdsFromThenOn() throws Exception {
        open(Optional.of(WATCH), client("acme", "key-of-acme"));
        boolean restart =
                running.gateway.reload(running.settings(Optional.of("another"), client("acme", "key-of-acme")));
        assertThat(restart).isFalse();
        assertThat(running.get("/status", "Authorization", "Bearer " + WATCH).statusCode())
                .isEqualTo(401);
        assertThat(running.get("/status", "Authorization", "Bearer another").statusCode())
                .isEqualTo(200);
    }

    @Test
    void page_isOpenWithoutAKey_andHoldsNothing() throws Exception {
        open(Optional.of(WATCH), client("acme", "key-of-acme"));
        HttpResponse<String> page = running.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(page.body()).contains("<title>Whippletree</title>").doesNotContain("acme", "scripted");
    }

    @Test
    void page_mayRunItsOwnScriptAlone_andAskNobodyElse() throws Exception {
        HttpResponse<String> page = running.get("/");
        String policy = page.headers().firstValue("content-security-policy").orElseThrow();
        assertThat(policy)
                .contains("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "form-action 'none'")
                .contains("style-src " + hash(page.body(), "style"), "script-src " + hash(page.body(), "script"))
                .doesNotContain("unsafe", "*", "http");
        assertThat(page.headers().map())
                .containsEntry("x-content-type-options", List.of("nosniff"))
                .containsEntry("cross-origin-resource-policy", List.of("same-origin"))
                .containsEntry("x-frame-options", List.of("DENY"))
                .containsEntry("cache-control", List.of("no-cache"))
                .containsEntry("referrer-policy", List.of("no-referrer"));
        assertThat(running.get("/status").headers().map())
                .containsEntry("x-content-type-options", List.of("nosniff"))
                .containsEntry("cross-origin-resource-policy", List.of("same-origin"));
    }

    /** What the policy refuses would be seen by nobody but a browser. */
    @Test
    void page_hasNothingThatItsPolicyRefuses() throws Exception {
        assertThat(running.get("/").body())
                .doesNotContain(" style=\"", "innerHTML", "insertAdjacentHTML", "eval(", "src=\"", "@import", "url(")
                .doesNotContainPattern(" on[a-z]+=\"")
                .doesNotContainPattern("href=\"(?!data:|status\")");
    }

    private static String hash(String page, String element) throws Exception {
        Matcher matcher = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
                .matcher(page);
        assertThat(matcher.find()).isTrue();
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(matcher.group(1).getBytes(StandardCharsets.UTF_8));
        assertThat(matcher.find()).as("another " + element).isFalse();
        return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example, 403",
        "null, 403",
        "http://localhost:1, 403",
        "http://localhost.evil.example:PORT, 403",
        "file://, 403",
        "chrome-extension://localhost:PORT, 403",
        "http://localhost:PORT, 200",
        "https://LOCALHOST:PORT, 200",
        "'http://localhost:PORT\r\nOrigin: http://evil.example', 403",
        "'http://evil.example\r\nOrigin: http://localhost:PORT', 403"
    })
    void requestOfAWebPage_mustComeFromOurOwn(String origin, int expected) throws Exception {
        String headers = "Host: localhost:PORT\r\nOrigin: " + origin + "\r\n";
        String here = headers.replace("PORT", Integer.toString(running.gateway.port()));
        assertThat(raw("/status", here)).isEqualTo(expected);
        assertThat(raw("/v1/models", here)).isEqualTo(expected);
    }

    @Test
    void webPageOfAnotherSite_causesNoCall() throws Exception {
        HttpResponse<String> response = running.post(HI, "Origin", "https://evil.example");
        assertError(response, 403, "forbidden", "other sites");
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void withKeys_everyNameIsAnswered() throws Exception {
        open(Optional.of(WATCH), client("acme", "key-of-acme"));
        assertThat(raw("/", "Host: llm.example\r\n")).isEqualTo(200);
        assertThat(raw("/status", "Host: llm.example\r\nAuthorization: Bearer " + WATCH + "\r\n"))
                .isEqualTo(200);
        assertThat(raw("/v1/models", "Host: llm.example\r\nAuthorization: Bearer key-of-acme\r\n"))
                .isEqualTo(200);
    }
}
