package dev.whippletree.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The promises of five pages: the resource {@code promises.md} names the tests that hold each of them. */
final class PromisesTest {

    private static final List<String> PAGES =
            List.of("README.md", "docs/threat-model.md", "docs/running.md", "docs/redis.md", "docs/failures.md");

    /** A number, or a word that allows no exception. A digit within a name, such as SHA-256, is none. */
    private static final Pattern PROMISE = Pattern.compile("(?i)(?<![\\w/.-])\\d|\\b(never|always|at most|exactly"
            + "|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|thousand|million|twice|half|tenth"
            + "|sixteenth)\\b");

    /** A row of the table: words of the pages, and the tests or why there are none. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\".+?\") \\| (.+) \\|$");

    private static final Pattern QUOTE = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern TESTS = Pattern.compile("`\\w+(#\\w+)?`(, `\\w+(#\\w+)?`)*");
    private static final Pattern NO_PROMISE =
            Pattern.compile("(arithmetic|illustration|instruction|warning|wording): .+|measured: .*`.+`.*");
    private static final Pattern LEFT_OUT = Pattern.compile("@Disabled\\b|@Tag\\(\"thorough\"\\)");
    private static final Pattern TEST = Pattern.compile("@\\w*Test\\b");
    private static final List<String> SENTENCES = new ArrayList<>();
    private static final List<String> QUOTES = new ArrayList<>();
    private static final List<String> REASONS = new ArrayList<>();
    private static final Map<String, String> SOURCES = new HashMap<>();

    @BeforeAll
    static void read() throws IOException {
        for (String page : PAGES) {
            SENTENCES.addAll(sentences(Files.readString(Project.ROOT.resolve(page))));
        }
        String table = Files.readString(Path.of("src/test/resources/promises.md"));
        for (MatchResult row : ROW.matcher(table).results().toList()) {
            QUOTE.matcher(row.group(1)).results().forEach(quote -> QUOTES.add(quote.group(1)));
            REASONS.add(row.group(2));
        }
        for (File module : Objects.requireNonNull(Project.ROOT.toFile().listFiles(File::isDirectory))) {
            Path sources = module.toPath().resolve("src");
            try (Stream<Path> files = Files.exists(sources) ? Files.walk(sources) : Stream.of()) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String type = file.getFileName().toString().replace(".java", "");
                    SOURCES.merge(type, Files.readString(file, ISO_8859_1), String::concat);
                }
            }
        }
    }

    /** Each item of a list and each row of a table is apart; code blocks and what only formats are left out. */
    private static List<String> sentences(String page) {
        String text = page.replaceAll("(?ms)^```.*?^```$", "")
                .replaceAll("\\]\\([^)]*\\)", "")
                .replaceAll("\n(?=- |#|\\|)", "\n\n")
                .replaceAll("[`*|\\[\\]]", "");
        return Stream.of(text.split("\n\\s*\n"))
                .map(block -> block.replaceAll("\\s+", " "))
                .flatMap(block -> Stream.of(block.split("(?<=[.!?]) ")))
                .toList();
    }

    @Test
    void eachPromise_isInTheTable() {
        assertThat(SENTENCES.stream()
                        .filter(sentence -> PROMISE.matcher(sentence).find()))
                .hasSizeGreaterThan(80)
                .allSatisfy(sentence -> assertThat(QUOTES).anyMatch(sentence::contains));
    }

    @Test
    void eachQuote_isInOnePlace() {
        assertThat(QUOTES)
                .allSatisfy(quote -> assertThat(SENTENCES.stream().filter(sentence -> sentence.contains(quote)))
                        .as(quote)
                        .hasSize(1));
    }

    @Test
    void eachRow_hasTestsThatRun_orSaysWhyThereAreNone() {
        assertThat(REASONS)
                .allSatisfy(reason -> assertThat(reason).matches(TESTS.pattern() + "|" + NO_PROMISE.pattern()));
        assertThat(REASONS.stream()
                        .filter(TESTS.asMatchPredicate())
                        .flatMap(tests -> Stream.of(tests.replace("`", "").split(", ")))
                        .distinct()
                        .filter(name -> !runs(name)))
                .as("no such test, or one that isn't always run")
                .isEmpty();
    }

    /** Annotations stand in one block of lines with what they are about. */
    private static boolean runs(String name) {
        String[] parts = name.split("#");
        String method = parts.length == 1 ? "void " : "void " + parts[1] + "(";
        List<String> blocks = Stream.of(SOURCES.getOrDefault(parts[0], "").split("\n\n"))
                .filter(block -> !LEFT_OUT.matcher(block).find())
                .toList();
        return blocks.stream().anyMatch(block -> block.contains("class " + parts[0]))
                && blocks.stream()
                        .anyMatch(block ->
                                block.contains(method) && TEST.matcher(block).find());
    }
}
