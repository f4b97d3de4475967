package dev.whippletree.gateway.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.Timeline;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines and the files of a trace, in virtual time. */
final class TraceTest {

    private static final long FILE_BYTES = 1_000;
    private static final long ESTIMATE = 30;

    /** A line has fewer. */
    private static final int MOST_LINE_BYTES = 150;

    /** As many lines as are written together, by which a file may exceed its bound. */
    private static final int MOST_AT_ONCE = 5;

    @TempDir
    private Path folder;

    private final VirtualTimeline timeline = new VirtualTimeline(1);

    private static CacheKey key(int number) {
        return new CacheKey(String.format("%064d", number), "", Optional.empty());
    }

    private static void trace(Trace trace, int number, Prompt prompt) {
        trace.begin(key(number), prompt, ESTIMATE).end();
    }

    private static Prompt numbered(int number) {
        return Prompt.builder().user("secret text").maxTokens(number).build();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        }
    }

    private List<Map<String, Object>> lines() throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (Path file : files()) {
            Files.readAllLines(file).forEach(line -> lines.add(RunningGateway.json(line)));
        }
        return lines;
    }

    private List<Integer> numbers() throws IOException {
        return lines().stream()
                .map(line -> Integer.parseInt(String.valueOf(line.get("max_tokens"))))
                .toList();
    }

    private List<Object> each(String field) throws IOException {
        return lines().stream().map(line -> line.get(field)).toList();
    }

    @Test
    void line_hasWhatThePromptWas_andWhatItTook() throws IOException {
        Trace trace = Trace.open(folder, timeline);
        Prompt prompt = Prompt.builder()
                .user("secret text")
                .tenant("acme")
                .session("person-7")
                .route("fast")
                .maxTokens(50)
                .build();
        timeline.advance(Duration.ofMillis(1_500));
        Trace.TracedPrompt begun = trace.begin(key(1), prompt, ESTIMATE);
        timeline.advance(Duration.ofMillis(250));
        begun.answered(Optional.of(TokenUsage.of(312, 96)));
        timeline.advance(Duration.ofMillis(20));
        begun.end();
        trace.close();

        assertThat(lines()).singleElement().satisfies(line -> {
            assertThat(line.keySet())
                    .containsExactly(
                            "at",
                            "key",
                            "prompt_tokens",
                            "max_tokens",
                            "session",
                            "client",
                            "route",
                            "completion_tokens",
                            "took_ms");
            assertThat(line.toString())
                    .contains("at=2026-01-01T00:00:01.500Z", "took_ms=250", "prompt_tokens=312")
                    .contains("completion_tokens=96", "max_tokens=50", "client=acme", "route=fast")
                    .doesNotContain("secret", "person", key(1).digest());
            assertThat(line.get("key").toString()).matches("[0-9a-f]{16}");
            assertThat(line.get("session").toString()).matches("[0-9a-f]{16}");
        });
    }

    @Test
    void promptWithoutAnAnswer_hasItsEstimate_andNoCompletion() throws IOException {
        Trace trace = Trace.open(folder, timeline);
        trace(trace, 1, Prompt.of("secret text"));
        trace.close();

        assertThat(lines().get(0).keySet()).containsExactly("at", "key", "prompt_tokens", "took_ms");
        assertThat(lines().get(0).toString()).contains("prompt_tokens=30");
    }

    @Test
    void equalPrompts_haveOneDigestInAFolder_alsoLater_andNoOtherHasIt() throws IOException {
        for (int process = 0; process < 2; process++) {
            Trace trace = Trace.open(folder, timeline);
            trace(trace, 1, Prompt.of("x"));
            trace(trace, 2, Prompt.of("x"));
            timeline.advance(Trace.PAUSE);
            trace.close();
        }
        List<Object> here = each("key");
        assertThat(here).hasSize(4);
        assertThat(here.get(2)).isEqualTo(here.get(0));
        assertThat(here.get(3)).isEqualTo(here.get(1)).isNotEqualTo(here.get(0));

        Files.delete(folder.resolve("trace.key"));
        Trace other = Trace.open(folder, timeline);
        trace(other, 1, Prompt.of("x"));
        other.close();
        assertThat(each("key"))
                .hasSize(5)
                .filteredOn(digest -> !here.contains(digest))
                .hasSize(1);
    }

    @Test
    void promptThatTakesNoStoredAnswer_equalsNoOther() throws IOException {
        Trace trace = Trace.open(folder, timeline);
        trace(trace, 1, Prompt.of("x"));
        trace(trace, 1, Prompt.builder().user("x").noCache().build());
        trace(trace, 1, Prompt.builder().user("x").noCache().build());
        trace.close();
        assertThat(each("key")).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void sessionsOfTwoClients_differ() throws IOException {
        Trace trace = Trace.open(folder, timeline);
        for (String tenant : List.of("acme", "other", "acme")) {
            trace(
                    trace,
                    1,
                    Prompt.builder().user("x").tenant(tenant).session("1").build());
        }
        trace.close();
        List<Object> sessions = each("session");
        assertThat(sessions.get(0)).isEqualTo(sessions.get(2)).isNotEqualTo(sessions.get(1));
    }

    @Test
    void nothingIsWrittenBeforeThePause_andNoFileBeforeAPrompt() throws IOException {
        Trace trace = Trace.open(folder, timeline);
        assertThat(files()).isEmpty();
        trace(trace, 1, numbered(1));
        assertThat(files()).isEmpty();
        timeline.advance(Trace.PAUSE);
        assertThat(numbers()).containsExactly(1);
        trace.close();
    }

    /** Whatever is written together, the files are whole lines, and have the latest of all. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void files_areBounded_andHaveTheLatestPrompts(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        int prompts = 300 + random.nextInt(300);
        Trace trace = Trace.open(folder, FILE_BYTES, timeline);
        for (int number = 1; number <= prompts; number++) {
            trace(trace, number, numbered(number));
            if (random.nextInt(MOST_AT_ONCE) == 0 || number % MOST_AT_ONCE == 0) {
                timeline.advance(Trace.PAUSE.plusMillis(random.nextInt(1_000)));
            }
        }
        timeline.advance(Trace.PAUSE);

        assertThat(files()).as("seed %d", seed).hasSize(Trace.MOST_FILES);
        for (Path file : files()) {
            assertThat(Files.size(file)).as("seed %d", seed).isLessThan(FILE_BYTES + MOST_AT_ONCE * MOST_LINE_BYTES);
        }
        List<Integer> kept = numbers();
        assertThat(kept)
                .as("seed %d", seed)
                .hasSizeBetween((int) ((Trace.MOST_FILES - 1) * FILE_BYTES) / MOST_LINE_BYTES, prompts - 1)
                .isEqualTo(IntStream.rangeClosed(prompts - kept.size() + 1, prompts)
                        .boxed()
                        .toList());
        assertThat(trace.lost()).isZero();
    }

    /** Of another process, whose file is the oldest, but was written to just now. */
    @Test
    void fileThatWasWrittenToLongestAgo_goesFirst_andNothingElseInTheFolder() throws IOException {
        Files.writeString(folder.resolve("notes.jsonl"), "mine");
        for (int number = 0; number < Trace.MOST_FILES; number++) {
            Path file = Files.writeString(folder.resolve("trace-2025-01-" + (10 + number) + ".jsonl"), "");
            Instant written = Instant.parse("2025-06-01T00:00:00Z").plusSeconds(number == 0 ? 60 : number);
            Files.setLastModifiedTime(file, FileTime.from(written));
        }
        Trace trace = Trace.open(folder, timeline);
        trace(trace, 1, numbered(1));
        trace.close();

        assertThat(files())
                .hasSize(Trace.MOST_FILES + 1)
                .contains(folder.resolve("notes.jsonl"), folder.resolve("trace-2025-01-10.jsonl"))
                .doesNotContain(folder.resolve("trace-2025-01-11.jsonl"));
    }

    @Test
    void whatFindsNoRoomInMemory_isCounted_andLogged() throws IOException {
        try (LoggedLines log = new LoggedLines(Trace.class)) {
            Trace trace = Trace.open(folder, timeline);
            for (int number = 1; number <= Trace.MOST_WAITING + 2; number++) {
                trace(trace, number, numbered(number));
            }
            assertThat(trace.lost()).isEqualTo(2);
            timeline.advance(Trace.PAUSE);
            trace.close();
            assertThat(numbers()).hasSize(Trace.MOST_WAITING);
            assertThat(log.ofThisThread())
                    .singleElement()
                    .asString()
                    .contains("lacks prompts, 2 since the start", "ended within a second");
        }
    }

    @Test
    void whatCantBeWritten_isCounted_andLoggedOnceAMinute_untilItCanBeAgain() throws IOException {
        try (LoggedLines log = new LoggedLines(Trace.class)) {
            Trace trace = Trace.open(folder, timeline);
            Files.delete(folder.resolve("trace.key"));
            Files.delete(folder);
            for (int number = 1; number <= 3; number++) {
                trace(trace, number, numbered(number));
                timeline.advance(Trace.PAUSE);
            }
            assertThat(trace.lost()).isEqualTo(3);
            assertThat(log.ofThisThread()).hasSize(1).first().asString().contains("1 since the start", "NoSuchFile");

            Files.createDirectory(folder);
            timeline.advance(Trace.LOG_PAUSE);
            trace(trace, 4, numbered(4));
            timeline.advance(Trace.PAUSE);
            trace.close();
            assertThat(numbers()).containsExactly(4);
            assertThat(log.ofThisThread()).hasSize(2).last().asString().contains("3 since the start", "NoSuchFile");
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void files_areTheirOwnersAlone() throws IOException {
        Trace trace = Trace.open(folder, timeline);
        trace(trace, 1, Prompt.of("x"));
        trace.close();
        for (Path file : List.of(files().get(0), folder.resolve("trace.key"))) {
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void folderThatIsMissing_isCreated_andOneThatCantBeUsedIsNamed() throws IOException {
        Path missing = folder.resolve("traces");
        Trace trace = Trace.open(missing, timeline);
        trace(trace, 1, Prompt.of("x"));
        trace.close();
        assertThat(missing).isDirectoryContaining("glob:**.jsonl");

        Path file = Files.writeString(folder.resolve("file"), "");
        Files.writeString(folder.resolve("trace.key"), "");
        for (Path unusable : List.of(file, folder)) {
            assertThatThrownBy(() -> Trace.open(unusable, timeline))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("gateway.trace: " + unusable + " can't be used; name a folder");
        }
    }

    /** However the clock is set, times go on as they did. */
    @Test
    void clockThatJumps_changesNoTime() throws IOException {
        Timeline jumping = mock(Timeline.class, delegatesTo(timeline));
        Trace trace = Trace.open(folder, jumping);
        trace(trace, 1, numbered(1));
        doReturn(Instant.EPOCH).when(jumping).now();
        timeline.advance(Duration.ofSeconds(2));
        trace(trace, 2, numbered(2));
        trace.close();
        assertThat(each("at")).containsExactly("2026-01-01T00:00:00Z", "2026-01-01T00:00:02Z");
    }
}
