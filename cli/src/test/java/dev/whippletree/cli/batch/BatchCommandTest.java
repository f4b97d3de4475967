package dev.whippletree.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.whippletree.cli.Shell;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.spi.AttemptSink;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Durations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

final class BatchCommandTest {

    private static final String LINE =
            "{\"custom_id\": \"%s\", \"body\": {\"messages\": [{\"role\": \"user\", \"content\": \"%s\"}]}}%n";

    private static final String VECTORS =
            "{\"custom_id\": \"v1\", \"url\": \"/v1/embeddings\", \"body\": {\"input\": %s}}%n";

    @TempDir
    private Path folder;

    private Shell shell;

    @BeforeEach
    void shell() {
        shell = again();
        shell.file("p.jsonl", LINE.formatted("one", "Hello") + LINE.formatted("two", "World"));
    }

    private Shell again() {
        return new Shell(folder).withAccount();
    }

    private String file(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    @Test
    void prompts_areAnsweredIntoTheOutput() throws IOException {
        shell.succeeds("batch", "p.jsonl", "-o", "a.jsonl");

        assertThat(file("a.jsonl")).contains("\"custom_id\":\"one\"", "\"custom_id\":\"two\"", "Fine, thank you.");
        assertThat(shell.err())
                .matches(
                        "2 prompts\\R2 answered \\(0 without a call of their own\\), 0 failed, in \\d+\\.0 s by 2 calls\\.\\R"
                                + "The answers are in .*/a\\.jsonl\\.\\R");
        assertThat(shell.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'', two one", "--ordered, one two"})
    void answersAreInTheOrderInWhichTheyCame_orThatOfThePrompts(String option, String order) throws IOException {
        CompletableFuture<AttemptSink> first = new CompletableFuture<>();
        shell.provider.scripts.add(first::complete);
        shell.provider.scripts.add(second -> CompletableFuture.runAsync(() -> {
            answer(second);
            await().atMost(Durations.ONE_MINUTE).until(() -> file("a.jsonl").contains("two"));
            answer(first.join());
        }));

        shell.succeeds(("batch p.jsonl -o a.jsonl " + option).strip().split(" "));

        assertThat(file("a.jsonl").lines().map(answer -> answer.replaceFirst(".*\"custom_id\":\"(\\w+)\".*", "$1")))
                .containsExactly(order.split(" "));
    }

    private void answer(AttemptSink call) {
        call.delta(new Delta.Text("Hi"));
        shell.provider.end(call);
    }

    @Test
    void secondRun_findsNothingLeft() {
        shell.run("batch", "p.jsonl", "-o", "a.jsonl");
        Shell second = again();

        second.succeeds("batch", "p.jsonl", "-o", "a.jsonl");

        assertThat(second.err()).contains("2 prompts, 2 of them done already", "All prompts are done already.");
        assertThat(second.provider.asked).isEmpty();
    }

    @Test
    void failures_giveExitCode9_andAreAskedAgainIfWanted() throws IOException {
        shell.provider.failure = Optional.of(Failure.of(FailureKind.REJECTED, "no such thing"));
        assertThat(shell.run("batch", "p.jsonl", "-o", "a.jsonl")).isEqualTo(9);
        assertThat(file("a.errors.jsonl")).contains("\"code\":\"rejected\"", "no such thing");
        assertThat(shell.err())
                .contains("0 answered", "2 failed", "a.errors.jsonl; --retry-failed asks them again.")
                .doesNotContain("The answers are in", "stopped early");
        Shell over = again();
        assertThat(over.run("batch", "p.jsonl", "-o", "a.jsonl")).isEqualTo(9);
        assertThat(over.err()).contains("All prompts are done already; 2 failed; --retry-failed asks them again.");

        Shell second = again();
        second.succeeds("batch", "p.jsonl", "-o", "a.jsonl", "--retry-failed");

        assertThat(file("a.errors.jsonl")).isEmpty();
        assertThat(file("a.jsonl").lines()).hasSize(2);
    }

    @Test
    void rows_areAskedByTheTemplate_withInstructionsFromAFile() throws IOException {
        shell.file("rows.csv", "id,text\nr1,Hello\n").file("persona.txt", "\ufeffBe brief.\n");

        shell.succeeds("batch", "rows.csv", "--template", "Say {{text}}", "--system", "@persona.txt", "-o", "a.csv");

        assertThat(shell.provider.asked.get(0).messages())
                .containsExactly(Message.system("Be brief."), Message.user("Say Hello"));
        assertThat(file("a.csv"))
                .startsWith("id,text,answer,finish_reason,answer_model\nr1,Hello,\"Fine, thank you.\",stop,");
    }

    /** As if the disk was full then, or another program held the file. */
    @Test
    void tableThatCannotBeMade_losesNoAnswer_andIsMadeByTheSameCommand() throws IOException {
        shell.file("rows.csv", "id,text\nr1,Hello\n");
        Path occupied = folder.resolve("a.csv/occupied");
        shell.provider.scripts.add(call -> {
            assertThat(occupied.toFile().mkdirs()).isTrue();
            answer(call);
        });

        assertThat(shell.line("batch rows.csv --template {{text}} -o a.csv")).isEqualTo(9);

        assertThat(shell.err())
                .contains("1 answered", "a.csv can't be written in the prompts' order, and all answers are kept: ")
                .contains("; run the same command again to continue")
                .doesNotContain("The answers are in");
        Files.delete(occupied);
        Files.delete(folder.resolve("a.csv"));
        Shell again = again();
        assertThat(again.line("batch rows.csv --template {{text}} -o a.csv")).isZero();
        assertThat(again.provider.asked).isEmpty();
        assertThat(file("a.csv")).contains("\nr1,Hello,Hi,stop,");
    }

    @Test
    void options_reachEveryPrompt() throws IOException {
        shell.file("rows.csv", "id,name,text\nr1,n1,Hello\n").file("whippletree.yaml", """
                routes: {plain: {model: m}, other: {model: n}}
                """);
        String line = "batch rows.csv --template {{text}} --id name --max-tokens 7 --temperature 0.5 --route other"
                + " --account scripted-1 --tenant acme --no-cache -o a.jsonl";
        shell.succeeds(line.split(" "));
        Prompt prompt = shell.provider.asked.get(0);
        assertThat(prompt.parameters().maxTokens()).hasValue(7);
        assertThat(prompt.parameters().temperature()).hasValue(0.5);
        assertThat(prompt.route()).contains("other");
        assertThat(prompt.account()).contains("scripted-1");
        assertThat(prompt.tenant()).isEqualTo("acme");
        assertThat(prompt.cache().read()).isFalse();
        assertThat(prompt.priority()).isEqualTo(Priority.BATCH);
        assertThat(file("a.jsonl")).contains("\"custom_id\":\"n1\"");
    }

    @Test
    void batchThatIsStopped_saysSo_andGoesOnLater() throws IOException {
        oneAtATime();
        assertThat(shell.run("batch", "p.jsonl", "-o", "a.jsonl", "--max-calls=1"))
                .isEqualTo(9);
        assertThat(shell.err())
                .contains("The batch stopped early: ", "1 answered", "To continue, run the command again.");
        Shell later = again();
        later.succeeds("batch", "p.jsonl", "-o", "a.jsonl");
        assertThat(later.err()).contains("2 prompts, 1 of them done already");
        assertThat(file("a.jsonl").lines()).hasSize(2);
    }

    @Test
    void callThatALimitRefuses_isSpent_whichTheSummarySays() {
        oneAtATime();
        // Asked again sooner, a slow machine might make another call before the batch stops.
        Failure slowDown = new Failure(
                FailureKind.RATE_LIMITED,
                "slow down",
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(Duration.ofHours(1)),
                Reach.ACCOUNT);
        shell.provider.scripts.add(call -> call.failed(slowDown));

        assertThat(shell.run("batch", "p.jsonl", "-o", "a.jsonl", "--max-calls=1"))
                .isEqualTo(9);

        assertThat(shell.err())
                .contains("0 answered", "0 failed", " by 1 call, 1 of them refused or failed.")
                .contains("The batch stopped early: it has made as many calls as it may make: 1.");
    }

    /** Five texts, two to a call: the same command would stop again. */
    @Test
    void lineThatNeedsMoreCallsThanAreAllowed_saysHowManyToAllow() {
        shell.file("v.jsonl", VECTORS.formatted("[\"a\", \"b\", \"c\", \"d\", \"e\"]"));
        assertThat(shell.line("batch v.jsonl -o v.out.jsonl --max-calls 1")).isEqualTo(9);
        assertThat(shell.err())
                .contains("the next prompt may need 3 calls, and it may make only 1: allow 3 or more."
                        + " To continue, run the command again.");
        assertThat(shell.provider.asked).isEmpty();

        again().succeeds("batch", "v.jsonl", "-o", "v.out.jsonl", "--max-calls", "3");
    }

    @Test
    void batchThatIsStoppedDuringItsLastCall_isDone() {
        oneAtATime();
        shell.provider.scripts.add(this::answer);
        shell.provider.scripts.add(call -> {
            shell.interrupt();
            answer(call);
        });
        shell.succeeds("batch", "p.jsonl", "-o", "a.jsonl");
        assertThat(shell.err())
                .contains("The batch ends after the calls under way; Ctrl-C again ends it at once.", "2 answered")
                .doesNotContain("stopped early", "missing");
    }

    private void oneAtATime() {
        shell.file("whippletree.yaml", "accounts: [{id: one, provider: scripted, token: x, max-concurrency: 1}]");
    }

    /** Lines of a power of two end where a buffer does. */
    @Test
    void promptsThatVanishWhileItRuns_areMissed() {
        String text = "x".repeat(128 - LINE.formatted("p1000", "").length());
        shell.file(
                "p.jsonl",
                IntStream.range(1_000, 3_000)
                        .mapToObj(number -> LINE.formatted("p" + number, text))
                        .collect(Collectors.joining()));
        shell.provider.scripts.add(call -> {
            shell.file("p.jsonl", "");
            answer(call);
        });
        assertThat(shell.run("batch", "p.jsonl", "-o", "a.jsonl")).isEqualTo(9);
        assertThat(shell.err()).containsPattern("prompts are missing: .*p.jsonl was changed while the batch ran");
    }

    @Test
    void standardInput_isReadToItsEnd() throws IOException {
        shell.input(LINE.formatted("piped", "Hello"));

        shell.succeeds("batch", "-", "-o", "a.jsonl");

        assertThat(file("a.jsonl")).contains("\"custom_id\":\"piped\"");
        assertThat(shell.err()).contains("Reading standard input to its end; nothing is asked before that.");
    }

    @Test
    void standardInput_isKept_soThatTheBatchIsResumedWithoutIt() throws IOException {
        shell.provider.failure = Optional.of(Failure.of(FailureKind.REJECTED, "no such thing"));
        shell.input(LINE.formatted("one", "Hello"));
        shell.run("batch", "-", "-o", "a.jsonl");
        Shell second = again();

        second.succeeds("batch", "a.jsonl.batch/input", "--format", "jsonl", "-o", "a.jsonl", "--retry-failed");

        assertThat(file("a.jsonl")).contains("\"custom_id\":\"one\"");
    }

    @Test
    void standardInputOfAProgramThatFailed_isAMistake_andKeepsNoLaterOneOut() throws IOException {
        assertThat(shell.run("batch", "-", "-o", "a.jsonl")).isEqualTo(2);
        assertThat(shell.err()).contains("whippletree: standard input has no prompts");

        again().input(LINE.formatted("one", "Hello")).succeeds("batch", "-", "-o", "a.jsonl");

        assertThat(file("a.jsonl")).contains("\"custom_id\":\"one\"");
    }

    @Test
    void checkOfStandardInput_namesIt_andNotItsCopy() {
        shell.input(LINE.formatted("one", "Hello")).succeeds("batch", "-", "-o", "a.jsonl", "--check");
        assertThat(shell.out()).isEqualTo("standard input: 1 prompt, no problem found\n");

        Shell wrong = again().input(LINE.formatted("one", "Hello") + "{\n");
        assertThat(wrong.run("batch", "-", "-o", "a.jsonl", "--check")).isEqualTo(2);
        assertThat(wrong.err()).contains("whippletree: standard input:2: this isn't a JSON object");
    }

    @Test
    void textFromAPipe_isOneMistake_unlessItsFormatIsNamed() throws IOException {
        shell.input("Hello\nHow are you?\n");
        assertThat(shell.run("batch", "-", "-o", "a.jsonl")).isEqualTo(2);
        assertThat(shell.err().lines().skip(1))
                .containsExactly("whippletree: standard input doesn't begin with a JSON object, which OpenAI's batch"
                        + " format has in each line; name its format: --format text, csv or tsv");

        again().input("Hello\nHow are you?\n").succeeds("batch", "-", "-o", "a.jsonl", "--format", "text");
        assertThat(file("a.jsonl")).contains("\"custom_id\":\"line-2\"");

        again().input("\uFEFF\n" + LINE.formatted("one", "Hello")).succeeds("batch", "-", "-o", "b.jsonl");
        assertThat(file("b.jsonl")).contains("\"custom_id\":\"one\"");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void namedPipe_isReadOnce() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<Void> written =
                CompletableFuture.runAsync(() -> shell.file("pipe", LINE.formatted("piped", "Hello")));

        shell.succeeds("batch", "pipe", "-o", "a.jsonl");

        written.join();
        assertThat(file("a.jsonl")).contains("\"custom_id\":\"piped\"");
    }

    @Test
    void mistakeOnTheCommandLine_leavesTheFailuresAsTheyAre() throws IOException {
        shell.provider.failure = Optional.of(Failure.of(FailureKind.REJECTED, "no such thing"));
        shell.run("batch", "p.jsonl", "-o", "a.jsonl");
        String failures = file("a.errors.jsonl");

        assertSays("--max-cost needs a price list", "batch p.jsonl -o a.jsonl --retry-failed --max-cost 5");

        assertThat(file("a.errors.jsonl")).isEqualTo(failures).isNotEmpty();
    }

    @Test
    void check_findsWhatIsWrong_andAsksNothing() {
        shell.file("bad.jsonl", "{}\n" + LINE.formatted("one", "A") + LINE.formatted("one", "B"));

        assertThat(shell.run("batch", "bad.jsonl", "--check")).isEqualTo(2);
        assertThat(shell.err())
                .contains("bad.jsonl:1: 'custom_id' is missing", "bad.jsonl:3: 'one' is also the id of line 2");
        assertThat(shell.provider.asked).isEmpty();

        Shell good = again();
        good.succeeds("batch", "p.jsonl", "--check");
        assertThat(good.out()).contains("2 prompts, no problem found");
    }

    @Test
    void status_saysHowFarItIs_howOldThatIs_andWhatItWaitsForWhileItRuns() throws IOException {
        shell.run("batch", "p.jsonl", "-o", "a.jsonl");
        Shell done = again();
        done.succeeds("batch", "--status", "a.jsonl");
        assertThat(done.out()).contains("\"running\" : false", "\"answered\" : 2", "\"total\" : 2");

        shell.file("a.jsonl.batch/progress.json", """
                {"at": "2026-01-01T00:00:00Z", "answered": 1, "done_in_seconds_least": 30, "waiting_for": "hf-1",
                 "waiting_because": "a limit", "waiting_until": "2026-01-01T00:01:00Z", "held": "too many failures"}
                """);
        Shell killed = again();
        killed.succeeds("batch", "--status", "a.jsonl");
        assertThat(killed.out()).contains("\"answered\" : 1").doesNotContain("waiting", "done_in", "held");
        assertThat(killed.err()).isEmpty();

        Shell running = again();
        try (FileChannel lock = FileChannel.open(folder.resolve("a.jsonl.batch/lock"), StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            assertThat(held.isValid()).isTrue();
            running.succeeds("batch", "--status", "a.jsonl");
        }

        assertThat(running.out())
                .contains(
                        "\"running\" : true",
                        "\"age_seconds\" : ",
                        "\"answered\" : 1",
                        "\"waiting_for\" : \"hf-1\"",
                        "held");
        assertThat(running.err()).contains("ago; it is running, but can't write its progress");
    }

    @Test
    void damagedProgress_isAnErrorInWords() {
        shell.run("batch", "p.jsonl", "-o", "a.jsonl");

        for (String damaged : new String[] {"", "{\"at\": \"2026-", "[]", "{}", "null"}) {
            shell.file("a.jsonl.batch/progress.json", damaged);
            assertSays("the batch's progress is damaged", "batch --status a.jsonl");
        }
    }

    @Test
    void statusOfABatchThatHasJustBegun_isNoError() throws IOException {
        Files.createDirectory(folder.resolve("a.jsonl.batch"));
        try (FileChannel lock = FileChannel.open(
                        folder.resolve("a.jsonl.batch/lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            assertThat(held.isValid()).isTrue();
            shell.succeeds("batch", "--status", "a.jsonl");
        }

        assertThat(shell.out()).contains("\"running\" : true");
        assertThat(shell.err()).contains("hasn't written its progress yet");
        assertThat(again().run("batch", "--status", "a.jsonl")).isEqualTo(2);
    }

    @Test
    void plan_isTheFiles_andAsksNothing() {
        shell.file(
                "same.jsonl", LINE.formatted("one", "A") + LINE.formatted("two", "A") + LINE.formatted("three", "B"));

        shell.succeeds("plan", "--prompts", "same.jsonl", "--accounts", "huggingface:1x1000/h", "--no-advice");

        assertThat(shell.err())
                .contains("same.jsonl: 3 prompts, 2 of them different (33.3 % repeat another one), all at once");
        assertThat(shell.out())
                .startsWith("Yes, 3 prompts will be answered within 24 h.")
                .contains("All prompts start at the same moment.")
                .doesNotContain("interview");
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void planOfAFileOverATime_saysThatItsPromptsAreSpread() {
        shell.file("both.jsonl", LINE.formatted("one", "A") + LINE.formatted("two", "B"));

        shell.run("plan", "--prompts", "both.jsonl", "--over", "10m", "--accounts", "huggingface:1x1000/h");

        assertThat(shell.out()).contains("Prompts start evenly over 10 min").doesNotContain("nterviews");
    }

    @Test
    void planOfConversations_countsPromptsAlikeOnlyAfterTheSameWords() {
        String line =
                "{\"custom_id\": \"%s\", \"session\": \"%s\", \"body\": {\"messages\": [{\"role\": \"user\", \"content\": \"%s\"}]}}%n";
        shell.file(
                "talks.jsonl",
                line.formatted("1", "x", "A")
                        + line.formatted("2", "y", "B")
                        + line.formatted("3", "x", "C")
                        + line.formatted("4", "y", "C"));

        shell.line("plan --prompts talks.jsonl --conversation --accounts huggingface:1x1000/h --no-advice");

        assertThat(shell.err()).contains("4 prompts, 4 of them different", "in 2 conversations");
        assertThat(shell.out()).startsWith("Yes, 2 conversations (4 prompts) will be answered within 24 h.");
    }

    /** Of 4,000 and 4,400 characters, four a token; the second is sent with the first and an answer of 800. */
    @ParameterizedTest
    @CsvSource({"'', 500, 0.025", "'', 50, 0.022", "--conversation, 500, 0.037"})
    void planOfPrompts_countsTheirTokens_whatWasSaidBefore_andAnswersUpToTheirMaximum(
            String option, int maximum, double load) {
        String line = LINE.replace("\"body\": {", "\"session\": \"x\", \"body\": {\"max_tokens\": " + maximum + ", ");
        shell.file("long.jsonl", line.formatted("1", "a".repeat(4_000)) + line.formatted("2", "b".repeat(4_400)));

        shell.line("plan --prompts long.jsonl --accounts huggingface:1x100000tok/d --no-advice --json " + option);

        assertThat(JsonMapper.shared().readTree(shell.out()).at("/sizes/0/load").asDouble())
                .isCloseTo(load, within(0.0005));
    }

    @Test
    void planOfTheBatch_goesByTheConfiguredAccounts() {
        assertThat(shell.run("batch", "p.jsonl", "--plan")).as(shell.err()).isEqualTo(8);

        assertThat(shell.err()).contains("2 prompts, 2 of them different");
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void problemOfALine_sendsNoCommandsToTheTerminal() {
        shell.file(
                "evil.jsonl",
                LINE.formatted("one", "Hello").replace("\"messages\"", "\"model\": \"\\u001b[2J\", \"messages\""));

        assertThat(shell.line("batch evil.jsonl --check")).isEqualTo(2);

        assertThat(shell.err()).contains("'body.model' is ' [2J'").doesNotContain("\u001b");
    }

    @Test
    void whatIsWrong_isSaidBeforeAPipeIsRead() {
        for (String[] wrong : new String[][] {
            {"--sync", "hourly"},
            {"--route", "nowhere"},
            {"--max-calls", "0"},
            {"--max-cost", "1"},
            {"--config", "none"}
        }) {
            Shell piped = again();
            piped.input(LINE.formatted("piped", "Hello"));

            assertThat(piped.run("batch", "-", "-o", "a.jsonl", wrong[0], wrong[1]))
                    .isEqualTo(2);
            assertThat(piped.err())
                    .contains(wrong[1].equals("none") ? "none" : wrong[0])
                    .doesNotContain("Reading");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            batch                                                     | no prompts:
            batch p.jsonl                                             | no output:
            batch -                                                   | no output:
            batch none.jsonl                                          | can't be read or isn't a file
            batch p.jsonl --check --plan                              | leave out --check
            batch p.jsonl -o a.jsonl --sync hourly                    | --sync has to be one of each, second, never
            batch p.jsonl -o a.jsonl --max-cost 5                     | --max-cost needs a price list
            batch p.jsonl -o a.jsonl --max-cost five                  | 'five' is no amount
            batch p.jsonl -o a.jsonl --max-calls 0                    | --max-calls is 1 or more, not 0
            batch p.jsonl -o a.jsonl --max-failures 0                 | --max-failures is 1 or more, not 0
            batch p.jsonl -o a.jsonl --leave 95%                      | --leave
            batch p.jsonl -o a.jsonl --route fast                     | there is no route 'fast'
            batch p.jsonl -o a.jsonl --account nobody                 | there is no account 'nobody'
            batch p.jsonl -o a.jsonl --temperature 2.1                | --temperature must be 0 to 2, not 2.1
            batch p.jsonl -o a.jsonl --max-tokens 0                   | --max-tokens is 1 or more, not 0
            batch p.jsonl -o a.jsonl --format xml                     | --format has to be one of jsonl, text, csv, tsv, not 'xml'
            batch p.jsonl -o a.jsonl --template Say:{{text}}          | --template is for rows and lines of text
            batch p.jsonl -o a.jsonl --id name                        | --id is for rows
            batch p.jsonl -o a.jsonl --system @nofile                 | nofile: there is no such file
            batch p.jsonl -o a.jsonl --system @folder                 | folder:
            batch p.jsonl -o a.jsonl --system @latin1                 | latin1 isn't UTF-8 text
            batch none.jsonl -o a.jsonl                               | can't be read or isn't a file
            batch p.jsonl -o -                                        | -o names a file
            batch p.jsonl -o .                                        | is a folder or a device
            batch p.jsonl -o /                                        | is a folder or a device
            batch p.jsonl -o taken.jsonl                              | taken.jsonl.batch: this has to be a folder
            batch p.jsonl -o nowhere/a.jsonl                          | a.jsonl can't be written: its folder isn't there
            batch p.jsonl -o a.csv                                    | answers can be rows only if the prompts are rows
            batch - --check                                           | kept beside the output: name the output with -o
            batch - --plan                                            | kept beside the output: name the output with -o
            batch empty.jsonl -o a.jsonl                              | empty.jsonl has no prompts
            batch empty.jsonl --check                                 | empty.jsonl has no prompts
            batch head.csv --template {{text}} -o a.jsonl             | head.csv has no prompts
            batch --status never.jsonl                                | never.jsonl isn't the output of a batch
            batch v.jsonl --plan                                      | v.jsonl asks for vectors alone, and a plan covers completions only
            batch mixed.jsonl --plan                                  | 'v1' asks for vectors, and a plan covers completions only; put such lines
            plan --prompts p.jsonl --questions 3                      | leave out --interviews
            plan --prompts rows.csv --accounts huggingface:1x1000/h   | which need a template
            plan --prompts empty.jsonl --accounts huggingface:1x9/h   | empty.jsonl has no prompts
            plan --prompts none.jsonl --accounts huggingface:1x9/h    | none.jsonl can't be read: there is no such file
            """)
    void whatIsMissingOrWrong_isSaid(String line, String words) throws IOException {
        Files.write(folder.resolve("latin1"), new byte[] {'G', 'r', (byte) 0xf6, (byte) 0xdf, 'e'});
        Files.createDirectory(folder.resolve("folder"));
        shell.file("taken.jsonl.batch", "")
                .file("empty.jsonl", "")
                .file("head.csv", "id,text\n")
                .file("v.jsonl", VECTORS.formatted("\"Hello\""))
                .file("mixed.jsonl", VECTORS.formatted("\"Hello\"") + LINE.formatted("one", "Hello"));

        assertSays(words, line);
        assertThat(folder.resolve("a.jsonl")).doesNotExist();
        assertThat(folder.resolve("a.errors.jsonl")).doesNotExist();
    }

    private void assertSays(String words, String line) {
        Shell other = again();
        assertThat(other.run(line.split(" "))).isEqualTo(2);
        assertThat(other.err()).contains(words).doesNotContain("\tat ");
        assertThat(other.provider.asked).isEmpty();
    }
}
