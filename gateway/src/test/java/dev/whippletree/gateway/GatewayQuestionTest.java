package dev.whippletree.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.CacheEntry;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Declared questions and what clients say of their answers, over real sockets. */
final class GatewayQuestionTest {

    private static final String QUESTION = "x-whippletree-question";

    private final AskingCache cache = new AskingCache();

    @AutoClose
    private RunningGateway running = open();

    private RunningGateway open(GatewaySettings.Client... clients) {
        return new RunningGateway(
                GatewaySettings.DEFAULT.withClients(List.of(clients), Optional.empty()),
                builder -> builder.cache(cache).cache("asking"));
    }

    private static String body(String text) {
        return "{\"model\":\"fast\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief\"},{\"role\":\"user\",\"content\":\""
                + text + "\"}]}";
    }

    private static CacheEntry entry(String text) {
        return new CacheEntry(
                new Completion(
                        text,
                        Optional.empty(),
                        List.of(),
                        FinishReason.STOP,
                        Optional.empty(),
                        new Origin(Origin.Source.CALL, "one", "m", 1, Duration.ZERO, Optional.empty())),
                Instant.MAX);
    }

    private static String id(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return String.valueOf(RunningGateway.json(answer).get("id"));
    }

    private HttpResponse<String> confirm(String id, boolean right, String... headers) throws Exception {
        return running.postTo("/v1/confirmations", "{\"id\":\"" + id + "\",\"right\":" + right + "}", headers);
    }

    private static @Nullable Object toConfirm(Map<String, Object> answer) {
        return answer.get("whippletree") instanceof Map<?, ?> own ? own.get("to_confirm") : null;
    }

    /** A star declares the whole last message; a plus sign is one. */
    @ParameterizedTest
    @CsvSource({
        "*, Say: * And why?",
        "Who%20are%20you?, Who are you?",
        "100%20%25%20+%20Gr%C3%BC%C3%9Fe, 100 % + Grüße",
        "%2A, *",
        "1+1, 1+1"
    })
    void header_declaresThePartOfTheLastMessageThatMayVary(String header, String question) throws Exception {
        String part = header.equals("*") ? "*" : question;
        id(running.post(body("Say: " + part + " And why?"), QUESTION, header));
        assertThat(running.provider.call().prompt().question()).contains(question);
    }

    @ParameterizedTest
    @CsvSource({
        "Be brief,isn't a part of the last message",
        "%E4%F6,isn't a part of the last message",
        "100%,isn't percent-encoded",
        "%20,'is empty, or the last message'"
    })
    void whatIsNoPartOfTheLastMessage_isRefused(String header, String words) throws Exception {
        HttpResponse<String> response = running.post(body("Who are you?"), QUESTION, header);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(QUESTION, words);
        assertThat(running.provider.unseenCalls()).isZero();
    }

    /** Looking for it would keep a thread from all its other connections. */
    @Test
    void questionAndMessage_areNotBothLong() throws Exception {
        String message = body("a".repeat(1_000_000));
        HttpResponse<String> response = running.post(message, QUESTION, "a".repeat(101));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(QUESTION, "is too long for so long a message");
        id(running.post(message, QUESTION, "a".repeat(100)));
        id(running.post(message, QUESTION, "*"));
    }

    @Test
    void starOnAListOfParts_isRefused() throws Exception {
        String parts =
                "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}]}";
        HttpResponse<String> response = running.post(parts, QUESTION, "*");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("isn't text");
    }

    @Test
    void storedAnswer_isServedAndItsConfirmationReachesTheCache() throws Exception {
        cache.stored.put("Who are you?", entry("stored"));
        HttpResponse<String> answer = running.post(body("Who are you?"), QUESTION, "*");
        assertThat(answer.headers().firstValue("x-whippletree-cache")).contains("asking");

        assertThat(confirm(id(answer), false).statusCode()).isEqualTo(204);
        assertThat(confirm(id(answer), true).statusCode()).isEqualTo(204);
        assertThat(cache.heard).containsExactly(": Who are you? false", ": Who are you? true");
    }

    @Test
    void freshAnswer_tellsWhatIsToBeConfirmed() throws Exception {
        cache.wanted.put("Who are you?", entry("I am stored"));
        HttpResponse<String> answer = running.post(body("Who are you?"), QUESTION, "*");
        assertThat(toConfirm(RunningGateway.json(answer))).isEqualTo("I am stored");

        assertThat(confirm(id(answer), true).statusCode()).isEqualTo(204);
        assertThat(cache.heard).containsExactly(": Who are you? true");
    }

    @Test
    void stream_tellsItWhereItEnds() throws Exception {
        cache.wanted.put("Who are you?", entry("I am stored"));
        String streamed = body("Who are you?").replaceFirst("\\{", "{\"stream\":true,");
        Map<String, Object> last = running.post(streamed, QUESTION, "*")
                .body()
                .lines()
                .filter(line -> line.contains("to_confirm"))
                .map(line -> RunningGateway.json(line.substring("data: ".length())))
                .findFirst()
                .orElseThrow();
        assertThat(toConfirm(last)).isEqualTo("I am stored");
        assertThat(confirm(String.valueOf(last.get("id")), false).statusCode()).isEqualTo(204);
        assertThat(cache.heard).containsExactly(": Who are you? false");
    }

    @Test
    void freshAnswerThatNobodyWantsToKnowOf_isTakenAndLeftAside() throws Exception {
        HttpResponse<String> answer = running.post(body("Who are you?"), QUESTION, "*");
        assertThat(toConfirm(RunningGateway.json(answer))).isNull();
        cache.wanted.put("Who are you?", entry("came later"));
        assertThat(confirm(id(answer), true).statusCode()).isEqualTo(204);
        assertThat(cache.heard).isEmpty();
    }

    @Test
    void answersWithoutAQuestion_andUnknownIds_areNotFound() throws Exception {
        HttpResponse<String> answer = running.post(body("Who are you?"));
        assertThat(confirm(id(answer), true).statusCode()).isEqualTo(404);
        HttpResponse<String> unknown = confirm("chatcmpl-0", true);
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("chatcmpl-0");
    }

    @Test
    void anothersAnswer_isNotFound() throws Exception {
        running.close();
        running = open(
                new GatewaySettings.Client("alice", Secret.of("key-a"), List.of()),
                new GatewaySettings.Client("bob", Secret.of("key-b"), List.of()));
        cache.stored.put("Who are you?", entry("stored"));
        String id = id(running.post(body("Who are you?"), QUESTION, "*", "Authorization", "Bearer key-a"));
        assertThat(confirm(id, false, "Authorization", "Bearer key-b").statusCode())
                .isEqualTo(404);
        assertThat(confirm(id, false).statusCode()).isEqualTo(401);
        assertThat(cache.heard).isEmpty();
        assertThat(confirm(id, false, "Authorization", "Bearer key-a").statusCode())
                .isEqualTo(204);
        assertThat(cache.heard).containsExactly("alice: Who are you? false");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | null | must be a JSON object",
                "[] | null | must be a JSON object",
                "{'right':true} | id | 'id' is missing",
                "{'id':'a'} | right | 'right' is missing",
                "{'id':'a','right':'yes'} | right | must be true or false",
                "{'id':'a','right':true,'x':1} | x | unknown field 'x'"
            })
    void confirmationThatIsNone_isRefused(String body, String param, String words) throws Exception {
        HttpResponse<String> response = running.postTo("/v1/confirmations", body.replace('\'', '"'));
        RunningGateway.assertError(response, 400, "invalid_value", words);
        assertThat(RunningGateway.at(response, "error.param")).isEqualTo(param);
    }

    @Test
    void remarks_standInTheStatus() throws Exception {
        assertThat(running.get("/status").body()).contains("\"remarks\":[\"It asks.\"]");
    }
}
