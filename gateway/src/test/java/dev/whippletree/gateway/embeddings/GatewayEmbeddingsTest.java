package dev.whippletree.gateway.embeddings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings over real sockets. */
final class GatewayEmbeddingsTest extends OverGateway {

    private static final String PATH = "/v1/embeddings";

    @BeforeEach
    void embed() {
        running.provider.embed(2_048);
        running.provider.usually(GatewayEmbeddingsTest::answer);
    }

    private void restart(GatewaySettings settings) {
        reopen(settings);
        embed();
    }

    private static void answer(ScriptedProvider.Call call) {
        call.answer(call.prompt().messages().stream()
                .map(GatewayEmbeddingsTest::vector)
                .collect(Collectors.joining("\n")));
    }

    private static String vector(Message text) {
        return Embedding.encode(new float[] {text.text().length(), 0.1f});
    }

    private static String body(String input) {
        return "{\"model\":\"fast\",\"input\":" + input + "}";
    }

    private static String wire(String input) {
        return RunningGateway.wire(body(input))
                .replace("/v1/chat/completions HTTP/1.1", PATH + " HTTP/1.1\r\nConnection: close");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> data(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return (List<Map<String, Object>>) RunningGateway.json(response).get("data");
    }

    @Test
    void texts_getTheirVectorsInOrder() throws Exception {
        HttpResponse<String> response = running.postTo(PATH, body("[\"four\",\"a\",\"four\"]"));

        assertThat(data(response))
                .extracting(item -> item.get("index") + " " + item.get("object") + " " + item.get("embedding"))
                .containsExactly("0 embedding [4.0, 0.1]", "1 embedding [1.0, 0.1]", "2 embedding [4.0, 0.1]");
        assertThat(RunningGateway.json(response))
                .containsEntry("object", "list")
                .containsEntry("model", "model-as-served")
                .containsEntry("usage", Map.of("prompt_tokens", 5, "total_tokens", 5));
        assertThat(response.headers().firstValue("x-whippletree-account")).contains("one");
        assertThat(response.headers().firstValue("x-whippletree-cache")).contains("miss");
        assertThat(response.headers().firstValue("x-request-id")).isPresent();
        assertThat(running.provider.call().prompt().messages())
                .containsExactly(Message.user("four"), Message.user("a"));
    }

    @Test
    void base64_isWhatTheServiceSent() throws Exception {
        HttpResponse<String> response =
                running.postTo(PATH, "{\"model\":\"fast\",\"input\":\"four\",\"encoding_format\":\"base64\"}");

        assertThat(data(response).get(0)).containsEntry("embedding", vector(Message.user("four")));
    }

    @Test
    void tokens_areOneTextOrSeveral() throws Exception {
        assertThat(data(running.postTo(PATH, body("[104,101]")))).hasSize(1);
        assertThat(running.provider.call().prompt().messages()).containsExactly(Message.tokens(List.of(104, 101)));
        assertThat(data(running.postTo(PATH, body("[[104,102],[98]]")))).hasSize(2);
        assertThat(running.provider.call().prompt().messages())
                .containsExactly(Message.tokens(List.of(104, 102)), Message.tokens(List.of(98)));
    }

    @Test
    void otherFields_areSentToTheService() throws Exception {
        running.postTo(
                PATH,
                "{\"model\":\"fast\",\"input\":\"a\",\"dimensions\":2,\"user\":\"u\",\"input_type\":\"query\"}",
                "x-whippletree-session",
                "s",
                "x-whippletree-priority",
                "batch");

        Prompt prompt = running.provider.call().prompt();
        assertThat(prompt.parameters().extras())
                .isEqualTo(Map.of("dimensions", 2L, "user", "u", "input_type", "query"));
        assertThat(prompt.session()).contains("s");
        assertThat(prompt.operation()).isEqualTo(Prompt.Operation.EMBEDDING);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'max_tokens':4 | max_tokens | is for chats",
                "'model':'fast' | input | is missing",
                "'input':[] | input | must have 1 to 2 texts, not 0",
                "'input':['a','b','c'] | input | must have 1 to 2 texts, not 3",
                "'input':5 | input | 'input' is a text, a list of texts",
                "'input':{} | input | 'input' is a text",
                "'input':['a',5] | input[1] | 'input' is a text",
                "'input':['a',[5]] | input[1] | 'input' is a text",
                "'input':[[5],'a'] | input[1] | 'input' is a text",
                "'input':['a',null] | input[1] | 'input' is a text",
                "'input':[[]] | input[0] | 'input' is a text",
                "'input':[1.5] | input | 'input' is a text",
                "'input':[-1] | input | 'input' is a text",
                "'input':[[1,'a']] | input[0] | 'input' is a text",
                "'input':'a','encoding_format':'hex' | encoding_format | must be float or base64",
                "'input':'a','dimensions':'many' | dimensions | must be a whole number"
            })
    void requestThatIsWrong_isToldWhatAndWhere(String fields, String param, String words) throws Exception {
        restart(RunningGateway.bounded(bounds -> bounds.withMostEmbeddingInputs(2)));
        String body = ("{" + fields + (fields.contains("max_tokens") ? ",'input':'x'}" : "}")).replace('\'', '"');
        assertError(running.postTo(PATH, body), 400, param, words);
        assertThat(running.provider.unseenCalls()).isZero();
        assertThat(data(running.postTo(PATH, body("[\"a\",\"b\"]")))).hasSize(2);
    }

    private static void assertError(HttpResponse<String> response, int status, String param, String words) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(String.valueOf(RunningGateway.json(response).get("error")))
                .contains("invalid_request_error", "param=" + param, words);
    }

    @Test
    void answerLargerThanTheMemory_isRefusedBeforeACall() throws Exception {
        restart(RunningGateway.bounded(bounds -> bounds.withMemoryBytes(1_000_000)));
        String texts = "[" + "\"a\",".repeat(99) + "\"a\"]";

        HttpResponse<String> response = running.postTo(PATH, body(texts));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("more memory", "raise 'memory'");
        assertThat(running.provider.unseenCalls()).isZero();
        assertThat(data(running.postTo(PATH, "{\"model\":\"fast\",\"input\":" + texts + ",\"dimensions\":64}")))
                .hasSize(100);
    }

    @Test
    void serviceWithoutEmbeddings_isRefusedInWords() throws Exception {
        running.close();
        running = RunningGateway.open();

        HttpResponse<String> response = running.postTo(PATH, body("\"a\""));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("its provider has no embeddings");
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void clientThatLeaves_cancelsItsCall() throws Exception {
        running.provider.usually(call -> {});
        try (Socket socket = running.send(wire("\"a\""))) {
            ScriptedProvider.Call call = running.provider.call();
            socket.close();
            call.awaitCancelled();
        }
    }

    @Test
    void equalTexts_shareACall() throws Exception {
        running.provider.usually(call -> {});
        String request = wire("[\"a\",\"b\"]");
        try (Socket one = running.send(request)) {
            ScriptedProvider.Call call = running.provider.call();
            try (Socket two = running.send(request)) {
                while (running.whippletree.status().prompts().submitted() < 2) {
                    Thread.onSpinWait();
                }
                answer(call);
                assertThat(RunningGateway.readAll(one)).contains("x-whippletree-cache: miss", "\"prompt_tokens\":5");
                assertThat(RunningGateway.readAll(two)).contains("x-whippletree-cache: joined", "\"prompt_tokens\":0");
            }
        }
        assertThat(running.provider.unseenCalls()).isZero();
    }
}
