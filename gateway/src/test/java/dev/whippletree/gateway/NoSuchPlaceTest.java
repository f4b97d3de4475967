package dev.whippletree.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a 404 says to do. */
final class NoSuchPlaceTest extends OverGateway {

    private String message(String method, String path) throws Exception {
        HttpResponse<String> response = running.send(method, path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
        return response.body();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/v1/chat/completions|/v1/chat/completions|/v1",
                "/chat/completions|/v1/chat/completions|/v1",
                "/v1/openai/chat/completions|/v1/chat/completions|/v1",
                "/embeddings|/v1/embeddings|/v1",
                "/models|/v1/models|/v1",
                "/models/fast|/v1/models/fast|/v1",
                "/v1/v1/models/a/b|/v1/models/a/b|/v1",
                "/confirmations|/v1/confirmations|/v1",
                "/v1/chat/completions/chat/completions|/v1/chat/completions|/v1",
                "/v1/chat/completions/models|/v1/models|/v1",
                "/v1/messages/v1/messages|/v1/messages|, without /v1, which the client adds",
                "/messages|/v1/messages|/v1",
                "/v1/v1/messages/count_tokens|/v1/messages/count_tokens|, without /v1, which the client adds",
                "/anthropic/v1/messages|/v1/messages|, without /v1, which the client adds",
            })
    void wrongBaseUrl_isToldTheRightOne(String path, String right, String base) throws Exception {
        assertThat(message("POST", path))
                .contains("use " + right + ": the base URL has to be http://127.0.0.1:" + running.gateway.port() + base
                        + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/v1/files /v1/files/file-1/content /v1/v1/files /v1/uploads /v1/vector_stores|keeps no files",
                "POST|/v1/batches /v1/messages/batches|whippletree batch",
                "POST|/v1/completions /v1/complete|use POST /v1/chat/completions",
                "POST|/v1/moderations|ask the service",
                "POST|/v1/images/generations /v1/audio/speech /v1/videos /v1/realtime|neither sound nor pictures",
                "POST|/v1/fine_tuning/jobs|tune the model at its service",
                "GET|/v1/responses/resp_1 /v1/responses/resp_1/input_items /v1/chat/completions/c_1|send the whole conversation",
                "POST|/v1/conversations /v1/assistants /v1/threads/t_1/runs|close its connection",
                "POST|/api/chat /api/generate /api/embed /api/tags|a base URL that ends with /v1",
                "GET|/v1/nothing|known: POST /v1/chat/completions",
                "GET|/v1/filesystem|known: POST /v1/chat/completions",
            })
    void placeThatThereIsNot_saysWhatThereIsInstead(String method, String paths, String words) throws Exception {
        for (String path : paths.split(" ")) {
            assertThat(message(method, path)).contains("not found: " + method + " " + path + "; ", words);
        }
    }

    @Test
    void head_hasNoBody() throws Exception {
        assertThat(message("HEAD", "/api/hello")).isEmpty();
    }
}
