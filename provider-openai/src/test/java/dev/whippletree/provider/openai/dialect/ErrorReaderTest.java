package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.call.RawService;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ErrorReaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"error\":\"words\"} | words",
                "{\"error\":{\"message\":\"words\"}} | words",
                "{\"error\":[\"some\",\"words\"]} | some; words",
                "{\"error\":[{\"message\":\"some\"},{\"message\":\"words\"}]} | some; words",
                "{\"error_description\":\"words\"} | words",
                "{\"detail\":\"words\"} | words",
                "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"words\"}]} | words",
                "{\"message\":\"words\"} | words",
                "{\"errors\":[{\"message\":\"some\"},{\"message\":\"words\"}]} | some; words",
                "{\"error\":null,\"message\":\"words\"} | words",
                "{\"error\":\"\",\"message\":\"words\"} | words",
                "[\"words\"] | words",
                "just words | just words",
                "\"quoted\" | \"quoted\"",
                "<!DOCTYPE html><html><head><title> 502 Bad Gateway </title> | 502 Bad Gateway",
                "<html><body>no title</body></html> | the service gave no reason (502)",
                "{} | the service gave no reason (502)",
                "{\"error\":{}} | the service gave no reason (502)"
            })
    void words_areFoundInEveryShape(String body, String words) {
        assertThat(Bench.error(502, body).message()).isEqualTo(words);
    }

    /** Came as JSON in the message, and the code wasn't seen. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"error\":{\"code\":\"c\",\"message\":\"some words | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some \\\"words\\\"\\ | some \"words\"",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\\u00 | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\" | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\", | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"par | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"param\" | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"param\": | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"param\":nul | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"input\":[{\"content\":1. | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\"} | some words",
                "{\"error\":{\"code\":\"c\" | the service gave no reason (502)"
            })
    void wordsAndCode_areFoundInHalfAnError(String body, String words) {
        ServiceError error = Bench.error(502, body);

        assertThat(error.message()).isEqualTo(words);
        assertThat(error.code()).contains("c");
    }

    @Test
    void errorCutInACharacter_keepsTheOthers() {
        byte[] body = "{\"error\":\"caf\u00e9".getBytes(StandardCharsets.UTF_8);
        ServiceError error = ErrorReader.ofBody(
                new ResponseHead(502, Map.of()), Arrays.copyOf(body, body.length - 1), () -> Bench.NOW);

        assertThat(error.message()).isEqualTo("caf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[", "{\"", "{\"error\":", "[{\"message\""})
    void beginningOfAnError_getsWordsOfOurs(String body) {
        assertThat(Bench.error(502, body).message()).isEqualTo("the service gave no reason (502)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{]", "{\"a\" \"b\"", "}", "{error: no}"})
    void whatIsNoStartOfJson_isPlainText(String body) {
        assertThat(Bench.error(502, body).message()).isEqualTo(body);
    }

    /** Would take the better part of an hour if it took the square of the length. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void titlesThatNeverEnd_areReadOnce() {
        assertThat(Bench.error(502, "<title".repeat(300_000)).message()).contains("502");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html><title>301 Moved Permanently</title></html>",
                "Moved Permanently. Redirecting to /elsewhere"
            })
    void redirection_getsWordsOfOurs_whateverThePageSays(String body) {
        assertThat(Bench.error(301, body).message()).contains("base-url must be the final address");
    }

    @Test
    void bytesThatAreNoText_getWordsOfOurs() {
        byte[] packed = RawService.packed("{\"error\":\"words\"}").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(ErrorReader.ofBody(new ResponseHead(502, Map.of()), packed, () -> Bench.NOW)
                        .message())
                .isEqualTo("the service gave no reason (502)");
    }

    @Test
    void textInAnotherEncoding_isStillText() {
        byte[] latin = "Dienst nicht verf\u00fcgbar".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(ErrorReader.ofBody(new ResponseHead(502, Map.of()), latin, () -> Bench.NOW)
                        .message())
                .startsWith("Dienst nicht verf");
    }

    @Test
    void emptyBody_getsWordsOfOurs() {
        assertThat(Bench.error(404, "").message()).contains("404");
        assertThat(Bench.error(301, "").message()).contains("301", "base-url");
        assertThat(Bench.error(500, "").message()).contains("500");
    }

    @Test
    void headerWithTheMessage_comesFirst() {
        assertThat(Bench.error(402, Map.of("X-Error-Message", "pay"), "{\"error\":\"other\"}")
                        .message())
                .isEqualTo("pay");
    }

    @Test
    void codeAndType_areFoundInsideAndBesideTheError() {
        ServiceError inside = Bench.error(400, "{\"error\":{\"message\":\"x\",\"type\":\"t\",\"code\":\"c\"}}");
        ServiceError beside = Bench.error(400, "{\"error\":\"x\",\"error_type\":\"t\",\"code\":\"c\"}");
        ServiceError header =
                Bench.error(400, Map.of("x-error-code", "c"), "{\"error\":{\"code\":400,\"type\":\"t\"}}");

        assertThat(inside.code()).contains("c");
        assertThat(beside.code()).contains("c");
        assertThat(header.code()).contains("c");
        assertThat(inside.type()).contains("t");
        assertThat(beside.type()).contains("t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"error\":{\"message\":\"x\",\"http_status_code\":422}} | 422",
                "{\"error\":{\"message\":\"x\",\"code\":429}} | 429",
                "{\"error\":{\"message\":\"x\",\"code\":7}} | 200",
                "{\"error\":{\"message\":\"x\",\"code\":\"c\"}} | 200"
            })
    void errorInsideAnAnswer_namesItsOwnStatus(String body, int status) {
        assertThat(Bench.error(200, body).status()).isEqualTo(status);
    }

    @Test
    void statusOfAFailedResponse_isTheResponses() {
        assertThat(Bench.error(400, "{\"error\":{\"message\":\"x\",\"code\":500}}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void description_holdsNoWordsOfTheService() {
        assertThat(Bench.error(400, "{\"error\":{\"message\":\"org_01secret\",\"code\":\"c\"}}"))
                .hasToString("error 400 c");
    }

    @ParameterizedTest
    @CsvSource({"20.0, PT20S", "0.0001, PT0.001S", "0, PT0S"})
    void loadingTime_isSeconds_roundedUpToAMillisecond(String seconds, Duration expected) {
        assertThat(loading(seconds).retryAfter()).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "1e308",
                "1e999999999",
                "-1e999",
                "2678401",
                "\"20\"",
                "null",
                "[20]",
                "99999999999999999999"
            })
    void loadingTimeThatCannotBeMeant_isNone_andTheWordsAreStillRead(String seconds) {
        ServiceError error = loading(seconds);

        assertThat(error.retryAfter()).isEmpty();
        assertThat(error.message()).isEqualTo("Model X is currently loading");
    }

    private static ServiceError loading(String seconds) {
        return Bench.error(503, "{\"error\":\"Model X is currently loading\",\"estimated_time\":" + seconds + "}");
    }
}
