package dev.whippletree.gateway.batches;

import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.gateway.batches.Ending.How;
import dev.whippletree.gateway.http.GatewayJson;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A batch, as its folder has it: everything else is derived from that. Immutable; its methods block for as long as the
 * file system does.
 *
 * @param folder its folder, named by its id
 * @param asked what its client asked for: the content of {@value #ASKED}, which never changes
 */
record BatchPlace(Path folder, Map<String, Object> asked) implements Listed {

    static final String ASKED = "batch.json";

    /** There until it is decided how the batch ends, then renamed: that succeeds once. */
    static final String OPEN = "open";

    /** The field of a batch that hasn't ended with what is known of its future. */
    static final String FORESIGHT = "whippletree";

    /** The field of a note with its second. */
    static final String NOTED_AT = "noted_at";

    /** Notes come each second. */
    private static final long LONGEST_SILENCE_SECONDS = 30;

    private static final String END = "end.json";
    private static final List<String> TEXTS =
            List.of("object", "client", "endpoint", "input_file_id", "completion_window");
    private static final List<String> NUMBERS = List.of("created_at", "expires_at", "lines");

    /**
     * Reads one; empty if there is none.
     *
     * @throws IOException if what its client asked for can't be read, or isn't whole
     */
    static Optional<BatchPlace> read(Path folder) throws IOException {
        return WholeFiles.read(folder, ASKED, TEXTS, NUMBERS).map(asked -> new BatchPlace(folder, asked));
    }

    @Override
    public String id() {
        return String.valueOf(folder.getFileName());
    }

    String tenant() {
        return text("client");
    }

    String text(String field) {
        return String.valueOf(asked.get(field));
    }

    @Override
    public long number(String field) {
        return number(asked, field);
    }

    static long number(Map<String, Object> json, String field) {
        return json.get(field) instanceof Number number ? number.longValue() : 0;
    }

    /** Returns when a batch has ended, whose fields are given. */
    static long endedAt(Map<String, Object> json) {
        return number(json, json.get("status") + "_at");
    }

    Path answers() {
        return folder.resolve("answers.jsonl");
    }

    /**
     * Returns how it has ended; empty if it hasn't.
     *
     * @throws IOException if that can't be read, or says it without how or when
     */
    Optional<Map<String, Object>> end() throws IOException {
        Path file = folder.resolve(END);
        Optional<Map<String, Object>> end = WholeFiles.read(file);
        if (end.isPresent() && endedAt(end.get()) <= 0) {
            throw new IOException(file + " doesn't say how and when the batch has ended");
        }
        return end;
    }

    /** Ends it, and that shows. Only the holder of its lock does. */
    void end(Map<String, ?> json) throws IOException {
        WholeFiles.write(folder, END, json);
    }

    Optional<Ending> ending() throws IOException {
        return WholeFiles.list(folder).stream()
                .flatMap(file -> Ending.of(String.valueOf(file.getFileName())).stream())
                .findFirst();
    }

    /**
     * Returns how it ends, which is decided.
     *
     * @throws IOException if that can't be read, or nothing says it
     */
    Ending decided() throws IOException {
        return ending().orElseThrow(() -> new IOException(folder + " lacks the file that says how it ends"));
    }

    /** Decides how it ends. Returns false if that was decided already. */
    boolean decide(How how, long second) throws IOException {
        try {
            Path decided = folder.resolve(new Ending(how, second).fileName());
            Files.move(folder.resolve(OPEN), decided, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Returns how far it is, as whoever runs it wrote last; empty if nobody did. What isn't whole counts as nothing: it
     * isn't forced to disk, and is written anew.
     */
    Optional<Map<String, Object>> progress() throws IOException {
        try {
            return BatchFile.lastNote(answers())
                    .flatMap(GatewayJson::object)
                    .filter(note -> note.get(FORESIGHT) instanceof Map);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Returns one of the files that it has put out, by its id's suffix; empty if there is nothing in it. */
    Optional<StoredFile> output(String suffix, long at, long keptSeconds) throws IOException {
        Path content = suffix.equals(ClientFolder.OUTPUT) ? answers() : folder.resolve("answers.errors.jsonl");
        long bytes = size(content);
        if (bytes == 0) {
            return Optional.empty();
        }
        String id = ClientFolder.FILE + id().substring(ClientFolder.BATCH.length()) + suffix;
        String name = id() + suffix + ".jsonl";
        return Optional.of(
                new StoredFile(ClientFolder.json(id, name, StoredFile.OUTPUT, bytes, at, at + keptSeconds), content));
    }

    /** Nothing is left of one that is deleted, perhaps just now. */
    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /**
     * Returns it as OpenAI's API does, with {@value #FORESIGHT} added until it has ended.
     *
     * @param accountsShown whether it may name accounts, and files of the gateway
     * @param second the present one
     */
    Map<String, Object> json(boolean accountsShown, long second) throws IOException {
        Map<String, @Nullable Object> json = new LinkedHashMap<>(asked);
        json.keySet().removeAll(Set.of("client", "lines"));
        json.put("request_counts", LineCounts.json(0, 0, 0)); // Until its lines are checked, if ever.
        Optional<Map<String, Object>> end = end();
        if (end.isPresent()) {
            json.putAll(end.get());
            return json;
        }
        Optional<Ending> ending = ending(); // Before the progress, so that together they are a moment of it.
        json.put("status", "validating");
        json.put(FORESIGHT, Map.of());
        progress().ifPresent(json::putAll);
        ending.ifPresent(decided -> json.putAll(decided.json()));
        if (!accountsShown) {
            json.computeIfPresent(FORESIGHT, (name, all) -> withoutAccounts((Map<?, ?>) all));
        }
        long silent = json.remove(NOTED_AT) instanceof Number at ? second - at.longValue() : 0;
        if (silent > LONGEST_SILENCE_SECONDS && BatchFile.isRunning(answers())) {
            json.put(
                    FORESIGHT,
                    held("the gateway that runs it has said nothing for " + silent
                            + " seconds; look whether it hangs, and then end it, or whether the disk is full"));
        }
        return json;
    }

    /** Returns the foresight of one of which no line is asked now. */
    static Map<String, @Nullable Object> held(String why) {
        return GatewayJson.of("forecast", null, "waits_for", null, "held", why);
    }

    private static Map<String, Object> withoutAccounts(Map<?, ?> foresight) {
        Object waits = foresight.get("waits_for") instanceof Map<?, ?> wait && wait.get("account") != null
                ? GatewayJson.of("until", wait.get("until"))
                : foresight.get("waits_for");
        Object held = foresight.get("held") == null ? null : "its files can't be read or written now";
        return GatewayJson.of("forecast", foresight.get("forecast"), "waits_for", waits, "held", held);
    }
}
