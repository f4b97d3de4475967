package dev.whippletree.tests;

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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The promises of three pages: {@code docs/promises.md} names the tests that hold each of them. */
final class PromisesTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> PAGES = List.of("README.md", "docs/threat-model.md", "docs/operations.md");

    /** A number, or a word that allows no exception. A digit within a name, such as SHA-256, is none. */
    private static final Pattern PROMISE = Pattern.compile("(?i)(?<![\\w/.-])\\d|\\b(never|always|at most|exactly"
            + "|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|thousand|million|twice|half|tenth"
            + "|sixteenth)\\b");

    /** A row of the table: words of the pages, and the tests or why there are none. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\".+\") \\| ([^\"\n]+) \\|$");

    private static final Pattern QUOTE = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern TESTS = Pattern.compile("`\\w+(#\\w+)?`(, `\\w+(#\\w+)?`)*");
    private static final Pattern NO_PROMISE =
            Pattern.compile("(arithmetic|illustration|instruction|warning|wording): .+|measured: .*`.+`.*");
    private static final Pattern LEFT_OUT = Pattern.compile("@Disabled\\b|@Tag\\(\"thorough\"\\)");
    private static final Pattern TEST = Pattern.compile("@\\w*Test\\b");

    private static final List<String> SENTENCES = new ArrayList<>();
    private static final List<String> QUOTES = new ArrayList<>();
    private static final List<String> REASONS = new ArrayList<>();
    private static final Map<String, List<String>> SOURCES = new HashMap<>();

    @BeforeAll
    static void read() throws IOException {
        for (String page : PAGES) {
            SENTENCES.addAll(sentences(Files.readString(ROOT.resolve(page))));
        }
        ROW.matcher(Files.readString(ROOT.resolve("docs/promises.md")))
                .results()
                .forEach(row -> {
                    QUOTE.matcher(row.group(1))
                            .results()
                            .map(quote -> quote.group(1))
                            .forEach(QUOTES::add);
                    REASONS.add(row.group(2));
                });
        for (File module :
                Objects.requireNonNull(ROOT.toFile().listFiles(file -> new File(file, "src").isDirectory()))) {
            try (Stream<Path> files = Files.walk(module.toPath().resolve("src"))) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    String name = file.getFileName().toString().replace(".java", "");
                    SOURCES.computeIfAbsent(name, key -> new ArrayList<>()).add(Files.readString(file));
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
                .hasSizeGreaterThan(100)
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

    private static boolean runs(String name) {
        String[] parts = name.split("#");
        return SOURCES.getOrDefault(parts[0], List.of()).stream()
                .filter(source -> isRun(source.substring(0, Math.max(0, source.indexOf("class " + parts[0])))))
                .anyMatch(source -> parts.length == 1 ? TEST.matcher(source).find() : hasTest(source, parts[1]));
    }

    private static boolean isRun(String annotations) {
        return !LEFT_OUT.matcher(annotations).find();
    }

    /** What stands above a method begins behind the last empty line. */
    private static boolean hasTest(String source, String method) {
        int at = source.indexOf("void " + method + "(");
        String above = at < 0 ? "" : source.substring(source.lastIndexOf("\n\n", at), at);
        return TEST.matcher(above).find() && isRun(above);
    }
}
