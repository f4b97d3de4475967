package dev.whippletree.batch.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.config.Configuration;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LineReaderTest {

    private static final Configuration CONFIGURATION = new Configuration(
            List.of(AccountSettings.builder("one", "groq").build()),
            List.of(RouteSettings.builder("r")
                    .tier(new TargetSettings("one", "m"))
                    .build()),
            List.of(),
            EngineSettings.DEFAULT,
            List.of());

    @TempDir
    private Path folder;

    private InputCheck check(LineReader reader, String... lines) throws IOException {
        Path input = Files.write(folder.resolve("input"), List.of(lines));
        return check(input, PromptForm.PLAIN.readBy(reader));
    }

    private static InputCheck check(Path input, PromptForm form) {
        return new InputCheck(
                new BatchFiles(
                        input,
                        InputFormat.JSONL,
                        Path.of("answers.jsonl"),
                        form,
                        false,
                        false,
                        Sync.NEVER,
                        false,
                        false,
                        false),
                CONFIGURATION);
    }

    @Test
    void lines_areReadByTheReader_whateverTheyName() throws IOException {
        List<Prompt> prompts = new ArrayList<>();
        InputCheck check = check(
                (url, body, session) -> Prompt.of(url + " " + body + " " + session),
                "{\"custom_id\":\"a\",\"url\":\"/v1/else\",\"body\":{\"x\":1},\"session\":\"s\"}",
                "{\"custom_id\":\"b\",\"body\":{}}");

        assertThat(check.check(line -> prompts.add(line.prompt())).lines()).isEqualTo(2);
        assertThat(prompts)
                .containsExactly(
                        Prompt.of("/v1/else " + Map.of("x", 1) + " " + Optional.of("s")),
                        Prompt.of("/v1/chat/completions {} " + Optional.empty()));
    }

    @Test
    void problems_haveTheirLineAndCode() throws IOException {
        InputCheck check = check(
                (url, body, session) -> {
                    if (body.containsKey("own")) {
                        throw new LineReader.Refusal("own_code", "no such thing");
                    }
                    if (body.containsKey("other")) {
                        throw new IllegalArgumentException("something else");
                    }
                    return Prompt.of("x");
                },
                "{\"custom_id\":\"a\",\"body\":{}}",
                "{\"custom_id\":\"b\",\"body\":{\"own\":1}}",
                "",
                "[]",
                "{\"custom_id\":\"c\",\"body\":{\"other\":1}}",
                "{\"custom_id\":\"a\",\"body\":{}}");

        BadInputException problems = catchThrowableOfType(BadInputException.class, () -> check.check(line -> {}));

        assertThat(problems.lines())
                .extracting(problem -> problem.line() + " " + problem.code())
                .containsExactly("2 own_code", "4 invalid_json_line", "5 invalid_value", "6 duplicate_custom_id");
        assertThat(problems.problems())
                .hasSize(4)
                .allSatisfy(problem -> assertThat(problem).startsWith(folder.resolve("input") + ":"));
        assertThat(problems.lines().get(0).message()).isEqualTo("no such thing");
    }

    private static String asking(String id, String what) {
        return "{\"custom_id\":\"" + id + "\",\"body\":{\"x\":" + what + "}}";
    }

    private static String list(int numbers) {
        return Collections.nCopies(numbers, "1").toString();
    }

    /** What is read takes many times the memory of its text. */
    @Test
    void lineBeyondABound_isRefused() throws IOException {
        InputCheck check = check(
                (url, body, session) -> Prompt.of("x"),
                asking("a", list(399_000)),
                asking("b", "[".repeat(90) + "]".repeat(90)),
                asking("c", "{\"" + "n".repeat(10_000) + "\":1}"),
                asking("d", "1".repeat(1_000)),
                asking("e", list(400_000)),
                asking("f", "[".repeat(91) + "]".repeat(91)),
                asking("g", "{\"" + "n".repeat(10_001) + "\":1}"),
                asking("h", "1".repeat(1_001)));

        BadInputException problems = catchThrowableOfType(BadInputException.class, () -> check.check(line -> {}));

        assertThat(problems.lines()).extracting(LineProblem::line).containsExactly(5L, 6L, 7L, 8L);
        assertThat(problems.lines())
                .allSatisfy(problem -> assertThat(problem.message())
                        .contains("400000 values, names and brackets, 92 levels, names of 10000 characters and numbers"
                                + " of 1000 digits"));
    }

    /** The problems that are kept could quote lines of 16 MB, all of them. */
    @Test
    void problems_quoteTheBeginningsOfLongTexts() throws IOException {
        String longest = "x".repeat(100_000);
        InputCheck check = check(
                (url, body, session) -> {
                    if (url.equals(longest)) {
                        throw new LineReader.Refusal("url_mismatch", "not for " + url);
                    }
                    return Prompt.of("x");
                },
                "{\"custom_id\":\"a\",\"url\":\"" + longest + "\",\"body\":{}}",
                asking(longest, "1"),
                asking(longest, "2"));

        BadInputException problems = catchThrowableOfType(BadInputException.class, () -> check.check(line -> {}));

        assertThat(problems.lines())
                .extracting(LineProblem::code)
                .containsExactly("url_mismatch", "duplicate_custom_id");
        assertThat(problems.lines())
                .extracting(LineProblem::message)
                .allMatch(message -> message.contains("xxx…") && message.length() < 1_100);
        assertThat(problems.problems()).allMatch(problem -> problem.length() < 2_000);
    }

    /** A table of names, which is kept for good, would give the second line the name of the first. */
    @Test
    void namesOfLines_areKeptNowhere() {
        String line = asking("a", "1");

        Set<String> names = JsonObjects.object(line).orElseThrow().keySet();

        assertThat(JsonObjects.object(line).orElseThrow().keySet().iterator().next())
                .isEqualTo(names.iterator().next())
                .isNotSameAs(names.iterator().next());
    }

    @Test
    void withoutAReader_otherPathsAreRefused() throws IOException {
        Path input = Files.writeString(
                folder.resolve("input"), "{\"custom_id\":\"a\",\"url\":\"/v1/responses\",\"body\":{}}");
        InputCheck check = check(input, PromptForm.PLAIN);

        assertThatThrownBy(() -> check.check(line -> {}))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("'url' must be /v1/chat/completions or");
    }
}
