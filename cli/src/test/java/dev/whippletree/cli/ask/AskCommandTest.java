package dev.whippletree.cli.ask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.ShellTest;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AskCommandTest extends ShellTest {

    @Test
    void answer_standsAloneOnStandardOutput() {
        shell.withAccount().succeeds("ask", "How are you?");
        assertThat(shell.out()).isEqualTo("Fine, thank you." + System.lineSeparator());
        assertThat(shell.err()).isEmpty();
        assertThat(shell.provider.asked.get(0).messages()).containsExactly(Message.user("How are you?"));
        assertThat(shell.provider.asked.get(0).deadline()).contains(Duration.ofMinutes(2));
    }

    @Test
    void singleRuns_takeTheAccountThatTheStateSaysIsLeastUsed() throws IOException {
        Files.createDirectory(folder.resolve("kept"));
        shell.file("whippletree.yaml", """
                accounts:
                  - {id: a, provider: scripted, token: '${A}', limits: [1000 requests / 1d]}
                  - {id: b, provider: scripted, token: '${B}', limits: [1000 requests / 1d]}
                state: kept
                """);
        Map<String, Integer> calls = new TreeMap<>();
        for (int run = 0; run < 6; run++) {
            Shell single = new Shell(folder).variable("A", "one").variable("B", "two");
            single.succeeds("ask", "--json", "Hello " + run);
            JsonNode completion = JsonMapper.shared().readTree(single.out());
            calls.merge(completion.at("/origin/account").stringValue(), 1, Integer::sum);
        }
        assertThat(calls).isEqualTo(Map.of("a", 3, "b", 3));
    }

    @Test
    void promptThatNamesAFileAfterAnAt_isAskedAsTyped() {
        shell.file("secret.txt", "Told");
        String typed = "@" + folder.resolve("secret.txt").toAbsolutePath();
        shell.withAccount().succeeds("ask", typed);
        assertThat(shell.provider.asked.get(0).messages()).containsExactly(Message.user(typed));
    }

    @Test
    void questionAlone_isThePrompt() {
        shell.withAccount().succeeds("ask", "--question", "Who are you?");
        assertThat(shell.provider.asked.get(0).messages()).containsExactly(Message.user("Who are you?"));
        assertThat(shell.provider.asked.get(0).question()).contains("Who are you?");
    }

    @Test
    void question_isAPartOfThePrompt() {
        shell.withAccount().input("Answer briefly: Who are you?").succeeds("ask", "--question", "Who are you?", "-");
        assertThat(shell.provider.asked.get(0).messages())
                .containsExactly(Message.user("Answer briefly: Who are you?"));
        assertThat(shell.provider.asked.get(0).question()).contains("Who are you?");
    }

    @ParameterizedTest
    @CsvSource({
        "Who are you?,isn't in the prompt",
        "e,is in the prompt several times",
        "ana,is in the prompt several times",
        "' ',--question is empty"
    })
    void questionThatIsNoOnePartOfThePrompt_isAMistake(String question, String message) {
        assertThat(shell.withAccount().run("ask", "--question", question, "Where is the banana?"))
                .isEqualTo(2);
        assertThat(shell.err()).contains(message);
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void textThatStartsWithAnAt_isNoFile() {
        shell.withAccount().succeeds("ask", "@everybody: hello");
        assertThat(shell.provider.asked.get(0).messages()).containsExactly(Message.user("@everybody: hello"));
    }

    @Test
    void options_reachThePrompt() {
        String line = "ask -s @Briefly! --temperature 0.5 --max-tokens 7 --deadline 30s --no-cache --account scripted-1"
                + " --route default --tenant acme --session s1 Hello";

        shell.withAccount().succeeds(line.split(" "));
        Prompt prompt = shell.provider.asked.get(0);
        assertThat(prompt.messages()).containsExactly(Message.system("@Briefly!"), Message.user("Hello"));
        assertThat(prompt.parameters().temperature()).hasValue(0.5);
        assertThat(prompt.parameters().maxTokens()).isEqualTo(OptionalInt.of(7));
        assertThat(prompt.deadline()).contains(Duration.ofSeconds(30));
        assertThat(prompt.cache().read()).isFalse();
        assertThat(prompt.account()).contains("scripted-1");
        assertThat(prompt.tenant()).isEqualTo("acme");
        assertThat(prompt.session()).contains("s1");
    }

    @Test
    void model_isTheDefaultRoutes() {
        shell.withAccount().succeeds("ask", "-m", "other/model", "Hello");
        assertThat(shell.provider.models).containsExactly("other/model");
    }

    @Test
    void modelThatNoRouteTakes_isAMistake() {
        shell.withAccount().file("whippletree.yaml", "routes: {fixed: {tiers: [[{account: scripted-1, model: m}]]}}");
        assertThat(shell.run("ask", "--model", "other", "Hello")).isEqualTo(2);
        assertThat(shell.err()).contains("--model other has no effect");
    }

    @Test
    void cacheThatEndsWithTheCommand_isNotOpened() {
        shell.withAccount().file("whippletree.yaml", "caches: [{name: ehcache, off-heap: 999999GB}]");
        shell.succeeds("ask", "Hello");
        assertThat(shell.run("cache", "clear")).isEqualTo(2);
    }

    @Test
    void modelName_commandsNoTerminal() {
        shell.provider.scripts.add(sink -> {
            sink.delta(new Delta.Text("Hi"));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), "m\u001b[2J\u009b2J\u202e"));
        });

        shell.withAccount().succeeds("ask", "-v", "Hello");

        assertThat(shell.err()).contains("model m [2J 2J ,").doesNotContain("\u001b", "\u009b", "\u202e");
    }

    @Test
    void json_holdsNothingRawThatCommandsATerminal() {
        shell.provider.answer = "\u001b[2J\u009b2J\u202e";

        shell.withAccount().succeeds("ask", "--json", "Hello");

        assertThat(shell.out()).contains("\"\\u001B[2J\\u009B2J\\u202E\"");
    }

    @Test
    void verbose_tellsTheOriginOnStandardError() {
        shell.withAccount().succeeds("ask", "-v", "Hello");
        assertThat(shell.out()).isEqualTo("Fine, thank you." + System.lineSeparator());
        assertThat(shell.err())
                .contains("answered by account scripted-1")
                .contains("1 attempt")
                .contains("23 tokens");
        Shell json = new Shell(folder).withAccount();
        json.succeeds("ask", "-v", "--json", "Hello");
        assertThat(json.err()).contains("answered by account scripted-1");
    }

    @Test
    void answerThatIsCut_saysSo() {
        shell.provider.finishReason = FinishReason.LENGTH;
        shell.withAccount().succeeds("ask", "Hello");
        assertThat(shell.err()).contains("the answer is cut").contains("--max-tokens");
    }

    @Test
    void noToken_namesTheVariablesAndOffersTheEmulator() {
        assertThat(shell.run("ask", "Hello")).isEqualTo(2);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err())
                .contains("SCRIPTED_TOKEN")
                .contains("anything, from nowhere")
                .contains("HF_TOKEN")
                .contains("GROQ_API_KEY")
                .contains("ask --emulated");
    }

    @Test
    void emulated_answersWithoutAccountAndIsMarked() {
        shell.succeeds("ask", "--emulated", "Hello");
        assertThat(shell.out().lines()).hasSize(1);
        assertThat(shell.err()).contains("emulated");
    }

    @Test
    void emulated_answersAsTheModelThatIsGiven() {
        shell.succeeds("ask", "--emulated", "--model", "mine", "Hello");
        assertThat(shell.out()).endsWith(" mine]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ask Hello", "chat", "serve"})
    @Timeout(60)
    void emulated_readsNoConfiguration(String command) {
        String line = command + " --emulated --config any.yaml";
        assertThat(shell.run(line.split(" "))).isEqualTo(2);
        assertThat(shell.err()).contains("can't be combined with --config").doesNotContain("answer");
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"REJECTED", "FILTERED"})
    void promptThatTheServiceRefuses_exitsWith4(FailureKind kind) {
        shell.provider.failure = Optional.of(Failure.of(kind, "we don't like it"));
        assertThat(shell.withAccount().run("ask", "Hello")).isEqualTo(4);
        assertThat(shell.err()).contains("we don't like it").doesNotContain("\tat ");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void refusedToken_isToldOnce_butTwiceWhenWhatHappensToAccountsIsWanted() {
        shell.provider.failure = Optional.of(Failure.of(FailureKind.UNAUTHORIZED, "Invalid credentials"));
        assertThat(shell.withAccount().run("ask", "Hello")).isEqualTo(3);
        assertThat(shell.err())
                .contains("; check SCRIPTED_TOKEN")
                .containsOnlyOnce("Invalid credentials")
                .startsWith("whippletree: no account can answer")
                .doesNotContain("sesame");
        assertThat(shell.run("ask", "-v", "Hello")).isEqualTo(3);
        assertThat(shell.err()).contains("warn: account");
    }

    @Test
    void refusedTokens_areToldWithTheVariableOfEach() {
        shell.file("whippletree.yaml", """
                accounts:
                  - {id: a, provider: scripted, token: '${A}'}
                  - {id: ab, provider: scripted, token: '${B}'}
                """);
        shell.provider.failure = Optional.of(Failure.of(FailureKind.UNAUTHORIZED, "Invalid credentials"));

        assertThat(shell.variable("A", "one").variable("B", "two").run("ask", "Hello"))
                .isEqualTo(3);

        assertThat(shell.err()).containsPattern("account a,.*; check A\n").containsPattern("account ab,.*; check B\n");
    }

    @Test
    void accountThatIsRefused_isToldWhereAnotherOneAnswers() {
        shell.file("whippletree.yaml", """
                accounts:
                  - {id: a, provider: scripted, token: '${A}'}
                  - {id: b, provider: scripted, token: '${B}'}
                """);
        shell.provider.scripts.add(sink -> sink.failed(Failure.of(FailureKind.UNAUTHORIZED, "Invalid credentials")));
        shell.variable("A", "one").variable("B", "two").succeeds("ask", "Hello");
        assertThat(shell.err()).startsWith("warn: account ").containsOnlyOnce("Invalid credentials");
    }

    @Test
    void noRoomBeforeTheDeadline_exitsWith3AndSaysWhenThereIs() {
        Failure limited = new Failure(
                FailureKind.RATE_LIMITED,
                "slow down",
                OptionalInt.of(429),
                Optional.empty(),
                Optional.of(Duration.ofHours(1)),
                Reach.ORGANIZATION);
        shell.provider.failure = Optional.of(limited);
        assertThat(shell.withAccount().run("ask", "--deadline", "5s", "Hello")).isEqualTo(3);
        assertThat(shell.err()).contains("there would be room at").containsPattern("\\(in (59 m 5\\d s|1 h 00 m)\\)");
    }

    @ParameterizedTest
    @CsvSource({
        "--frob,Unknown option",
        "--deadline=soon,is not a duration",
        "--temperature=3,temperature must be 0 to 2",
        "--max-tokens=0,max tokens must be 1 or more",
        "--max-tokens=many,not a whole number",
        "--route=nowhere,nowhere",
        "--account=nobody,nobody",
        "--config=missing.yaml,there is no such file"
    })
    void wrongUsage_exitsWith2AndOneClearLine(String option, String message) {
        assertThat(shell.withAccount().run("ask", option, "Hello")).isEqualTo(2);
        assertThat(shell.err()).contains(message).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void debugging_logsPromptsWithoutTheirTextOrAnyToken() {
        shell.withAccount().succeeds("ask", "--debug", "Where is the key?");
        assertThat(shell.err()).contains("debug: ").doesNotContain("the key").doesNotContain("sesame");
        assertThat(shell.err()).doesNotContain("Fine, thank you");
        assertThat(shell.err()).containsPattern("\\b[0-9a-f]{12}\\b").doesNotContainPattern("[0-9a-f]{13}");
    }

    @Test
    void debuggingOnce_doesNotMakeTheNextRunTalkative() {
        shell.withAccount().run("ask", "--debug", "Hello");
        Shell next = new Shell(folder).withAccount();
        next.run("ask", "Hello");
        assertThat(next.err()).isEmpty();
    }

    @Test
    void emptyPrompt_isAMistake() {
        assertThat(shell.withAccount().input("  \n").run("ask", "-")).isEqualTo(2);
        assertThat(shell.err()).contains("- means standard input, which is empty");
        assertThat(shell.run("ask", " ")).isEqualTo(2);
        assertThat(shell.err()).contains("the prompt is empty");
        assertThat(shell.run("ask")).isEqualTo(2);
        assertThat(shell.err()).contains("there is no prompt");
        assertThat(shell.run("ask", "-", "and", "-")).isEqualTo(2);
        assertThat(shell.err()).contains("write one -");
        assertThat(shell.provider.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Summarise:               | Summarise:/le résumé
            Summarise: -             | Summarise:/le résumé
            Translate - into German! | Translate/le résumé/into German!
            -                        | le résumé
            ''                       | le résumé
            """)
    void pipedText_isPartOfThePrompt_withoutAByteOrderMark(String words, String prompt) {
        shell.withAccount().input("\ufeffle résumé\n");
        shell.succeeds(("ask " + words).split(" "));
        assertThat(shell.provider.asked.get(0).messages()).containsExactly(Message.user(prompt.replace("/", "\n\n")));
    }

    @Test
    void terminal_isNotReadWithoutADash() {
        shell.withAccount().input("typed ahead").terminal(new Terminal(true, true, true, false));
        shell.run("ask", "Hello");
        assertThat(shell.provider.asked.get(0).messages()).containsExactly(Message.user("Hello"));
    }

    @Test
    void pipedBytesThatAreNoText_areRefusedAndNotReplaced() {
        shell.withAccount().input(new byte[] {'G', 'r', (byte) 0xf6, (byte) 0xdf, 'e'});
        assertThat(shell.run("ask", "Summarise:")).isEqualTo(2);
        assertThat(shell.err()).contains("standard input isn't text in UTF-8");
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void attemptsThatFailedAlike_shareALine() {
        shell.withAccount().provider.failure = Optional.of(Failure.of(FailureKind.UNAVAILABLE, "down"));
        assertThat(shell.run("ask", "Hello")).isEqualTo(3);
        assertThat(shell.err()).containsOnlyOnce("UNAVAILABLE: down").contains("(2 times)");
    }

    private Shell onTerminal() {
        return shell.withAccount().terminal(new Terminal(false, true, true, true));
    }

    /** Tells the beginning of an answer, which stays without an end. */
    private CompletableFuture<AttemptSink> beginAnswer(String beginning) {
        CompletableFuture<AttemptSink> answer = new CompletableFuture<>();
        shell.provider.scripts.add(sink -> {
            answer.complete(sink);
            sink.delta(new Delta.Text(beginning));
        });
        return answer;
    }

    @Test
    void terminal_showsTheAnswerWhileItComes() {
        CompletableFuture<AttemptSink> answer = beginAnswer("Fine, ");
        onTerminal().whenPrinted("Fine, ", () -> {
            answer.join().delta(new Delta.Text("thank you."));
            shell.provider.end(answer.join());
        });
        shell.succeeds("ask", "--deadline", "20s", "Hello");
        assertThat(shell.out()).isEqualTo("Fine, thank you." + System.lineSeparator());
        assertThat(shell.err()).isEmpty();
    }

    private void answerThatBreaksOff() {
        shell.provider.scripts.add(sink -> {
            sink.delta(new Delta.Text("Half an ans"));
            sink.failed(Failure.of(FailureKind.REJECTED, "had enough"));
        });
    }

    /** Breaks an answer off once part of it was printed. */
    private void answerThatBreaksOffInPrint() {
        CompletableFuture<AttemptSink> answer = beginAnswer("Half an ans");
        shell.whenPrinted("Half an ans", () -> answer.join().failed(Failure.of(FailureKind.REJECTED, "had enough")));
    }

    @Test
    void answerThatBreaksOff_endsItsLine_saysSo_andExitsWith5() {
        answerThatBreaksOffInPrint();
        assertThat(onTerminal().run("ask", "Hello")).isEqualTo(5);
        assertThat(shell.out()).isEqualTo("Half an ans" + System.lineSeparator());
        assertThat(shell.err()).contains("the answer broke off").contains("had enough");
    }

    @Test
    void pipe_getsTheAnswerWhileItComesIfToldSo() {
        answerThatBreaksOffInPrint();
        assertThat(shell.withAccount().run("ask", "--stream", "Hello")).isEqualTo(5);
        assertThat(shell.out()).isEqualTo("Half an ans" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-stream", "--json", ""})
    void answerThatIsWantedWhole_isPrintedWholeOrNotAtAll_alsoOnATerminal(String option) {
        answerThatBreaksOff();

        Shell asking = option.isEmpty() ? shell.withAccount() : onTerminal();
        assertThat(asking.run(("ask " + option + " Hello").split(" +"))).isEqualTo(4);

        assertThat(shell.out()).isEmpty();
    }

    @Test
    void jsonWhileItComes_isAMistake() {
        assertThat(shell.withAccount().run("ask", "--json", "--stream", "Hello"))
                .isEqualTo(2);
        assertThat(shell.err()).contains("--json").contains("--stream");
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void whatAModelSays_commandsNoTerminal() {
        shell.provider.answer = "red \u001b[31m and\ttab\r\nline\r";
        onTerminal().succeeds("ask", "Hello");
        assertThat(shell.out()).isEqualTo("red \ufffd[31m and\ttab\nline" + System.lineSeparator());
    }

    @Test
    void pipe_getsWhatAModelSaysAsItIs() {
        shell.provider.answer = "red \u001b[31m";
        shell.withAccount().succeeds("ask", "--stream", "Hello");
        assertThat(shell.out()).isEqualTo("red \u001b[31m" + System.lineSeparator());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ask Hello", "ask --stream Hello", "chat --no-stream"})
    void refusalInWords_isPrinted(String line) {
        shell.provider.scripts.add(sink -> {
            sink.delta(new Delta.Refusal("I can't."));
            shell.provider.end(sink);
        });
        assertThat(shell.withAccount().input("Hello").line(line)).isZero();
        assertThat(shell.out()).isEqualToIgnoringNewLines("I can't.");
    }

    @Test
    void thinking_isNoPartOfTheAnswer() {
        shell.provider.scripts.add(sink -> {
            sink.delta(new Delta.Reasoning("hmm"));
            sink.delta(new Delta.Text("Yes."));
            shell.provider.end(sink);
        });
        onTerminal().succeeds("ask", "Hello");
        assertThat(shell.out()).isEqualTo("Yes." + System.lineSeparator());
    }
}
