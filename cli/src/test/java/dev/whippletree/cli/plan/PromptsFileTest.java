package dev.whippletree.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.ShellTest;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans of batches. A plan of a file looks ahead for a day: of 5 calls an hour, it has room for 120. */
final class PromptsFileTest extends ShellTest {

    private static final String ALLOWED_120 = "they need 200 calls, but the accounts allow 120";

    /** Returns a line whose content is JSON, with other fields of the line and of its body before the messages. */
    private static String line(String id, String fields, String ofBody, String content) {
        return "{\"custom_id\": \"" + id + "\", " + fields + "\"body\": {" + ofBody
                + "\"messages\": [{\"role\": \"user\", \"content\": " + content + "}]}}\n";
    }

    /** Writes 200 different prompts. */
    private void prompts(String ofBody) {
        shell.file(
                "p.jsonl",
                IntStream.range(0, 200)
                        .mapToObj(number -> line("" + number, "", ofBody, "\"Question " + number + "\""))
                        .collect(Collectors.joining()));
    }

    private void configuration(String text) {
        shell.file("whippletree.yaml", text);
    }

    private String words() {
        return shell.out().replaceAll("\\s+", " ");
    }

    /** 60 calls an hour take more than three hours. */
    @ParameterizedTest
    @CsvSource({"batch p.jsonl --plan", "plan --prompts p.jsonl --no-advice"})
    void deadlineOfTheRoute_endsNoPromptOfABatch(String command) {
        configuration("""
                accounts: [{id: one, provider: scripted, token: x, limits: [60/h]}]
                routes: {default: {deadline: 5m}}
                """);
        prompts("");

        assertThat(shell.line(command)).as(shell.err()).isZero();
        assertThat(words())
                .startsWith("Yes, 200 prompts will be answered within 24 h")
                .doesNotContain("A prompt fails");
    }

    @ParameterizedTest
    @CsvSource({
        "batch p.jsonl --plan, 1",
        "batch p.jsonl --plan --leave 0%, 0",
        "plan --prompts p.jsonl --no-advice, 1",
        "plan --prompts p.jsonl --no-advice --leave 0%, 0"
    })
    void batchLeavesWhatItsRouteSays_orWhatIsTyped(String command, int exitCode) {
        configuration("""
                accounts: [{id: one, provider: scripted, token: x, limits: [10/h]}]
                routes: {default: {leave: 50%}}
                """);
        prompts("");

        assertThat(shell.line(command)).as(shell.err()).isEqualTo(exitCode);
        assertThat(words().contains(ALLOWED_120)).isEqualTo(exitCode == 1);
        assertThat(words().contains("leave 50 % of each limit to others")).isEqualTo(exitCode == 1);
        assertThat(words()).doesNotContain("This plan is for interactive prompts");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "'', fast, 0",
        "'', m, 0",
        "'', slow, 1",
        "'', n, 1",
        "--route fast, n, 0",
        "--route slow, '', 1",
        "--account two, '', 1",
        "--account one, '', 0"
    })
    void batchIsPlanned_onItsRouteAccountAndModel(String option, String model, int exitCode) {
        configuration("""
                accounts:
                  - {id: one, provider: scripted, token: x, limits: [10/h]}
                  - {id: two, provider: scripted, token: y, limits: [5/h]}
                routes:
                  fast: {tiers: [[{account: one, model: m}, {account: two, model: m}]]}
                  slow: {tiers: [[{account: two, model: n}]]}
                """);
        prompts(model.isEmpty() ? "" : "\"model\": \"" + model + "\", ");

        assertThat(shell.line(("batch p.jsonl --plan " + option).strip()))
                .as(shell.err())
                .isEqualTo(exitCode);
        assertThat(words().contains(ALLOWED_120)).isEqualTo(exitCode == 1);
    }

    @Test
    void promptsOfSeveralModels_andThoseThatNobodyMayAnswer_areRefused() {
        configuration("""
                accounts: [{id: one, provider: scripted, token: x}, {id: two, provider: scripted, token: y}]
                routes: {default: {tiers: [[{account: one, model: m}, {account: one, model: n}]]}}
                """);
        shell.file(
                "p.jsonl",
                line("a", "", "\"model\": \"m\", ", "\"Hello\"") + line("b", "", "\"model\": \"n\", ", "\"Hello\""));

        assertThat(shell.line("batch p.jsonl --plan")).isEqualTo(2);
        assertThat(shell.err()).contains("p.jsonl: 'b' is for other accounts or models than the lines before it");
        Shell other = new Shell(folder);
        assertThat(other.line("batch p.jsonl --plan --route default --account two"))
                .isEqualTo(2);
        assertThat(other.err()).contains("'a': route default has no such account or model");
    }

    /** Of OpenAI, one asks for three answers to each prompt; Hugging Face and Groq give one. */
    @ParameterizedTest
    @CsvSource({
        "'', 1, 'they need 200 calls, but the accounts allow 120'",
        "--account openai, 1, 'they need 200 calls, but the accounts allow 120'",
        "--account groq, 2, route default has no account that can take it: n must be 1: this service gives one answer"
    })
    void linesThatAskForSeveralAnswers_areForThoseThatGiveThem(String option, int exitCode, String said) {
        configuration("""
                accounts:
                  - {id: groq, provider: groq, token: x, limits: [1000/h]}
                  - {id: hf, provider: huggingface, token: y, limits: [1000/h]}
                  - {id: openai, provider: openai, base-url: "http://localhost:9", token: z, limits: [5/h]}
                routes: {default: {model: m}}
                """);
        prompts("\"n\": 3, ");

        assertThat(shell.line(("batch p.jsonl --plan " + option).strip()))
                .as(shell.err())
                .isEqualTo(exitCode);
        assertThat(words() + shell.err()).contains(said);
    }

    @ParameterizedTest
    @CsvSource({"'', 1", "--no-cache, 3"})
    void equalPrompts_areDifferentCalls_ifEachWantsAFreshAnswer(String option, int distinct) {
        shell.withAccount()
                .file(
                        "p.jsonl",
                        line("a", "", "", "\"Hello\"")
                                + line("b", "", "", "\"Hello\"")
                                + line("c", "", "", "\"Hello\""));

        shell.line(("batch p.jsonl --plan " + option).strip());

        assertThat(shell.err()).contains("3 prompts, " + distinct + " of them different");
    }

    /** A Chinese character has three bytes, the tool without its description 72. */
    @Test
    void tokens_areThoseOfAllThatIsSent() {
        String tool = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"description\": \""
                + "d".repeat(8_000 - 72) + "\"}}], ";
        String image = "[{\"type\": \"text\", \"text\": \"" + "a".repeat(400) + "\"}, {\"type\": \"image_url\","
                + " \"image_url\": {\"url\": \"data:image/png;base64," + "A".repeat(100_000) + "\"}}]";

        assertTokens("900", line("chinese", "", "", "\"" + "中".repeat(1_200) + "\""));
        assertTokens("3,000", line("tools", "", tool, "\"" + "a".repeat(4_000) + "\""));
        assertTokens("1,600", line("image", "", "", image));
    }

    private void assertTokens(String tokens, String line) {
        Shell own = new Shell(folder).file("p.jsonl", line);
        own.line("plan --prompts p.jsonl --accounts openai:1x100/h --no-advice");
        assertThat(own.err()).contains("about " + tokens + " tokens a call");
    }

    /** 17 prompts of 100 bytes, with answers of 800 between them, and 4,000 bytes of instructions once. */
    @Test
    void instructionsOfAConversation_countOnce() {
        shell.withAccount()
                .file("persona.txt", "b".repeat(4_000))
                .file(
                        "p.jsonl",
                        IntStream.range(0, 17)
                                .mapToObj(number ->
                                        line("" + number, "\"session\": \"x\", ", "", "\"%0100d\"".formatted(number)))
                                .collect(Collectors.joining()));

        shell.line("batch p.jsonl --plan --conversation --system @persona.txt");

        // (4,100 + 8 × 900) / 4
        assertThat(shell.err()).contains("about 2,825 tokens a call");
    }
}
