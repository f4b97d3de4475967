package dev.whippletree.cli.plan;

import dev.whippletree.cli.base.FileTrouble;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.planner.PromptList;
import dev.whippletree.planner.RecordedPrompt;
import dev.whippletree.terminal.Json;
import dev.whippletree.terminal.board.Words;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the trace of a gateway for a plan: its latest prompts, as many as a plan simulates, of the latest 30 days. A
 * file's last line is left out if it is damaged, as a killed process leaves it. Stateless.
 */
final class TraceFile {

    private static final Duration LONGEST = Duration.ofDays(30);

    private TraceFile() {}

    /**
     * Reads a trace to its end.
     *
     * @param place a file, or a folder of files that end in {@code .jsonl}
     * @throws UserMistake if it can't be read or has nothing to plan, saying where
     */
    static MeasuredPrompts read(Path place) {
        List<RecordedPrompt> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(place, 1, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (file.equals(place) || file.toString().endsWith(".jsonl")) {
                    read(file, all);
                }
            }
        } catch (NoSuchFileException e) {
            throw new UserMistake("--trace: there is no " + e.getFile());
        } catch (IOException e) {
            throw new UserMistake("--trace: " + place + " can't be read: " + FileTrouble.reason(e));
        }
        if (all.isEmpty()) {
            throw new UserMistake("--trace: " + place + " has no prompts; name the folder that a gateway has for its"
                    + " gateway.trace, or a file of it");
        }
        all.sort(Comparator.comparing(RecordedPrompt::at));
        Instant last = all.get(all.size() - 1).at();
        List<RecordedPrompt> latest = all.stream()
                .skip(Math.max(0, all.size() - PromptsFile.MOST_PROMPTS))
                .dropWhile(prompt -> Duration.between(prompt.at(), last).compareTo(LONGEST) > 0)
                .toList();
        String note = latest.size() == all.size() ? "" : "; they are the latest of " + Words.count(all.size());
        return new MeasuredPrompts(place.toString(), PromptList.of(latest), Optional.empty(), note);
    }

    private static void read(Path file, List<RecordedPrompt> all) throws IOException {
        // A line may be cut off within a character, too.
        List<String> lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                .lines()
                .toList();
        for (int number = 1; number <= lines.size(); number++) {
            try {
                all.add(prompt(Json.read(lines.get(number - 1), JsonNode.class)));
            } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
                if (number < lines.size()) {
                    throw new UserMistake(file + ":" + number + ": this isn't a line of a trace, which has a time 'at',"
                            + " a hexadecimal 'key', and 'prompt_tokens'");
                }
            }
        }
    }

    private static RecordedPrompt prompt(JsonNode line) {
        return new RecordedPrompt(
                Instant.parse(line.required("at").asString()),
                Duration.ofMillis(line.path("took_ms").asInt(0)),
                line.path("client").asString(""),
                Optional.of(line.path("session").asString("")).filter(session -> !session.isEmpty()),
                Long.parseUnsignedLong(line.required("key").asString(), 16),
                Math.max(1, line.required("prompt_tokens").asInt()),
                tokens(line.path("max_tokens").asInt(0)),
                tokens(line.path("completion_tokens").asInt(0)));
    }

    /** Zero says nothing. */
    private static OptionalInt tokens(int tokens) {
        return tokens > 0 ? OptionalInt.of(tokens) : OptionalInt.empty();
    }
}
