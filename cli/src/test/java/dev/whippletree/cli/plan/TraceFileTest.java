package dev.whippletree.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.gateway.trace.Trace;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TraceFileTest {

    private static final Instant START = Instant.parse("2026-12-01T09:00:00Z");

    @TempDir
    private Path folder;

    private static String line(long atSeconds, int key, String more) {
        return "{\"at\":\"" + START.plusSeconds(atSeconds) + "\",\"took_ms\":1000,\"key\":\"" + Integer.toHexString(key)
                + "\",\"prompt_tokens\":300" + more + "}";
    }

    private Path file(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), List.of(lines));
    }

    /** Lines are in the order in which requests ended, in several files, beside files that are none of the trace. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void folder_isReadWhole_inWhateverOrderItsLinesAre(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<String>> files = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<Integer> keys = new HashSet<>();
        long earliest = Long.MAX_VALUE;
        long latest = 0;
        int prompts = 1 + random.nextInt(300);
        for (int number = 0; number < prompts; number++) {
            long at = random.nextInt(100_000);
            int key = random.nextInt(100);
            keys.add(key);
            earliest = Math.min(earliest, at);
            latest = Math.max(latest, at);
            String session = random.nextBoolean() ? ",\"session\":\"s" + random.nextInt(5) + "\"" : "";
            files.get(random.nextInt(files.size())).add(line(at, key, session));
        }
        for (int file = 0; file < files.size(); file++) {
            Files.write(folder.resolve("trace-" + file + ".jsonl"), files.get(file));
        }
        Files.writeString(folder.resolve("trace.key"), "no line");

        MeasuredPrompts read = TraceFile.read(folder);

        assertThat(read.prompts().prompts()).as("seed %d", seed).isEqualTo(prompts);
        assertThat(read.prompts().distinct()).as("seed %d", seed).isEqualTo(keys.size());
        assertThat(read.prompts().start()).as("seed %d", seed).contains(START.plusSeconds(earliest));
        assertThat(read.prompts().span()).as("seed %d", seed).isEqualTo(Duration.ofSeconds(latest - earliest));
        assertThat(read.note()).isEmpty();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need rights there")
    void linkToAFolder_isFollowed() throws IOException {
        Path traces = Files.createDirectory(folder.resolve("traces"));
        Files.writeString(traces.resolve("t.jsonl"), line(0, 1, "") + "\n");

        Path link = Files.createSymbolicLink(folder.resolve("link"), traces);

        assertThat(TraceFile.read(link).prompts().prompts()).isEqualTo(1);
    }

    @Test
    void line_saysWhatItFound() throws IOException {
        Path file = file(
                "t.jsonl",
                line(0, 1, ",\"session\":\"a\",\"completion_tokens\":90"),
                line(60, 2, ",\"session\":\"a\",\"completion_tokens\":30"),
                line(120, 1, ",\"completion_tokens\":90"));
        MeasuredPrompts read = TraceFile.read(file);
        assertThat(read.line())
                .isEqualTo(file + ": 3 prompts, 2 of them different (33.3 % repeat another one), within 2 m 00 s, in"
                        + " 2 conversations of at most 2, about 300 tokens a call");
        assertThat(read.prompts().answerTokens(200)).isEqualTo(70);
    }

    @Test
    void earliestTimeThereIs_isATimeLikeOthers() throws IOException {
        Path file = file("t.jsonl", line(0, 1, "").replaceFirst("\"at\":\"[^\"]*\"", "\"at\":\"" + Instant.MIN + "\""));
        assertThat(TraceFile.read(file).prompts().prompts()).isEqualTo(1);
    }

    @Test
    void lastLineThatIsCutOff_isLeftOut_butNotTheFirst() throws IOException {
        String whole = line(0, 1, "");
        Path file = Files.writeString(folder.resolve("t.jsonl"), whole + "\n" + whole.substring(0, 40));
        assertThat(TraceFile.read(file).prompts().prompts()).isEqualTo(1);

        Path damaged = Files.writeString(folder.resolve("d.jsonl"), whole.substring(0, 40) + "\n" + whole + "\n");
        assertThatThrownBy(() -> TraceFile.read(damaged))
                .isInstanceOf(UserMistake.class)
                .hasMessage(
                        damaged + ":1: this isn't a line of a trace, which has a time 'at', a hexadecimal 'key', and"
                                + " 'prompt_tokens'");
    }

    @Test
    void lastLineThatIsCutOffWithinACharacter_isLeftOut() throws IOException {
        Path file = file("t.jsonl", line(0, 1, ""));
        Files.write(file, new byte[] {'{', '"', 's', '"', ':', '"', (byte) 0xc3}, StandardOpenOption.APPEND);

        assertThat(TraceFile.read(file).prompts().prompts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{'key':'1','prompt_tokens':1}",
                "{'at':'yesterday','key':'1','prompt_tokens':1}",
                "{'at':1764579600,'key':'1','prompt_tokens':1}",
                "{'at':'2026-12-01T09:00:00Z','prompt_tokens':1}",
                "{'at':'2026-12-01T09:00:00Z','key':'hello','prompt_tokens':1}",
                "{'at':'2026-12-01T09:00:00Z','key':'1'}",
                "{'at':'2026-12-01T09:00:00Z','key':'1','prompt_tokens':'many'}",
            })
    void lineThatIsNone_isNamedWithItsFileAndNumber(String wrong) throws IOException {
        Path file = file("t.jsonl", line(0, 1, ""), wrong.replace('\'', '"'), line(1, 1, ""));
        assertThatThrownBy(() -> TraceFile.read(folder))
                .isInstanceOf(UserMistake.class)
                .hasMessageStartingWith(file + ":2: this isn't a line of a trace");
    }

    @Test
    void whatAGatewayWrites_isRead() throws IOException {
        VirtualTimeline timeline = new VirtualTimeline(1);
        try (Trace trace = Trace.open(folder, timeline)) {
            for (int key : new int[] {1, 2, 1}) {
                Prompt prompt =
                        Prompt.builder().user("x").tenant("acme").session("s").build();
                CacheKey equal = new CacheKey(String.format("%064d", key), "acme", Optional.empty());
                Trace.TracedPrompt begun = trace.begin(equal, prompt, 300);
                timeline.advance(Duration.ofSeconds(30));
                begun.answered(Optional.of(TokenUsage.of(310, 80)));
                begun.end();
            }
        }
        MeasuredPrompts read = TraceFile.read(folder);
        assertThat(read.line())
                .isEqualTo(folder + ": 3 prompts, 2 of them different (33.3 % repeat another one), within 1 m 00 s, in"
                        + " 1 conversation of at most 3, about 310 tokens a call");
        assertThat(read.prompts().answerTokens(200)).isEqualTo(80);
    }

    @Test
    void traceWithoutPrompts_isRefused_sayingWhatToName() throws IOException {
        for (Path place : List.of(folder, file("empty.jsonl"))) {
            assertThatThrownBy(() -> TraceFile.read(place))
                    .isInstanceOf(UserMistake.class)
                    .hasMessageStartingWith("--trace: " + place + " has no prompts; name the folder");
        }
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> TraceFile.read(missing))
                .isInstanceOf(UserMistake.class)
                .hasMessage("--trace: there is no " + missing);
    }

    /** A clock that was wrong by years must not make a plan of years. */
    @Test
    void promptsOfMoreThan30DaysBeforeTheLatest_areLeftOut() throws IOException {
        Path file = file("t.jsonl", line(0, 1, ""), line(31 * 86_400, 2, ""), line(32 * 86_400, 3, ""));
        MeasuredPrompts read = TraceFile.read(file);
        assertThat(read.prompts().prompts()).isEqualTo(2);
        assertThat(read.line()).endsWith("; they are the latest of 3");
    }
}
