package dev.whippletree.cli.emulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.ShellTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmulateCommandTest extends ShellTest {

    @Test
    void addressesTokensAndAnExample_arePrinted() {
        shell.interrupt();
        shell.succeeds("emulate", "--port", "0", "--accounts", "3", "--limit", "200 requests / 10s");
        assertThat(shell.out())
                .contains("http://127.0.0.1:")
                .contains("/hf/v1")
                .contains("account-3 with token token-3")
                .contains("Limits of each: 200 requests / 10s")
                .contains("/stats")
                .contains("curl http://127.0.0.1:")
                .doesNotContain("and so on");
        Shell many = new Shell(folder);
        many.interrupt();
        many.succeeds("emulate", "--port", "0", "--accounts", "11", "--service", "groq,openai,groq");
        assertThat(many.out())
                .contains("Each has 11 accounts: account-1 with", "account-10 with token token-10, and so on")
                .contains("Limits of each: none", "Authorization: Bearer token-1'")
                .containsPattern("them\\.\\R\\R  groq +http://[^/]*/groq\\R  openai +http://[^/]*/openai/v1\\R\\R");
    }

    @Test
    void service_answersByItsScript_butForItsFaults() {
        shell.file("answers.json", "[{\"when\": \"Hello\", \"answers\": [{\"content\": \"As it is written.\"}]}]");
        List<String> answers = new ArrayList<>();
        shell.whenPrinted("-d '{", () -> {
            Matcher url = Pattern.compile("curl (\\S+) ").matcher(shell.out());
            assertThat(url.find()).isTrue();
            for (String token : List.of("token-1", "token-1", "token-2", "token-3")) {
                answers.add(ask(url.group(1), token));
            }
            shell.interrupt();
        });
        String answersFile = folder.resolve("answers.json").toString();

        shell.succeeds("emulate", "--port=0", "--service=openai", "--fault=503#1:account-1", "--answers", answersFile);

        assertThat(answers).containsExactly("503", "200 As it is written.", "200 As it is written.", "401");
    }

    private static String ask(String url, String token) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .join();
        Matcher content = Pattern.compile("\"content\":\"(.*?)\"").matcher(response.body());
        return response.statusCode() + (content.find() ? " " + content.group(1) : "");
    }

    @Test
    void services_canBeChosen() {
        shell.interrupt();
        shell.succeeds("emulate", "--port", "0", "--service", "groq");
        assertThat(shell.out()).contains("/groq/openai/v1/chat/completions").doesNotContain("/hf/v1");
    }

    @ParameterizedTest
    @CsvSource({
        "--service=nonesuch,there are huggingface",
        "--accounts=0,1 or more",
        "--assumed-max-tokens=-1,0 or more",
        "--limit=few,is not a limit",
        "--latency=soon,is not a latency",
        "--answers=nonesuch.json,--answers nonesuch.json can't be read: there is no such file",
        "--fault=explode,explode",
        "--fault=503:hf-9,there is no account 'hf-9'; there are account-1 to account-2",
        "--accounts=20000000,'at most 2,000'",
        "'--port=70000','--port is 0 to 65535, not 70000'"
    })
    void wrongUsage_exitsWith2(String option, String message) {
        shell.interrupt();
        assertThat(shell.run(
                        option.startsWith("--port")
                                ? new String[] {"emulate", option}
                                : new String[] {"emulate", "--port=0", option}))
                .isEqualTo(2);
        assertThat(shell.err()).contains(message).doesNotContain("\tat ");
    }
}
