package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What came of a client's exercises: a JSON object for each. Immutable.
 *
 * @param results by the exercise's name
 */
record ClientRun(Map<String, JsonNode> results) {

    /** Only keeps a test that would never end from never ending. */
    private static final long PATIENCE_SECONDS = 180;

    /** Runs a command until it ends; its output is kept in an existing folder. */
    static ClientRun of(List<String> command, Path folder) throws IOException, InterruptedException {
        Path out = folder.resolve("standard-output.txt");
        Path err = folder.resolve("standard-error.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String said = Files.readString(out) + Files.readString(err);
            assertThat(ended).as("%s ends; it said: %s", command, said).isTrue();
            assertThat(process.exitValue()).as("%s said: %s", command, said).isZero();
        } finally {
            process.destroyForcibly();
        }
        return new ClientRun(read(Files.readAllLines(out)));
    }

    private static Map<String, JsonNode> read(List<String> lines) {
        Map<String, JsonNode> results = new LinkedHashMap<>();
        for (String line : lines) {
            JsonNode result = JsonMapper.shared().readTree(line);
            results.put(result.path("exercise").asString(), result);
        }
        return results;
    }

    /** Returns what came of one. Fails if it failed in the program. */
    JsonNode of(String exercise) {
        JsonNode result = Optional.ofNullable(results.get(exercise))
                .orElseThrow(
                        () -> new AssertionError("there was no exercise " + exercise + " among " + results.keySet()));
        assertThat(result.path("failed").asString("")).as(exercise).isEmpty();
        return result;
    }
}
