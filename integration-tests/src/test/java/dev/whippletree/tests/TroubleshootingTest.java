package dev.whippletree.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages of docs/troubleshooting.md are those of the code, so that whoever searches for one finds it. */
final class TroubleshootingTest {

    private static final Path PAGE = Project.ROOT.resolve("docs/troubleshooting.md");

    /** What a paragraph begins with, in bold type: one message or several. */
    private static final Pattern TITLE = Pattern.compile("(?m)^\\*\\*(.+?)\\*\\*");

    private static final Pattern MESSAGE = Pattern.compile("`([^`]+)`");

    /** Stands for names and numbers of the user's. */
    private static final String BETWEEN = "…";

    /** A part that is shorter could be anywhere. */
    private static final int LONG_ENOUGH = 5;

    @Test
    void eachMessage_isOneOfTheCode() throws IOException {
        String code = code();
        List<String> messages = messages();
        assertThat(messages).hasSizeGreaterThanOrEqualTo(20);
        assertThat(messages)
                .allSatisfy(message -> assertThat(Stream.of(message.split(BETWEEN))
                                .map(String::strip)
                                .filter(part -> part.length() >= LONG_ENOUGH))
                        .as(message)
                        .isNotEmpty()
                        .allSatisfy(part -> assertThat(code.contains(part))
                                .as("'%s' is in the code", part)
                                .isTrue()));
    }

    private static List<String> messages() throws IOException {
        return TITLE.matcher(Files.readString(PAGE).replaceAll("(?<=\\S)\n(?=\\S)", " "))
                .results()
                .flatMap(title -> MESSAGE.matcher(title.group(1)).results())
                .map(MatchResult::group)
                .map(message -> message.substring(1, message.length() - 1))
                .toList();
    }

    /** Returns the code of all modules, its strings in one piece where they are put together of several. */
    private static String code() throws IOException {
        try (Stream<Path> modules = Files.list(Project.ROOT)) {
            return modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .flatMap(TroubleshootingTest::files)
                    .map(TroubleshootingTest::text)
                    .collect(Collectors.joining())
                    .replaceAll("\"\\s*\\+\\s*\"", "");
        }
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new AssertionError(folder + " can't be read", e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new AssertionError(file + " can't be read", e);
        }
    }
}
