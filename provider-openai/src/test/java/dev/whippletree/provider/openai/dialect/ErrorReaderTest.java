package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.call.RawService;
import java.time.Duration;
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
                // The beginning of an error.
                "[ | the service gave no reason (502)",
                "{\" | the service gave no reason (502)",
                "{\"error\": | the service gave no reason (502)",
                "[{\"message\" | the service gave no reason (502)",
                "[{\"message\":\"some\"},{\"message\":\"wor | some; wor",
                // No beginning of JSON.
                "{] | {]",
                "{\"a\" \"b\" | {\"a\" \"b\"",
                "} | }",
                "{error: no} | {error: no}",
                "~~ | the service gave no reason (502)",
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
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\\\\ | some words\\",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\" | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\", | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"par | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"param\" | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"param\": | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"param\":nul | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"input\":[{\"content\":1. | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"input\":[1,2 | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\",\"input\":[null, tru | some words",
                "{\"error\":{\"code\":\"c\",\"message\":\"some words\"} | some words",
                "{\"error\":{\"code\":\"c\" | the service gave no reason (502)"
            })
    void wordsAndCode_areFoundInHalfAnError(String body, String words) {
        ServiceError error = Bench.error(502, body);

        assertThat(error.message()).isEqualTo(words);
        assertThat(error.code()).contains("c");
    }

    /** Would take the better part of an hour if it took the square of the length. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void titlesThatNeverEnd_areReadOnce() {
        assertThat(Bench.error(502, "<title".repeat(300_000)).message()).contains("502");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "<html><title>301 Moved Permanently</title></html>", "Moved. Redirecting to /elsewhere"})
    void redirection_getsWordsOfOurs_whateverThePageSays(String body) {
        assertThat(Bench.error(301, body).message()).contains("base-url must be the final address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html><title>ERROR: Cache Access Denied</title></html>"})
    void proxyThatAsksForCredentials_getsWordsOfOurs(String body) {
        assertThat(Bench.error(407, body).message()).isEqualTo("the proxy asks for credentials (407)");
    }

    /** Text in another encoding has some characters that can't be read; what is packed has many. */
    @Test
    void bytes_areTextIfMostOfThemAre() {
        assertThat(ofBytes("{\"error\":\"caf\u00c3")).isEqualTo("caf");
        assertThat(ofBytes("Dienst nicht verf\u00fcgbar")).isEqualTo("Dienst nicht verf\ufffdgbar");
        assertThat(ofBytes("\u0001\u0002 words\r\n\t")).isEqualTo("\u0001\u0002 words");
        assertThat(ofBytes("\u0001\u0002 word")).isEqualTo("the service gave no reason (502)");
        assertThat(ofBytes(RawService.packed("{\"error\":\"words\"}"))).isEqualTo("the service gave no reason (502)");
    }

    private static String ofBytes(String latin) {
        return ErrorReader.ofBody(new ResponseHead(502, Map.of()), RawService.bytes(latin), () -> Bench.NOW)
                .message();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"error\":{\"message\":\"x\",\"type\":\"t\",\"code\":\"c\",\"param\":\"p\"}}",
                "{\"error\":\"x\",\"type\":\"t\",\"code\":\"c\",\"param\":\"p\"}",
                "{\"error\":\"x\",\"error_type\":\"t\",\"code\":\"c\",\"param\":\"p\"}",
                "{\"error\":{\"message\":\"x\",\"type\":\"t\",\"code\":400},\"param\":\"p\"}"
            })
    void codeTypeAndField_areFoundInsideAndBesideTheError_andNoWordIsShown(String body) {
        ServiceError error = Bench.error(400, Map.of("X-Error-Code", body.contains("400") ? "c" : "other"), body);

        assertThat(error.code()).contains("c");
        assertThat(error.type()).contains("t");
        assertThat(error.param()).contains("p");
        assertThat(error).hasToString("error 400 c");
    }

    @Test
    void headerWithTheMessage_comesFirst() {
        assertThat(Bench.error(402, Map.of("X-Error-Message", "pay"), "{\"error\":\"other\"}")
                        .message())
                .isEqualTo("pay");
    }

    @ParameterizedTest
    @CsvSource({
        "200, http_status_code, 422, 422",
        "200, status_code, 400, 400",
        "200, status, 599, 599",
        "200, code, 429, 429",
        "200, code, 399, 200",
        "200, code, 600, 200",
        "200, code, '\"c\"', 200",
        "400, code, 500, 400"
    })
    void errorInsideAnAnswer_namesItsOwnStatus(int head, String field, String value, int status) {
        assertThat(Bench.error(head, "{\"error\":{\"message\":\"x\",\"" + field + "\":" + value + "}}")
                        .status())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"20.0, PT20S", "0.0001, PT0.001S", "0, PT0S", "2678400, P31D"})
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

    @Test
    void loadingTimeBeyondAllDoubles_isNone() {
        assertThat(loading("9".repeat(400)).retryAfter()).isEmpty();
    }

    private static ServiceError loading(String seconds) {
        return Bench.error(503, "{\"error\":\"Model X is currently loading\",\"estimated_time\":" + seconds + "}");
    }
}
