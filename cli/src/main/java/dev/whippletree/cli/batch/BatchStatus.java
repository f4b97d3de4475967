package dev.whippletree.cli.batch;

import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Json;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints the progress of the batch with an output, from another process. */
final class BatchStatus {

    private final Surroundings surroundings;

    BatchStatus(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    int say(Path named) {
        Path output = surroundings.folder().resolve(named);
        try {
            String note = BatchFile.lastNote(output)
                    .orElseThrow(() -> new UserMistake(output + " isn't the output of a batch"));
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("running", BatchFile.isRunning(output));
            Map<?, ?> noted = Json.read(note, Map.class);
            noted.forEach((name, value) -> shown.put(String.valueOf(name), value));
            surroundings.out().println(Json.write(shown));
            return ExitCode.ANSWERED;
        } catch (IOException e) {
            throw new UserMistake(output + ": the batch's progress can't be read: " + e.getMessage());
        }
    }
}
