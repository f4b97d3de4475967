package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.comparison.contender.Caller;
import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Answers;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Prompt;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page calls out whoever only seems to do well: with the real driver, each in a process of its own. */
@Tag("slow")
class CheatsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Logger UNDERTOW = Logger.getLogger("io.undertow");
    private static final List<Class<? extends Contender>> ALL = List.of(
            Cheats.Honest.class,
            Cheats.Knowing.class,
            Cheats.Once.class,
            Cheats.Elsewhere.class,
            Cheats.Cutting.class,
            Cheats.Swapping.class,
            Cheats.Hiding.class,
            Cheats.Late.class);

    @TempDir
    private Path root;

    /** Of twenty questions, one is the last; bound 4 s. */
    private static Case asked() {
        ServiceSettings service = ServiceSettings.builder(ServiceKind.OPENAI)
                .latency(Latency.constant(SECOND))
                .answerLength(AnswerLength.about(60))
                .seed(1)
                .account("account-1", "token-1")
                .build();
        return new Case(
                "cheating",
                "Cheating",
                "",
                service,
                true,
                false,
                IntStream.range(0, 5)
                        .mapToObj(caller -> new Caller(
                                "one",
                                Duration.ZERO,
                                IntStream.range(0, 4)
                                        .mapToObj(number -> "Question " + number + " of caller " + caller
                                                + (caller + number == 7 ? ", the " + Cheats.Late.LAST : ""))
                                        .toList()))
                        .toList());
    }

    private static String classPath() {
        return Stream.of(Contender.class, CheatsTest.class, Case.class, Answers.class, Prompt.class)
                .map(each -> {
                    try {
                        return Path.of(each.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString();
                    } catch (URISyntaxException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .collect(Collectors.joining(":"));
    }

    private static Entry entry(Class<?> contender) {
        String name = contender.getSimpleName();
        return new Entry(name, name, null, "cheats", contender.getName(), "best", "none", List.of(), "");
    }

    private Runs runs(SystemTimeline timeline) throws IOException {
        Places places = new Places(root, "1");
        Path target = Files.createDirectories(places.contenders().resolve("cheats/target"));
        Files.writeString(target.resolve("class-path.txt"), classPath());
        return new Runs(places, timeline, new Here("here", "this"));
    }

    @Test
    @Tag("thorough")
    void whoeverCheats_isCalledOutOnThePage() throws Exception {
        UNDERTOW.setLevel(Level.WARNING);
        Results results = Results.NONE.with(asked().setting());
        try (SystemTimeline timeline = new SystemTimeline()) {
            for (Runs.Asked asked :
                    runs(timeline).answer(ALL.stream().map(CheatsTest::entry).toList(), asked())) {
                assertThat(asked.problem()).isEmpty();
                results = results.with(new Results.About(asked.contender(), asked.contender(), "1", "", ""))
                        .with(asked.answered().orElseThrow());
            }
        }
        new Pages(results).write(root);

        assertThat(cell("Knowing")).isEqualTo("void: 20 answers without a call");
        assertThat(cell("Once")).isEqualTo("void: 19 answers without a call");
        assertThat(cell("Elsewhere")).isEqualTo("void: 20 answers without a call");
        assertThat(cell("Hiding")).isEqualTo("0 %, 20 wrong");
        assertThat(cell("Cutting")).matches("0 %, \\d+ wrong");
        assertThat(cell("Swapping")).matches("0 %, \\d+ wrong");
        assertThat(cell("Late")).as("the last answer counts").matches("[23]\\.\\d\\d|9\\d(\\.\\d)? %");
        assertThat(cell("Honest")).doesNotContain("void", "wrong");
    }

    @Test
    void whoeverCallsNobody_isNoResult() throws Exception {
        UNDERTOW.setLevel(Level.WARNING);
        try (SystemTimeline timeline = new SystemTimeline()) {
            assertThat(runs(timeline).answer(List.of(entry(Cheats.Broken.class)), asked()))
                    .singleElement()
                    .satisfies(asked -> assertThat(asked.answered()).isEmpty())
                    .satisfies(asked -> assertThat(asked.problem())
                            .startsWith("it called no service")
                            .contains("no such method"));
        }
    }

    private String cell(String contender) throws Exception {
        return Files.readAllLines(root.resolve("comparison.md")).stream()
                .filter(line -> line.startsWith("| " + contender + " 1 |"))
                .map(line -> line.split("\\|")[2].strip())
                .findFirst()
                .orElseThrow();
    }
}
