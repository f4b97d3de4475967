package dev.whippletree.cli.batch;

import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.FileTrouble;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.terminal.Json;
import dev.whippletree.terminal.board.Words;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Prints the progress of the batch with an output, from another process. Stateless. */
final class BatchStatus {

    /** A batch writes its progress each second. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private BatchStatus() {}

    static int say(Surroundings surroundings, Path named) {
        Path output = surroundings.folder().resolve(named);
        try {
            boolean running = BatchFile.isRunning(output);
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("running", running);
            Optional<String> note = BatchFile.lastNote(output);
            if (note.isPresent()) {
                add(surroundings, shown, Json.read(note.get(), Map.class), running);
            } else if (running) {
                surroundings.say("the batch is running, and hasn't written its progress yet");
            } else {
                throw new UserMistake(output + " isn't the output of a batch");
            }
            surroundings.out().println(Json.write(shown));
            return ExitCode.ANSWERED;
        } catch (IOException e) {
            throw new UserMistake(output + ": the batch's progress can't be read: " + FileTrouble.reason(e));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new UserMistake(
                    output + ": the batch's progress is damaged; a running batch writes it anew each second");
        }
    }

    private static void add(Surroundings surroundings, Map<String, Object> shown, Map<?, ?> noted, boolean running) {
        Duration age = Duration.between(
                Instant.parse(String.valueOf(noted.get("at"))),
                surroundings.timeline().now());
        shown.put("age_seconds", Math.max(0, age.toSeconds()));
        noted.forEach((name, value) -> shown.put(String.valueOf(name), value));
        if (!running) {
            shown.keySet().removeIf(name -> name.matches("waiting_.*|done_in_.*|held"));
        }
        if (running && age.compareTo(FRESH) > 0) {
            surroundings.say("this is what the batch wrote " + Words.duration(age)
                    + " ago; it is running, but can't write its progress (a full disk?), is suspended, or"
                    + " sorts its answers");
        }
    }
}
