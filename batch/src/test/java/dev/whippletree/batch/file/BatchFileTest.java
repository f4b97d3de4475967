package dev.whippletree.batch.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.whippletree.Whippletree;
import dev.whippletree.batch.Batch;
import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchProgress;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.BatchRun;
import dev.whippletree.batch.Collected;
import dev.whippletree.batch.Journal;
import dev.whippletree.batch.Pool;
import dev.whippletree.batch.StopRules;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.ToolCall;
import dev.whippletree.state.PrivateFile;
import dev.whippletree.testkit.logging.LoggedLines;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ListAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class BatchFileTest {

    private static final Origin ORIGIN =
            new Origin(Origin.Source.CALL, "a", "model", 1, Duration.ZERO, Optional.empty());

    @TempDir
    private Path folder;

    private final Pool pool = new Pool().account("a", "10000 / 1h");
    private Whippletree whippletree;
    private Path input;
    private Path output;
    private Path failures;
    private PromptForm form = PromptForm.PLAIN;
    private boolean conversations;
    private boolean ordered;
    private boolean accept;
    private boolean retry;
    private boolean safeCsv;

    @BeforeEach
    void open() {
        whippletree = pool.open();
        input = folder.resolve("prompts.jsonl");
        output = folder.resolve("answers.jsonl");
        failures = folder.resolve("answers.errors.jsonl");
    }

    private BatchFiles files() {
        return new BatchFiles(
                input,
                InputFormat.of(input),
                output,
                form,
                conversations,
                ordered,
                Sync.SECOND,
                accept,
                retry,
                safeCsv);
    }

    @Test
    void lockOfAnOutput_isHeldOnce_untilItIsClosed() throws IOException {
        write(line("a", "one"));
        Closeable lock = BatchFile.lock(output).orElseThrow();
        assertThat(BatchFile.lock(output)).isEmpty();
        assertThatThrownBy(() -> BatchFile.open(files(), whippletree, pool.timeline()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use by another batch");
        BatchFile.openLocked(files(), whippletree, pool.timeline()).close();
        assertThat(BatchFile.lock(output)).isEmpty();

        lock.close();
        try (Closeable again = BatchFile.lock(output).orElseThrow()) {
            lock.close();
            assertThat(Disk.isLockedHere(folder.resolve("answers.jsonl.batch/lock")))
                    .isTrue();
            assertThat(BatchFile.lock(output)).isEmpty();
            assertThat(again).isNotNull();
        }
    }

    /** A channel that stays open would free a later lock of this process when it is collected. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void lockThatAnotherHas_isRefusedWithoutATrace_andCanBeHadOnceItIsFree() throws IOException {
        BatchFile.lock(output).orElseThrow().close();
        Path file = folder.resolve("answers.jsonl.batch/lock");
        try (FileChannel others = FileChannel.open(file, StandardOpenOption.WRITE)) {
            others.lock();

            assertThat(BatchFile.lock(output)).isEmpty();

            assertThat(openChannels(file)).isEqualTo(1);
        }
        BatchFile.lock(output).orElseThrow().close();
    }

    private static long openChannels(Path file) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(descriptor -> leadsTo(descriptor, file)).count();
        }
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.isSameFile(descriptor, file);
        } catch (IOException e) {
            return false; // It was closed meanwhile.
        }
    }

    private BatchProgress run() throws IOException {
        return run(StopRules.USUAL);
    }

    /** Runs; where a rule has ended it, as if the process was killed then: nothing but the files outlives it. */
    private BatchProgress run(StopRules rules) throws IOException {
        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            Batch.Builder batch = Batch.over(whippletree)
                    .timeline(pool.timeline())
                    .journal(file.journal())
                    .total(file.total())
                    .stop(rules);
            if (conversations) {
                batch.conversations();
            }
            BatchRun run = batch.build().run(file.items());
            run.subscribe(new Collected());
            BatchProgress end = pool.await(run);
            if (end.stopped().isEmpty()) {
                file.finish();
            }
            return end;
        }
    }

    private static String line(String id, String text) {
        return "{\"custom_id\": \"" + id + "\", \"method\": \"POST\", \"url\": \"/v1/chat/completions\","
                + " \"body\": {\"model\": \"model\", \"messages\": [{\"role\": \"user\", \"content\": \"" + text
                + "\"}]}}";
    }

    private void write(String... lines) throws IOException {
        Files.write(input, List.of(lines));
    }

    private List<String> ids(Path file) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            ids.add(ResultLine.read(line).orElseThrow().id());
        }
        return ids;
    }

    private ListAssert<String> assertProblems() {
        try {
            BatchFile.check(files(), whippletree.configuration(), item -> {});
        } catch (BadInputException e) {
            return assertThat(e.problems());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return assertThat(List.of());
    }

    @Test
    void lines_becomeOneResultEach_andASecondRunAsksNothing() throws IOException {
        write(line("one", "Hello"), "", line("two", "World"));

        BatchProgress end = run();

        assertThat(end.answered()).isEqualTo(2);
        assertThat(ids(output)).containsExactlyInAnyOrder("one", "two");
        assertThat(failures).isEmptyFile();
        assertThat(Files.readString(output))
                .contains(
                        "\"status_code\":200", "\"object\":\"chat.completion\"", "\"error\":null", "\"account\":\"a\"");

        BatchProgress second = run();

        assertThat(second.answered()).isZero();
        assertThat(second.resumed()).isEqualTo(2);
        assertThat(pool.stats().calls()).isEqualTo(2);
    }

    /** Whoever keeps answers by the ids of their responses overwrites none. */
    @Test
    void responsesOfOtherBatches_haveOtherIds_andALineThatIsAskedAgainTheSame() throws IOException {
        write(line("one", "Hello"));
        String first = responseId();
        Files.write(output, Arrays.copyOf(Files.readAllBytes(output), 20));
        assertThat(responseId()).isEqualTo(first);

        output = folder.resolve("others.jsonl");
        String second = responseId();
        write(line("one", "World"));
        output = folder.resolve("more.jsonl");
        assertThat(Set.of(first, second, responseId())).hasSize(3);
    }

    private String responseId() throws IOException {
        run();
        JsonNode line =
                ResultLine.read(Files.readString(output).strip()).orElseThrow().json();
        String id = line.path("id").stringValue();
        assertThat(line.at("/response/request_id").stringValue()).isEqualTo(id);
        assertThat(line.at("/response/body/id").stringValue()).isEqualTo("chatcmpl-" + id);
        return id;
    }

    /** How an editor ends lines. */
    private enum LineEnd {
        LF("\n"),
        CRLF("\r\n");

        private final String text;

        LineEnd(String text) {
            this.text = text;
        }
    }

    /** Without its end, a line may be whole, or a part of a longer one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void tornLine_isMended_andItsItemAskedAgain(int lost) throws IOException {
        write(line("one", "Hello"), line("two", "World"));
        run();
        byte[] whole = Files.readAllBytes(output);
        Files.write(output, Arrays.copyOf(whole, whole.length - lost));

        BatchProgress second;
        try (LoggedLines log = new LoggedLines(FileJournal.class)) {
            second = run();
            assertThat(log.all()).anyMatch(line -> line.contains(": dropped 1 damaged line, as a crash leaves them"));
        }

        assertThat(second.answered()).isEqualTo(1);
        assertThat(ids(output)).containsExactlyInAnyOrder("one", "two");
    }

    /** Some editors begin a file with a mark, and end its lines in another way. */
    @ParameterizedTest
    @CsvSource({"'', LF", "\ufeff, CRLF"})
    void lineLostAmongOthers_isAskedAgain(String mark, LineEnd end) throws IOException {
        write(line("one", "A"), line("two", "B"), line("three", "C"));
        run();
        List<String> ids = ids(output);
        String edited = mark + Files.readString(output).replace("\n", end.text);
        byte[] bytes = edited.getBytes(StandardCharsets.UTF_8);
        Arrays.fill(bytes, 10, 60, (byte) 0);
        Files.write(output, bytes);

        try (FileJournal journal = FileJournal.open(output, failures, Sync.NEVER, pool.timeline())) {
            assertThat(journal.answer(ids.get(0))).isEmpty();
            assertThat(journal.answer(ids.get(1))).isPresent();
            assertThat(journal.answer(ids.get(2))).isPresent();
        }
        assertThat(run().answered()).isEqualTo(1);

        assertThat(ids(output)).containsExactlyInAnyOrder("one", "two", "three");
    }

    @Test
    void changedInput_isAnError_unlessItIsAccepted_andThenAsksWhatIsNew() throws IOException {
        write(line("one", "A"), line("two", "B"), line("three", "C"));
        run();
        write(line("one", "A"), line("two", "another"), line("four", "D"));

        assertThatThrownBy(this::run)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("has changed since")
                .hasMessageContaining("--accept-changes")
                .hasMessageContaining("keeps 1, drops 2, and asks 2 lines, the first of them line 2");
        form = form(null, "Be brief.", false, false);
        assertThatThrownBy(this::run)
                .hasMessageContaining("started with other settings: system")
                .hasMessageContaining("has changed since");
        form = PromptForm.PLAIN;
        assertThat(pool.stats().calls()).isEqualTo(3);
        accept = true;

        BatchProgress end;
        try (LoggedLines log = new LoggedLines(BatchFile.class)) {
            end = run();
            assertThat(log.all()).anyMatch(line -> line.contains(": 2 results dropped, as lines have changed"));
        }
        assertThat(end.answered()).isEqualTo(2);

        assertThat(ids(output)).containsExactlyInAnyOrder("one", "two", "four");
        assertThat(ids(folder.resolve("answers.jsonl.batch/dropped.jsonl"))).containsExactlyInAnyOrder("two", "three");
    }

    @Test
    void otherSettings_areAnError_thatNamesThem_andAcceptedAskEachLineAgain() throws IOException {
        write(line("one", "A"), line("two", "B"));
        run();
        form = form(null, "Be brief.", false, false);
        assertThatThrownBy(this::run)
                .hasMessageContaining("started with other settings: system was not given and is now 'Be brief.'")
                .hasMessageContaining("keeps 0, drops 2, and asks 2 lines");
        accept = true;

        BatchProgress end = run();

        assertThat(end.answered()).isEqualTo(2);
        assertThat(end.resumed()).isZero();
        assertThat(ids(output)).containsExactlyInAnyOrder("one", "two");
        assertThat(run().resumed()).isEqualTo(2);
    }

    @Test
    void otherIds_areAnError_andTheSortedOutputStays() throws IOException {
        table("sku,text\ns1,Hello\ns2,World\n");
        output = folder.resolve("answers.jsonl");
        ordered = true;
        run();
        PromptForm before = form;
        form = new PromptForm(
                before.template(),
                before.system(),
                before.temperature(),
                before.maxTokens(),
                before.route(),
                before.account(),
                before.tenant(),
                before.fresh(),
                before.same(),
                Optional.of("sku"));

        assertThatThrownBy(this::run)
                .hasMessageContaining("started with other settings: id was not given and is now 'sku'")
                .hasMessageContaining("keeps 0, drops 2, and asks 2 lines");

        assertThat(ids(output)).containsExactly("row-2", "row-3");
    }

    @Test
    void inputInAnotherFormat_isAnError() throws IOException {
        write(line("one", "A"));
        run();
        input = Files.copy(input, folder.resolve("input"));

        assertThatThrownBy(this::run)
                .hasMessageContaining("started with other settings: format was 'jsonl' and is now 'text'");

        assertThat(pool.stats().calls()).isEqualTo(1);
    }

    /** What answers depend on, all of it. */
    @Test
    void settings_areWhatAnswersDependOn() throws IOException {
        input = folder.resolve("prompts.txt");
        form = new PromptForm(
                Optional.of("Say {{text}}"),
                Optional.of("Be brief"),
                OptionalDouble.of(0.5),
                OptionalInt.of(9),
                Optional.of("default"),
                Optional.of("a"),
                "tenant",
                true,
                true,
                Optional.empty());
        conversations = true;
        assertThat(files().settings())
                .containsExactly(
                        entry("template", "Say {{text}}"),
                        entry("system", "Be brief"),
                        entry("temperature", "0.5"),
                        entry("max-tokens", "9"),
                        entry("account", "a"),
                        entry("tenant", "tenant"),
                        entry("conversation", "true"));
        form = PromptForm.PLAIN;
        conversations = false;
        assertThat(files().settings()).containsExactly(entry("conversation", "false"));
        AskedModels models = new AskedModels(whippletree.configuration());
        models.add(Prompt.of("Hello"));
        models.add(Prompt.builder().user("Hello").route("other").model("m").build());
        assertThat(models.settings()).containsExactly(entry("route", "default, other"), entry("model", "m, model"));
    }

    @ParameterizedTest
    @CsvSource({"a.jsonl, JSONL", "A.NDJSON, JSONL", "a.csv, CSV", "a.TSV, TSV", "a.txt, TEXT", "csv, TEXT"})
    void format_goesByTheNamesEnd(String name, InputFormat format) {
        assertThat(InputFormat.of(Path.of(name))).isEqualTo(format);
    }

    @Test
    void otherModel_isAnError_andAcceptedAsksEachLineAgain() throws IOException {
        write(line("one", "A").replace("\"model\": \"model\", ", ""));
        run();
        whippletree = new Pool().account("a", "10000 / 1h").model("other").open();

        assertThatThrownBy(this::run)
                .hasMessageContaining("started with other settings: model was 'model' and is now 'other'")
                .hasMessageContaining("keeps 0, drops 1, and asks 1 line,");
    }

    @Test
    void acceptedChangeInAConversation_asksTheLinesAfterItAgain() throws IOException {
        conversations = true;
        write(spoken("x0", "x", "One"), spoken("y0", "y", "One"), spoken("x1", "x", "Two"), spoken("y1", "y", "Two"));
        run();
        write(spoken("x0", "x", "Uno"), spoken("y0", "y", "One"), spoken("x1", "x", "Two"), spoken("y1", "y", "Two"));
        accept = true;

        BatchProgress end = run();

        assertThat(end.answered()).isEqualTo(2);
        assertThat(end.resumed()).isEqualTo(2);
        assertThat(ids(output))
                .containsExactlyInAnyOrder("x0", "y0", "x1", "y1")
                .endsWith("x0", "x1");
    }

    private long runUntil(long calls) throws IOException {
        whippletree = pool.open();
        run(new StopRules(OptionalLong.of(calls), Optional.empty(), Optional.empty(), 20));
        return pool.stats().calls();
    }

    private long runAnew() throws IOException {
        whippletree = pool.open();
        run();
        return pool.stats().calls();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 30, 59, 60, 66})
    void resumedBatch_paysForNoAnswerThatItHas(int calls) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            lines.add(line("r" + i, "Question " + i % 60 + (i < 60 ? "" : "  ")));
        }
        write(lines.toArray(String[]::new));

        long first = runUntil(calls);
        long second = runAnew();

        assertThat(first).isEqualTo(Math.min(60, calls));
        assertThat(first + second).isEqualTo(60);
        assertThat(ids(output)).hasSize(70).doesNotHaveDuplicates();
        Map<String, String> answers = answersById(output);
        assertThat(answers)
                .hasSize(70)
                .allSatisfy((id, answer) ->
                        assertThat(answer).isEqualTo(answers.get("r" + Integer.parseInt(id.substring(1)) % 60)));
    }

    private static Map<String, String> answersById(Path file) throws IOException {
        Map<String, String> answers = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            ResultLine result = ResultLine.read(line).orElseThrow();
            answers.put(result.id(), result.completion().orElseThrow().text());
        }
        return answers;
    }

    @Test
    void resumedTable_paysForNoAnswerThatItHas() throws IOException {
        table("id,text,note\n"
                + IntStream.range(0, 40)
                        .mapToObj(i -> "r" + i + ",Text " + i % 25 + ",note " + i + "\n")
                        .collect(Collectors.joining()));

        output = folder.resolve("answers.tsv");

        assertThat(runUntil(12) + runUntil(9) + runAnew()).isEqualTo(25);
        assertThat(Files.readAllLines(output))
                .hasSize(41)
                .startsWith("id\ttext\tnote\tanswer\tfinish_reason\tanswer_model");
    }

    /** As where the column is named otherwise: each line would be asked without those before it. */
    @ParameterizedTest
    @CsvSource({"true, no line has a 'session'", "false, ''"})
    void conversationWithoutSessions_isRefused(boolean wanted, String problem) throws IOException {
        conversations = wanted;
        write(line("one", "A"), line("two", "B"));

        List<String> expected = problem.lines().toList();
        assertProblems()
                .hasSameSizeAs(expected)
                .zipSatisfy(expected, (found, words) -> assertThat(found).contains(words));
    }

    @Test
    void resumedConversations_areAnsweredByThoseThatWentTheSameWay() throws IOException {
        conversations = true;
        List<String> lines = new ArrayList<>();
        for (int session = 0; session < 12; session++) {
            for (int question = 0; question < 4; question++) {
                lines.add(
                        spoken("s" + session + "q" + question, "s" + session, "Part " + session % 3 + "." + question));
            }
        }
        write(lines.toArray(String[]::new));

        assertThat(runUntil(5) + runUntil(3) + runAnew()).isEqualTo(12);
        assertThat(answersById(output))
                .hasSize(48)
                .containsEntry("s11q3", answersById(output).get("s2q3"));
    }

    @Test
    void answerWhoseLineIsAnotherQuestionsByNow_answersNoRepeat() throws IOException {
        write(line("one", "A"), line("two", "A"), line("three", "B"));
        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            List<BatchItem> items = items(file);
            String key = Journal.keyOf(items.get(0).prompt(), whippletree);
            String other = Journal.keyOf(items.get(2).prompt(), whippletree);
            Completion answer =
                    new Completion("whole", Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), ORIGIN);
            file.journal().append(List.of(new BatchResult.Answered(items.get(0), answer, key)));
            assertThat(file.journal().answerTo(key)).isPresent();
            Files.writeString(output, Files.readString(output).replace(key, other));
            assertThat(file.journal().answerTo(key)).isEmpty();
        }
    }

    @Test
    void repeats_areAskedAgain_whereFreshAnswersAreWanted_andWhereTheAnswerWasCutOrDamaged() throws IOException {
        write(line("one", "A"), line("two", "A"), line("three", "B"), line("four", "B"));
        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            List<BatchItem> items = items(file);
            Completion cut =
                    new Completion("half", Optional.empty(), List.of(), FinishReason.LENGTH, Optional.empty(), ORIGIN);
            String keyOfA = Journal.keyOf(items.get(0).prompt(), whippletree);
            file.journal().append(List.of(new BatchResult.Answered(items.get(0), cut, keyOfA)));
            assertThat(file.journal().answerTo(keyOfA)).isEmpty();
            for (List<ToolCall> calls : List.of(List.<ToolCall>of(), List.of(new ToolCall("1", "look_up", "{\"na")))) {
                Completion damaged = new Completion(
                        "Looking.", Optional.empty(), calls, FinishReason.TOOL_CALLS, Optional.empty(), ORIGIN);
                file.journal().append(List.of(new BatchResult.Answered(items.get(0), damaged, keyOfA)));
                assertThat(file.journal().answerTo(keyOfA)).isEmpty();
            }
            String keyOfB = Journal.keyOf(items.get(2).prompt(), whippletree);
            Completion whole =
                    new Completion("whole", Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), ORIGIN);
            file.journal().append(List.of(new BatchResult.Answered(items.get(2), whole, keyOfB)));
            assertThat(file.journal().answerTo(keyOfB).map(Completion::text)).hasValue("whole");
        }
        assertThat(runAnew()).isEqualTo(1);

        form = form(null, null, true, false);
        output = folder.resolve("fresh.jsonl");
        failures = folder.resolve("fresh.errors.jsonl");
        assertThat(runUntil(1) + runAnew()).isEqualTo(4);
    }

    @Test
    void repeats_areAskedAgain_whereTheAnswerIsNotTheDemandedJson() throws IOException {
        String json = "\"response_format\": {\"type\": \"json_object\"}, \"messages\"";
        for (String answer : List.of("{\"city\": \"Berlin\"}", "Berlin, of course")) {
            output = folder.resolve(answer.length() + ".jsonl");
            failures = folder.resolve(answer.length() + ".errors.jsonl");
            write(
                    line("one", "A").replace("\"messages\"", json),
                    line("two", "A").replace("\"messages\"", json));
            try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
                BatchItem first = items(file).get(0);
                Completion stored = new Completion(
                        answer, Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), ORIGIN);
                file.journal()
                        .append(List.of(
                                new BatchResult.Answered(first, stored, Journal.keyOf(first.prompt(), whippletree))));
            }
            long calls = pool.stats().calls();
            assertThat(runAnew() - calls).isEqualTo(answer.startsWith("{") ? 0 : 1);
        }
    }

    @Test
    void templateWithoutAColumn_isAsked_ifThatIsMeant() throws IOException {
        table("id,text\nr1,Hello\nr2,World\n");
        form = form("{{text}} for {id}, in {style}", null, false, true);
        assertProblems().isEmpty();
        form = form("Tell a joke", null, false, true);
        assertThat(run().answered()).isEqualTo(2);
    }

    static Stream<Arguments> tables() {
        String say = "Say the text: {{text}}";
        return Stream.of(
                arguments("csv", say, "id,text,text,note,note\nr1,A,B,a,b\n", "--template: ~several columns 'text'"),
                arguments("csv", say, "id,text,note,note\nr1,A,a,b\n", ""),
                arguments("csv", say, "id;text\nr1;A\n", "no column 'text'~commas, not semicolons"),
                arguments(
                        "csv",
                        say,
                        "id,text\nr1,\"two\nlines\"\nr2,\"A\"B\n",
                        "csv:4: the rows from here on can't be read"),
                arguments(
                        "csv",
                        say,
                        "id,text\n1,\"a \"\"b\"\"\"\n2,5\" wide\n3,\"A\n4,B\n",
                        "csv:4: a value of this row begins with a quotation mark"),
                arguments("csv", say, "id,text\n1,\"a \"\"b\"\"\"\n2,5\" wide\n3,\"A\"\n4,\"\"", ""),
                arguments(
                        "csv",
                        say,
                        "id,text\nr1,A\nr2\nr3,B,B\n",
                        "csv:3: this row has 1 values\ncsv:4: this row has 3 values"),
                arguments("csv", say, "id,text\n,A\nr2,\n", "csv:2: 'id' is empty"),
                arguments("csv", say, "custom_id,id,text\n,r1,A\n", "csv:2: 'custom_id' is empty"),
                arguments("csv", say, "text\nA\n", ""),
                arguments("csv", say, "id, text\nr1, A\n", ""),
                arguments("csv", say, "text, id\nA,\n", "csv:2: 'id' is empty"),
                arguments("csv", say, "id,text\nr1,A\nr2,\u00ff\n", "the text after line 1 isn't UTF-8"),
                arguments("csv", say, "text\n" + "A\n".repeat(9_000) + "\u00ff\n", "the text after line 8~isn't UTF-8"),
                arguments("csv", say, "", "the header is missing"),
                arguments("csv", null, "id,text\nr1,A\n", "rows need --template~{{id}}"),
                arguments("csv", "Say: {{txt}}", "id,text\nr1,A\n", "no column 'txt', only id, text"),
                arguments("csv", "Say: {text}", "id,text\nr1,A\n", "names no column~for {text} write {{text}}~--same"),
                arguments("csv", "Tell a joke", "id,text\nr1,A\n", "name one, such as {{id}}~--same"),
                arguments(
                        "csv",
                        "{{text}} {id} {style}",
                        "id,text\nr1,A\n",
                        "in single braces~for {id} write {{id}}~--same"),
                arguments("tsv", say, "id\ttext\nr1\tA, B\n", ""),
                arguments("tsv", say, "id\ttext\nr1\tA\tB\n", "tsv:2: this row has 3 values~values with a tab"),
                arguments("tsv", say, "id,text\nr1,A\n", "tsv has no column 'text', only id,text"),
                arguments("txt", "Say: {text}", "A\nB\n", "for {text} write {{text}}"),
                arguments("txt", "{{text}} {{title}}", "A\n", "lines of text allow only {{text}}"));
    }

    /** Problems are lines, and what each has to say stands between tildes. */
    @ParameterizedTest
    @MethodSource("tables")
    void tableOrTemplateThatCannotBeUsed_saysWhere_andWhatToDo(
            String format, @Nullable String template, String content, String problems) throws IOException {
        input = Files.writeString(folder.resolve("rows." + format), content, StandardCharsets.ISO_8859_1);
        form = form(template, null, false, false);
        List<String> expected = problems.lines().toList();

        assertProblems()
                .hasSameSizeAs(expected)
                .zipSatisfy(expected, (problem, words) -> assertThat(problem).contains(words.split("~")));
    }

    private static String spoken(String id, String session, String text) {
        return "{\"custom_id\": \"" + id + "\", \"session\": \"" + session + "\", "
                + line(id, text).substring(1);
    }

    private static PromptForm form(@Nullable String template, @Nullable String system, boolean fresh, boolean same) {
        PromptForm plain = PromptForm.PLAIN;
        return new PromptForm(
                Optional.ofNullable(template),
                Optional.ofNullable(system),
                plain.temperature(),
                plain.maxTokens(),
                plain.route(),
                plain.account(),
                plain.tenant(),
                fresh,
                same,
                plain.idColumn());
    }

    /** Failures of somebody else make no line of ours fail. */
    @ParameterizedTest
    @CsvSource({
        "answers.jsonl, answers.jsonl exists and isn't the output of a batch",
        "answers.errors.jsonl, answers.errors.jsonl exists and isn't this batch's"
    })
    void fileOfSomebodyElse_isLeftAlone(String name, String message) throws IOException {
        write(line("one", "A"));
        String theirs = "{\"custom_id\": \"one\", \"response\": null, \"error\": {}}\n";
        Path file = Files.writeString(folder.resolve(name), theirs);

        assertThatThrownBy(this::run).hasMessageContaining(message);

        assertThat(file).hasContent(theirs);
        assertThat(folder.resolve("answers.jsonl.batch")).doesNotExist();
    }

    /** A batch with that file for its failures would write into the answers, or empty them. */
    @ParameterizedTest
    @ValueSource(strings = {"answers.errors.jsonl", "answers.csv-errors.jsonl"})
    void outputNamedAsFailuresAre_isRefused(String name) throws IOException {
        write(line("one", "A"));
        output = folder.resolve(name);

        assertThatThrownBy(this::run).hasMessageContaining("has a name of failures");

        assertThat(output).doesNotExist();
    }

    @Test
    void outputsThatDifferInTheirEndingsAlone_haveFailuresOfTheirOwn() {
        assertThat(BatchFolder.failuresOf(Path.of("a.jsonl"))).isEqualTo(Path.of("a.errors.jsonl"));
        assertThat(BatchFolder.failuresOf(Path.of("a.csv"))).isEqualTo(Path.of("a.csv-errors.jsonl"));
        assertThat(Stream.of("a", "a.jsonl", "a.csv", "a.csv.jsonl", "a.errors", "a.errors.jsonl")
                        .map(name -> BatchFolder.failuresOf(Path.of(name))))
                .doesNotHaveDuplicates();
    }

    @Test
    void noteThatHasNoPlaceBesideTheOneBefore_isWrittenOverIt() throws IOException {
        Path coming =
                Files.createDirectories(folder.resolve("answers.jsonl.batch")).resolve("progress.coming");
        Files.writeString(coming, "what a crash has left");
        BatchFile.note(output, "{\"answered\": 1000}");
        assertThat(BatchFile.lastNote(output)).contains("{\"answered\": 1000}");
        Files.createDirectory(coming);

        BatchFile.note(output, "{\"answered\": 7}");

        assertThat(BatchFile.lastNote(output)).contains("{\"answered\": 7}");
    }

    @Test
    void secondBatchOverOneOutput_isRefused_whileTheFirstLives() throws IOException {
        write(line("one", "A"));
        assertThat(BatchFile.isRunning(output)).isFalse();
        try (BatchFile first = BatchFile.open(files(), whippletree, pool.timeline())) {
            assertThat(first.total()).isEqualTo(1);
            assertThat(BatchFile.isRunning(output)).isTrue();
            assertThatThrownBy(() -> BatchFile.open(files(), whippletree, pool.timeline()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is in use by another batch");
        }
        assertThat(BatchFile.isRunning(output)).isFalse();
        assertThat(run().answered()).isEqualTo(1);
    }

    /** If it opened the file, the lock would be gone: closing any channel of a file frees all locks of a process. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void whoeverAsksWhetherABatchRuns_leavesItsLock() throws IOException {
        try (Closeable lock = BatchFile.lock(output).orElseThrow()) {
            String entry = ":" + Files.getAttribute(folder.resolve("answers.jsonl.batch/lock"), "unix:ino") + " ";
            assumeThat(Files.readString(Path.of("/proc/locks"))).contains(entry);

            assertThat(BatchFile.isRunning(output)).isTrue();

            assertThat(Files.readString(Path.of("/proc/locks"))).contains(entry);
            assertThat(lock).isNotNull();
        }
    }

    @Test
    void failedLines_areInTheOtherFile_andAskedAgainOnlyIfWanted() throws IOException {
        write(line("one", "A"), line("two", "x ".repeat(400_000)), line("three", "C"));

        BatchProgress first = run();
        assertThat(first.failed()).isEqualTo(1);
        assertThat(ids(output)).containsExactlyInAnyOrder("one", "three");
        assertThat(ids(failures)).containsExactly("two");
        assertThat(Files.readString(failures)).contains("too_large");

        assertThat(run().failed()).isZero();
        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            assertThat(file.done()).isEqualTo(3);
            assertThat(file.failed()).isEqualTo(1);
        }
        retry = true;
        BatchProgress third = run();
        assertThat(third.failed()).isEqualTo(1);
        assertThat(third.resumed()).isEqualTo(2);
        assertThat(ids(failures)).containsExactly("two");
    }

    @Test
    void orderedOutput_isInTheOrderOfTheInput() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            lines.add(line("i" + i, i % 3 == 0 ? "long ".repeat(50) + i : "short " + i));
        }
        write(lines.toArray(String[]::new));
        ordered = true;
        List<String> inOrder = new ArrayList<>();
        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            List<BatchItem> items = items(file);
            items.forEach(item -> inOrder.add(item.id()));
            Collections.shuffle(items, new Random(1));
            file.journal()
                    .append(items.stream()
                            .map(item ->
                                    answer(item, "word ".repeat(100 * item.id().length())))
                            .toList());
            assertThat(ids(output)).hasSize(700).isNotEqualTo(inOrder);

            file.finish();
            assertThat(BatchFile.lock(output)).as("it is being replaced").isEmpty();
        }
        BatchFile.lock(output).orElseThrow().close();

        assertThat(inOrder).startsWith("i0", "i1", "i2");
        assertThat(ids(output)).isEqualTo(inOrder);
    }

    @Test
    void orderedOutput_endsWithTheAnswersToLinesThatAreThereNoMore() throws IOException {
        write(line("one", "A"), line("two", "B"), line("three", "C"), line("four", "D"));
        ordered = true;
        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            List<BatchItem> items = items(file);
            Collections.reverse(items);
            file.journal()
                    .append(items.stream().map(item -> answer(item, "Hello")).toList());
            write(line("three", "C"), line("three", "C"), line("two", "B"));

            file.finish();
        }

        assertThat(ids(output)).containsExactly("three", "two", "four", "one");
    }

    @Test
    void tableWithoutARowThatWasAnswered_isNotMade() throws IOException {
        table("id,text\nr1,Hello\nr2,World\n");
        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            List<BatchItem> items = items(file);
            file.journal().append(List.of(answer(items.get(0), "Hello"), answer(items.get(1), "Hello")));
            Files.writeString(input, "id,text\nr2,World\nr2,World\n");

            assertThatThrownBy(file::finish).hasMessage("1 answer is of a row that " + input + " no longer has");
        }

        assertThat(output).doesNotExist();
        assertThat(ids(folder.resolve("answers.csv.batch/answers.jsonl"))).containsExactly("r1", "r2");
    }

    @Test
    void table_isMadeWhenTheBatchEnds_inTheInputsOrder() throws IOException {
        table("id,text\nr1,\"Hello, \"\"you\"\"\nthere\"\nr2,World\nr3,Bye\n");
        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            List<BatchItem> items = items(file);
            file.journal().append(List.of(answer(items.get(2), "Three"), failure(items.get(1))));
            file.journal().append(List.of(answer(items.get(0), "half \ud83d")));
            assertThat(output).doesNotExist();

            file.finish();
        }
        assertThat(output).hasContent("""
                id,text,answer,finish_reason,answer_model
                r1,"Hello, ""you""
                there",half ?,stop,model
                r3,Bye,Three,stop,model
                """);
    }

    @Test
    void tableThatCannotBeMade_keepsNoAnswerFromTheJournal() throws IOException {
        table("id,text\nr1,Hello\n");
        BatchFile.open(files(), whippletree, pool.timeline()).close();
        Path occupied = Files.createFile(Files.createDirectory(output).resolve("occupied"));

        assertThatThrownBy(this::run).isInstanceOf(IOException.class);
        assertThat(pool.stats().calls()).isEqualTo(1);
        assertThat(folder.resolve("answers.csv.batch/arranged"))
                .as("nor the room that it takes")
                .doesNotExist();
        Files.delete(occupied);
        Files.delete(output);

        assertThat(run().resumed()).isEqualTo(1);
        assertThat(output).content().contains("\nr1,Hello,");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void valuesThatASpreadsheetTakesForFormulas_getAnApostrophe_ifThatIsWanted(boolean wanted) throws IOException {
        safeCsv = wanted;
        List<String> answers =
                List.of("=HYPERLINK(A1)", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "-5", "+1.5", "a=1");
        table("id,text,=note\n"
                + IntStream.range(0, answers.size())
                        .mapToObj(row -> "r" + row + ",Hello " + row + ",=A1\n")
                        .collect(Collectors.joining()));
        String mark = wanted ? "'" : "";
        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            List<BatchItem> items = items(file);
            for (int row = 0; row < answers.size(); row++) {
                file.journal().append(List.of(answer(items.get(row), answers.get(row))));
            }
            file.finish();
        }
        assertThat(output)
                .content()
                .startsWith("id,text," + mark + "=note,answer,")
                .contains(
                        "," + mark + "=HYPERLINK(A1),",
                        "," + mark + "+cmd|' /C calc'!A0,",
                        "," + mark + "-1+1,",
                        "," + mark + "@SUM(A1),",
                        "," + mark + "=A1,",
                        mark + "\t=1",
                        ",-5,",
                        ",+1.5,",
                        ",a=1,");
        assertThat(output.resolveSibling("answers.csv.batch").resolve("answers.jsonl"))
                .content()
                .contains("\"=HYPERLINK(A1)\"");
    }

    private void table(String rows) throws IOException {
        input = Files.writeString(folder.resolve("rows.csv"), rows);
        output = folder.resolve("answers.csv");
        form = form("Say: {{text}}", null, false, false);
    }

    private static List<BatchItem> items(BatchFile file) throws IOException {
        List<BatchItem> items = new ArrayList<>();
        file.items().forEachRemaining(items::add);
        return items;
    }

    private static BatchResult answer(BatchItem item, String text) {
        return new BatchResult.Answered(
                item, new Completion(text, Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), ORIGIN));
    }

    private static BatchResult failure(BatchItem item) {
        return new BatchResult.Failed(item, "rejected", "no such thing", OptionalInt.empty());
    }

    @Test
    void rowsWithoutASession_areNoConversation() throws IOException {
        table("id,text,session\nr1,Hello,\nr2,World,s\nr3,Bye,\n");
        conversations = true;
        List<Optional<String>> sessions = new ArrayList<>();

        BatchFile.check(
                files(),
                whippletree.configuration(),
                item -> sessions.add(item.prompt().session()));

        assertThat(sessions).containsExactly(Optional.empty(), Optional.of("s"), Optional.empty());
    }

    @Test
    void quotedHeaderBehindAByteOrderMark_isRead_andTheMarkKept() throws IOException {
        input = Files.writeString(folder.resolve("rows.csv"), "\ufeff\"text, all\",\"id\"\r\n\"Hello\",\"r1\"\r\n");
        output = folder.resolve("answers.csv");
        form = form("Say: {{text, all}}", null, false, false);

        assertProblems().isEmpty();
        assertThat(run().answered()).isEqualTo(1);
        assertThat(output)
                .content()
                .startsWith("\ufeff\"text, all\",id,answer,")
                .contains("\nHello,r1,");
    }

    private static String vectors(String id, String input, String more) {
        return "{\"custom_id\": \"" + id
                + "\", \"url\": \"/v1/embeddings\", \"body\": {\"model\": \"model\", \"input\": " + input + more + "}}";
    }

    private static Embeddings embeddings(Journal journal, String id) throws IOException {
        return Embeddings.of(journal.answer(id).orElseThrow());
    }

    private List<String> expected(String... texts) {
        CompletableFuture<Embeddings> answer = whippletree.embed(Prompt.embedding(List.of(texts)));
        pool.timeline().advance(Duration.ofMinutes(1));
        return answer.join().all().stream().map(Embedding::base64).toList();
    }

    @Test
    void linesForVectors_getThemInOpenAisFormat_besideLinesForChats() throws IOException {
        write(
                vectors("one", "\"A\"", ""),
                line("two", "Hello"),
                vectors("three", "[\"B\", \"A\"]", ", \"encoding_format\": \"float\""),
                vectors("four", "[[1, 2], [3]]", ", \"dimensions\": 2"));

        assertThat(run().answered()).isEqualTo(4);

        JsonNode three = result("three");
        assertThat(three.at("/response/status_code").intValue()).isEqualTo(200);
        JsonNode body = three.at("/response/body");
        assertThat(body.path("object").stringValue()).isEqualTo("list");
        assertThat(body.path("model").stringValue()).isEqualTo("model");
        assertThat(body.at("/usage/prompt_tokens").intValue())
                .isPositive()
                .isEqualTo(body.at("/usage/total_tokens").intValue());
        assertThat(body.path("data")).hasSize(2);
        assertThat(body.at("/data/1/object").stringValue()).isEqualTo("embedding");
        assertThat(body.at("/data/1/index").intValue()).isEqualTo(1);
        assertThat(body.at("/data/1/embedding")).hasSize(256);
        assertThat(result("four").at("/response/body/data/1/embedding")).hasSize(2);
        assertThat(result("two").at("/response/body/object").stringValue()).isEqualTo("chat.completion");
        try (FileJournal journal = FileJournal.open(output, failures, Sync.NEVER, pool.timeline())) {
            assertThat(embeddings(journal, "three").all().stream().map(Embedding::base64))
                    .as("bit by bit")
                    .isEqualTo(expected("B", "A"));
            assertThat(embeddings(journal, "three").usage().promptTokens())
                    .isEqualTo(body.at("/usage/prompt_tokens").longValue());
        }
    }

    private JsonNode result(String id) throws IOException {
        return Files.readAllLines(output).stream()
                .map(line -> ResultLine.read(line).orElseThrow())
                .filter(line -> line.id().equals(id))
                .findFirst()
                .orElseThrow()
                .json();
    }

    @Test
    void linesForVectors_areAskedOnce_afterACrashToo() throws IOException {
        write(
                vectors("one", "[\"A\", \"B\"]", ""),
                vectors("same", "[\"A\", \"B\"]", ""),
                vectors("other", "[\"A\", \"B\"]", ", \"dimensions\": 2"),
                vectors("last", "\"C\"", ""));
        run();
        assertThat(pool.stats().calls()).isEqualTo(3);
        List<String> results = Files.readAllLines(output);
        String one = results.stream()
                .filter(line -> line.contains("\"custom_id\":\"one\""))
                .findFirst()
                .orElseThrow();
        Files.writeString(output, one + "\n" + one.substring(0, one.length() / 2));

        assertThat(run().answered()).isEqualTo(3);

        assertThat(ids(output)).containsExactlyInAnyOrder("one", "same", "other", "last");
        assertThat(pool.stats().calls()).as("of other and last").isEqualTo(5);
        assertThat(result("same").at("/response/body/data"))
                .isEqualTo(result("one").at("/response/body/data"));
    }

    @Test
    void linesForVectors_takeNoSettingsOfChats() throws IOException {
        form = new PromptForm(
                Optional.empty(),
                Optional.of("Be brief"),
                OptionalDouble.of(1),
                OptionalInt.of(9),
                Optional.of("default"),
                Optional.of("a"),
                "tenant",
                true,
                false,
                Optional.empty());
        write(
                vectors("one", "\"A\"", ""),
                line("two", "Hello"),
                line("two", "Hello").replace("two", "own").replace("\"messages\"", "\"max_tokens\": 5, \"messages\""));

        BatchFile.check(files(), whippletree.configuration(), item -> {
            if (item.id().equals("one")) {
                assertThat(item.prompt().messages()).containsExactly(Message.user("A"));
                assertThat(item.prompt().tenant()).isEqualTo("tenant");
                assertThat(item.prompt().account()).contains("a");
                assertThat(item.prompt().route()).contains("default");
                assertThat(item.prompt().cache().read()).isFalse();
            } else {
                assertThat(item.prompt().messages()).hasSize(2);
                assertThat(item.prompt().parameters().temperature()).hasValue(1);
                assertThat(item.prompt().parameters().maxTokens())
                        .hasValue(item.id().equals("own") ? 5 : 9);
            }
        });
        assertThat(run().answered()).isEqualTo(3);
    }

    @Test
    void resultLongerThanAnyPrompt_isReadAgain() throws IOException {
        String words = "x".repeat(Lines.MOST_BYTES / 2 + 1);
        Completion answer =
                new Completion(words, Optional.of(words), List.of(), FinishReason.STOP, Optional.empty(), ORIGIN);
        try (FileJournal journal = FileJournal.open(output, failures, Sync.NEVER, pool.timeline())) {
            journal.append(List.of(new BatchResult.Answered(new BatchItem("long", Prompt.of("A")), answer)));
        }

        try (FileJournal journal = FileJournal.open(output, failures, Sync.NEVER, pool.timeline())) {
            assertThat(journal.has("long")).isTrue();
            assertThat(journal.answer("long").orElseThrow().reasoning()).contains(words);
        }
    }

    @Test
    void problems_nameTheirLines_allAtOnce() throws IOException {
        String chat = line("x", "A");
        Map<String, String> problems = new LinkedHashMap<>();
        problems.put("{not json", "this isn't a JSON object");
        problems.put("[1]", "this isn't a JSON object");
        problems.put(
                "{\"custom_id\": \"y\"}",
                "'body' is missing or isn't an object: it has to be the request, with 'messages'");
        problems.put("{\"body\": {}}", "'custom_id' is missing");
        problems.put(chat.replace("\"x\"", "\"\""), "'custom_id' is missing");
        problems.put(chat.replace("POST", "GET"), "'method' must be POST, not GET");
        problems.put(
                chat.replace("/chat/completions", "/responses"),
                "'url' must be /v1/chat/completions or /v1/embeddings, not /v1/responses");
        problems.put(chat.replace("user", "nobody"), "'body.messages[0].role' must be system");
        problems.put(
                chat.replace("\"model\": \"model\"", "\"model\": \"gpt-9\""),
                "'body.model' is 'gpt-9', which is neither a route nor a model; known: default");
        problems.put(chat.replace("\"model\": \"model\"", "\"temperature\": 7"), "'body.temperature' must be 0 to 2");
        problems.put(chat.replace("\"body\"", "\"session\": 5, \"body\""), "'session' must be a string");
        problems.put(
                vectors("x", "\"A\"", ", \"encoding_format\": \"base64\""), "'body.encoding_format' must be float");
        problems.put(vectors("x", "[\"A\", 7]", ""), "'body.input[1]' isn't right");
        problems.put(vectors("x", "\"A\"", ", \"temperature\": 1"), "'body.temperature' is for chats");
        problems.put(
                vectors("x", "\"A\"", "").replace("\"body\"", "\"session\": \"s\", \"body\""),
                "'session' is for conversations");
        problems.put(
                vectors("x", Collections.nCopies(2_049, "\"A\"").toString(), ""),
                "'body.input' must have 1 to 2048 texts, not 2049");
        problems.put(
                "{\"custom_id\": \"y\", \"url\": \"/v1/embeddings\"}",
                "'body' is missing or isn't an object: it has to be the request, with 'input'");
        problems.put(chat.replace("/chat/completions", "/embeddings"), "'body.input' is missing");
        problems.put("\u00ff", "this isn't UTF-8");
        problems.put("x".repeat(Lines.MOST_BYTES + 1), "this line is longer than 16 MB");
        List<String> lines = new ArrayList<>(problems.keySet());
        lines.addAll(List.of(line("twice", "A"), "", line("twice", "B")));
        Files.write(input, lines, StandardCharsets.ISO_8859_1);

        List<String> expected = new ArrayList<>();
        problems.values().forEach(problem -> expected.add("jsonl:" + (expected.size() + 1) + ": " + problem));
        expected.add("jsonl:23: 'twice' is also the id of line 21; give each line its own id");
        assertProblems()
                .hasSameSizeAs(expected)
                .zipSatisfy(expected, (problem, words) -> assertThat(problem).contains(words));
    }

    @Test
    void problemsBeyondAHundred_areNotListed() throws IOException {
        List<String> lines = new ArrayList<>(List.of(line("twice", "A"), line("twice", "B")));
        lines.addAll(Collections.nCopies(150, "{"));
        write(lines.toArray(String[]::new));

        assertProblems().hasSize(101).last().asString().endsWith("these are the first 100");
    }

    @Test
    void filesThatDontFitEachOther_areRefused() {
        form = form("{{text}}", null, false, false);
        assertThatThrownBy(this::files).hasMessageContaining("each line of " + input + " is a whole prompt");
        form = PromptForm.PLAIN;
        output = folder.resolve("answers.tsv");
        assertThatThrownBy(this::files).hasMessageContaining("answers can be rows only if the prompts are rows");
        input = folder.resolve("rows.TSV");
        assertThat(files().answers()).isEqualTo(folder.resolve("answers.tsv.batch/answers.jsonl"));
    }

    @Test
    void textLines_areAPromptEach() throws IOException {
        input = Files.writeString(folder.resolve("prompts.txt"), "\ufeffHello\r\n\r\nWorld", StandardCharsets.UTF_8);
        form = form("Say {{text}}!", null, false, false);
        List<String> asked = new ArrayList<>();

        long lines = BatchFile.check(
                files(),
                whippletree.configuration(),
                item -> asked.add(
                        item.id() + " " + item.prompt().messages().get(0).text()));

        assertThat(lines).isEqualTo(2);
        assertThat(asked).containsExactly("line-1 Say Hello!", "line-3 Say World!");
    }

    @Test
    void manyDigests_areFoundAgain() {
        LongBag bag = new LongBag();
        LineIndex index = new LineIndex();
        List<Long> digests = new Random(1).longs(30_000).boxed().toList();
        for (int i = 0; i < digests.size(); i++) {
            bag.add(digests.get(i));
            assertThat(index.put(digests.get(i), i)).isEqualTo(LineIndex.NONE);
        }
        for (int i = 0; i < digests.size(); i += 3) {
            bag.add(digests.get(i));
            bag.add(digests.get(i));
            assertThat(index.put(digests.get(i), 2 * i)).isEqualTo(i);
        }
        bag.sort();
        LongBag repeated = bag.repeated();

        assertThat(bag.size()).isEqualTo(50_000);
        assertThat(repeated.size()).isEqualTo(10_000);
        assertThat(index.size()).isEqualTo(30_000);
        for (int i = 0; i < digests.size(); i++) {
            assertThat(bag.contains(digests.get(i))).isTrue();
            assertThat(bag.contains(digests.get(i) + 1)).isFalse();
            assertThat(repeated.contains(digests.get(i))).isEqualTo(i % 3 == 0);
            assertThat(index.get(digests.get(i))).isEqualTo(i % 3 == 0 ? 2 * i : i);
        }
        assertThat(index.get(digests.get(0) + 1)).isEqualTo(LineIndex.NONE);
    }

    @Test
    void lastLineOfEachSession_endsIt() throws IOException {
        write(
                spoken("a1", "a", "1"),
                spoken("b1", "b", "1"),
                line("none", "1"),
                spoken("a2", "a", "2"),
                spoken("c1", "c", "1"),
                spoken("b2", "b", "2"));
        conversations = true;
        List<String> ending = new ArrayList<>();

        try (BatchFile file = BatchFile.open(files(), whippletree, pool.timeline())) {
            file.items().forEachRemaining(item -> {
                if (item.endsSession()) {
                    ending.add(item.id());
                }
            });
        }

        assertThat(ending).containsExactly("a2", "c1", "b2");
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "permissions are the folder's there")
    void whateverABatchWrites_isTheUsersAlone() throws IOException {
        String tooLong = line("two", "x ".repeat(400_000)) + "\n";
        runFrom(line("one", "A") + "\n" + tooLong);
        run();
        accept = true;
        runFrom(line("one", "B") + "\n" + tooLong);
        BatchFile.note(output, "{}");
        output = folder.resolve("answers.csv");
        table("id,text\nr1,Hello\n");
        run();

        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> written = files.filter(file -> !file.equals(folder) && !file.endsWith("rows.csv"))
                    .toList();
            assertThat(written)
                    .map(file -> folder.relativize(file).toString())
                    .contains(
                            "answers.jsonl",
                            "answers.errors.jsonl",
                            "answers.csv",
                            "answers.csv.batch/answers.jsonl",
                            "answers.jsonl.batch/dropped.jsonl",
                            "answers.jsonl.batch/input",
                            "answers.jsonl.batch/lock",
                            "answers.jsonl.batch/progress.json");
            assertThat(written)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "permissions are the folder's there")
    void permissionsOfAFileThatIsThere_stay_alsoOnceItIsSorted() throws IOException {
        Set<PosixFilePermission> shared = PosixFilePermissions.fromString("rw-r-----");
        Files.setPosixFilePermissions(Files.createFile(output), shared);
        write(line("one", "A"));
        ordered = true;

        run();

        assertThat(ids(output)).containsExactly("one");
        assertThat(Files.getPosixFilePermissions(output)).isEqualTo(shared);
    }

    /** As on Windows: a zip file's folders know no permissions. */
    @Test
    void fileSystemWithoutPermissions_isNoProblem() throws IOException {
        URI zip = URI.create("jar:" + folder.resolve("disk.zip").toUri());
        try (FileSystem disk = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path file = disk.getPath("/batch/answers");
            PrivateFile.createSubfolder(Objects.requireNonNull(file.getParent()));
            try (Storage.Output out = Disk.INSTANCE.open(file)) {
                out.write(ByteBuffer.wrap(new byte[] {'a'}), 0);
            }
            Path coming = disk.getPath("/batch/coming");
            try (OutputStream stream = Disk.stream(coming, StandardOpenOption.TRUNCATE_EXISTING)) {
                stream.write('b');
            }
            assertThat(Files.readString(file) + Files.readString(coming)).isEqualTo("ab");
            Disk.INSTANCE.replace(file, coming);
            assertThat(Files.readString(file)).isEqualTo("b");
        }
    }

    @Test
    void streamThatBreaksOff_leavesTheEarlierCopy() throws IOException {
        InputStream broken = new SequenceInputStream(stream("ha"), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("broken off");
            }

            @Override
            public int read(byte[] bytes, int from, int count) throws IOException {
                throw new IOException("broken off");
            }
        });
        try (Spool spool = Spool.beside(output)) {
            Path copy = spool.copy(stream("whole\n"));

            assertThatThrownBy(() -> spool.copy(broken))
                    .hasMessage("the input can't be copied to " + copy + ".coming: broken off");

            assertThat(copy).hasContent("whole");
            assertThat(copy.resolveSibling("input.coming")).doesNotExist();
        }
    }

    @Test
    void secondBatchFromAStream_isRefused_beforeItReadsAnything_untilTheFirstHasEnded() throws IOException {
        Spool spool = Spool.beside(output);
        assertThatThrownBy(() -> Spool.beside(output)).hasMessageContaining("is in use by another batch");
        input = spool.copy(stream(line("one", "A") + "\n"));

        try (BatchFile file = BatchFile.open(files(), spool, whippletree, pool.timeline())) {
            assertThat(file.total()).isEqualTo(1);
            assertThatThrownBy(() -> Spool.beside(output)).hasMessageContaining("is in use by another batch");
        }

        Spool.beside(output).close();
    }

    @Test
    void streamThatIsAnother_isRefused_andTheEarlierCopyStays_unlessThatIsAccepted() throws IOException {
        runFrom(line("one", "A") + "\n");
        Path kept = input;

        assertThatThrownBy(() -> runFrom(line("one", "B") + "\n"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("the piped input has changed since");
        assertThat(kept).hasContent(line("one", "A"));

        accept = true;
        runFrom(line("one", "B") + "\n");
        assertThat(kept).hasContent(line("one", "B"));
    }

    @Test
    void streamWithoutALine_asAProgramThatFailedLeavesIt_isNotTakenForTheInput() throws IOException {
        runFrom("");
        runFrom(line("one", "A") + "\n");
        Path kept = input;
        runFrom("");

        assertThat(kept).hasContent(line("one", "A"));
    }

    private void runFrom(String text) throws IOException {
        try (Spool spool = Spool.beside(output)) {
            input = spool.copy(stream(text));
            BatchFile.open(files(), spool, whippletree, pool.timeline()).close();
        }
    }
}
