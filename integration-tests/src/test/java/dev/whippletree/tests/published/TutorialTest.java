package dev.whippletree.tests.published;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.testkit.redis.RedisProcess;
import dev.whippletree.tests.CommandProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs docs/tutorial.md from top to bottom: writes its files, types its commands, and compares what they print with
 * what the page shows. Only the ports are others, and Redis is started by the test.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the tutorial is written for bash")
final class TutorialTest {

    private static final Path PAGE = Path.of("../docs/tutorial.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
    private static final Pattern FILE = Pattern.compile("`([\\w./-]+)`:");
    private static final String ELSEWHERE = "n another terminal";
    private static final String TYPED = "$ ";
    private static final String TYPED_TOO = "> ";

    /** Stands for what differs from run to run; on a line of its own, for any number of lines. */
    private static final String ANYTHING = "…";

    /** Only keeps a test that would never end from never ending. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration SETTLING = Duration.ofSeconds(30);
    private static final Pattern ASKS_A_GATEWAY = Pattern.compile("curl|--url");

    /** What a command that takes longer than usual says meanwhile. */
    private static final Pattern PROGRESS = Pattern.compile("(?m)^\\d+ of \\d+ parts planned: .*\\R");

    @TempDir
    private Path folder;

    private final List<Process> elsewhere = new ArrayList<>();

    /** A command of the page, and what it prints there. */
    private record Typed(String command, List<String> printed) {}

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : elsewhere) {
            process.destroy();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void eachStep_printsWhatThePageShows() throws Exception {
        Assumptions.assumeTrue(run("command -v curl").contains("curl"), "skipped: there is no curl; install it");
        installCommand();
        try (RedisProcess redis = RedisProcess.started()) {
            String page = withPorts(Files.readString(PAGE), redis.port());
            Matcher block = BLOCK.matcher(page);
            int steps = 0;
            int end = 0;
            while (block.find()) {
                String before = lastParagraph(page.substring(end, block.start()));
                end = block.end();
                Matcher file = FILE.matcher(before);
                if (!block.group(1).equals("console")) {
                    assertThat(file.matches())
                            .as("'%s' names the file of a block", before)
                            .isTrue();
                    Files.writeString(folder.resolve(file.group(1)), block.group(2));
                } else if (before.contains(ELSEWHERE)) {
                    startElsewhere(typed(block.group(2)).get(0));
                    steps++;
                } else {
                    for (Typed typed : typed(block.group(2))) {
                        type(typed);
                        steps++;
                    }
                }
            }
            assertThat(steps).as("commands of the page").isGreaterThan(20);
        }
    }

    /** Two tutorials at the same time mustn't meet. */
    private static String withPorts(String page, int redis) throws IOException {
        Map<String, String> ports = new LinkedHashMap<>();
        for (String port : List.of("9100", "8080", "8081", "8082")) {
            ports.put(port, String.valueOf(RedisProcess.freePort()));
        }
        ports.put("6379", String.valueOf(redis));
        return Pattern.compile("\\b(?:" + String.join("|", ports.keySet()) + ")\\b")
                .matcher(page)
                .replaceAll(port -> ports.getOrDefault(port.group(), port.group()));
    }

    private static String lastParagraph(String text) {
        String stripped = text.strip();
        return stripped.substring(stripped.lastIndexOf("\n\n") + 1).strip();
    }

    private static List<Typed> typed(String block) {
        List<Typed> typed = new ArrayList<>();
        for (String line : block.lines().toList()) {
            if (line.startsWith(TYPED)) {
                typed.add(new Typed(line.substring(TYPED.length()), new ArrayList<>()));
            } else if (line.startsWith(TYPED_TOO)) {
                Typed last = typed.remove(typed.size() - 1);
                typed.add(new Typed(last.command() + "\n" + line.substring(TYPED_TOO.length()), last.printed()));
            } else {
                typed.get(typed.size() - 1).printed().add(line);
            }
        }
        return typed;
    }

    private void type(Typed typed) throws IOException, InterruptedException {
        Pattern expected = pattern(typed.printed());
        if (ASKS_A_GATEWAY.matcher(typed.command()).find()) {
            // It takes a few seconds to notice a change or another process, as the page says.
            await().atMost(SETTLING)
                    .untilAsserted(() ->
                            assertThat(run(typed.command())).as(typed.command()).matches(expected));
        } else {
            assertThat(run(typed.command())).as(typed.command()).matches(expected);
        }
    }

    private void startElsewhere(Typed typed) throws IOException {
        Path printed = folder.resolve("printed-" + elsewhere.size());
        elsewhere.add(builder("exec " + typed.command())
                .redirectOutput(printed.toFile())
                .start());
        Pattern expected = pattern(typed.printed());
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(normalized(Files.readString(printed))).matches(expected));
    }

    private String run(String command) throws IOException, InterruptedException {
        Path printed = folder.resolve("printed");
        Process process = builder(command).redirectOutput(printed.toFile()).start();
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return normalized(Files.readString(printed));
    }

    private ProcessBuilder builder(String command) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command)
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.matches("(WHIPPLETREE|HF|GROQ)_.*|JAVA_TOOL_OPTIONS"));
        // Few commands last until the second compiler would pay.
        environment.put("WHIPPLETREE_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        environment.put("PATH", folder.resolve("bin") + File.pathSeparator + environment.get("PATH"));
        environment.put("HOME", folder.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("COLUMNS", "120");
        return builder;
    }

    private static String normalized(String printed) {
        return PROGRESS.matcher(printed)
                        .replaceAll("")
                        .replaceAll("[ \\r]+(?=\n|$)", "")
                        .strip() + "\n";
    }

    private static Pattern pattern(List<String> lines) {
        return Pattern.compile(
                lines.isEmpty()
                        ? "\n"
                        : lines.stream().map(TutorialTest::pattern).collect(Collectors.joining()));
    }

    private static String pattern(String line) {
        if (line.equals(ANYTHING)) {
            return "(?:.*\n)*?";
        }
        return List.of(line.split(ANYTHING, -1)).stream().map(Pattern::quote).collect(Collectors.joining(".*?")) + "\n";
    }

    /** The command of the tutorial is this build's. */
    private void installCommand() throws IOException {
        String line = CommandProcess.line(List.of()).stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        Path script = Files.createDirectories(folder.resolve("bin")).resolve("whippletree");
        Files.write(script, ("#!/bin/sh\nexec " + line + " \"$@\"\n").getBytes(UTF_8));
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }
}
