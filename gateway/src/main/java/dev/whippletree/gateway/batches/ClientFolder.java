package dev.whippletree.gateway.batches;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.state.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files and batches of one client: whoever asks for another's looks into another folder. Immutable; its methods
 * block for as long as the file system does.
 *
 * @param settings what the client may have
 * @param folder where that is; needn't be there yet
 */
record ClientFolder(GatewaySettings.Batches settings, Path folder) {

    static final String FILE = "file-";
    static final String BATCH = "batch_";
    static final String OUTPUT = "-output";
    static final String ERRORS = "-errors";
    static final String CONTENT = "content";

    private static final String ABOUT = "file.json";
    private static final Pattern FILE_ID = Pattern.compile("file-([0-9a-f]{32})(-output|-errors)?");
    private static final Pattern BATCH_ID = Pattern.compile("batch_[0-9a-f]{32}");

    /** Returns a client's folder. */
    static ClientFolder of(GatewaySettings.Batches settings, String tenant) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(tenant.getBytes(StandardCharsets.UTF_8));
            String name = HexFormat.of().formatHex(digest, 0, 16);
            return new ClientFolder(settings, clients(settings).resolve(name));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Returns the folders of all clients that have sent something. */
    static List<ClientFolder> all(GatewaySettings.Batches settings) throws IOException {
        return WholeFiles.list(clients(settings)).stream()
                .filter(Files::isDirectory)
                .map(folder -> new ClientFolder(settings, folder))
                .toList();
    }

    private static Path clients(GatewaySettings.Batches settings) {
        return settings.folder().resolve("clients");
    }

    /** Returns where files and batches are put together, and where they go to be deleted. */
    static Path coming(GatewaySettings.Batches settings) {
        return settings.folder().resolve("coming");
    }

    /** Returns a new id. */
    static String newId(String prefix, RandomGenerator random) {
        HexFormat hex = HexFormat.of();
        return prefix + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }

    private Path uploads() {
        return folder.resolve("files");
    }

    private Path batchFolder() {
        return folder.resolve("batches");
    }

    long keptSeconds() {
        return settings.keep().toSeconds();
    }

    /** Returns a file. */
    Optional<StoredFile> file(String id) throws IOException {
        Matcher matcher = FILE_ID.matcher(id);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        if (matcher.group(2) == null) {
            return upload(uploads().resolve(id));
        }
        Optional<BatchPlace> batch = batch(BATCH + matcher.group(1));
        return batch.isPresent() ? output(batch.get(), matcher.group(2)) : Optional.empty();
    }

    private Optional<StoredFile> output(BatchPlace batch, String suffix) throws IOException {
        Optional<Map<String, Object>> end = batch.end();
        return end.isPresent() ? batch.output(suffix, BatchPlace.endedAt(end.get()), keptSeconds()) : Optional.empty();
    }

    private static Optional<StoredFile> upload(Path place) throws IOException {
        return WholeFiles.read(place.resolve(ABOUT)).map(json -> new StoredFile(json, place.resolve(CONTENT)));
    }

    /** Returns a file as OpenAI's API has it. */
    static Map<String, Object> json(
            String id, String name, String purpose, long bytes, long createdAt, long expiresAt) {
        return GatewayJson.of(
                "id", id,
                "object", "file",
                "bytes", bytes,
                "created_at", createdAt,
                "expires_at", expiresAt,
                "filename", name,
                "purpose", purpose,
                "status", "processed");
    }

    /** Publishes an upload whose folder has its content. */
    void publish(Path complete, Map<String, ?> json) throws IOException {
        WholeFiles.write(complete, ABOUT, json);
        WholeFiles.publish(complete, uploads());
    }

    /** Creates a batch. */
    BatchPlace create(String id, Map<String, ?> asked) throws IOException {
        Path complete = coming(settings).resolve(id);
        try {
            PrivateFile.createFolder(complete);
            PrivateFile.create(complete.resolve(BatchPlace.OPEN));
            WholeFiles.write(complete, BatchPlace.ASKED, asked);
            WholeFiles.publish(complete, batchFolder());
        } finally {
            WholeFiles.delete(complete);
        }
        return batch(id).orElseThrow(() -> new IOException("the batch was deleted at once"));
    }

    /** Returns all files, uploads and outputs, newest first. */
    List<StoredFile> files() throws IOException {
        List<StoredFile> files = new ArrayList<>();
        for (Path place : list(uploads(), FILE_ID)) {
            upload(place).ifPresent(files::add);
        }
        for (BatchPlace batch : batches()) {
            output(batch, OUTPUT).ifPresent(files::add);
            output(batch, ERRORS).ifPresent(files::add);
        }
        files.sort(Comparator.<StoredFile>comparingLong(file -> file.number("created_at"))
                .thenComparing(StoredFile::id)
                .reversed());
        return files;
    }

    /** Returns a batch. */
    Optional<BatchPlace> batch(String id) throws IOException {
        return BATCH_ID.matcher(id).matches() ? BatchPlace.read(batchFolder().resolve(id)) : Optional.empty();
    }

    /** Returns where batches are. */
    List<Path> places() throws IOException {
        return list(batchFolder(), BATCH_ID);
    }

    /** What others put into a folder is left alone. */
    private static List<Path> list(Path folder, Pattern id) throws IOException {
        return WholeFiles.list(folder).stream()
                .filter(place -> id.matcher(place.getFileName().toString()).matches())
                .toList();
    }

    /** Returns all batches, newest first. */
    List<BatchPlace> batches() throws IOException {
        List<BatchPlace> batches = new ArrayList<>();
        for (Path place : places()) {
            BatchPlace.read(place).ifPresent(batches::add);
        }
        batches.sort(Comparator.<BatchPlace>comparingLong(batch -> batch.number("created_at"))
                .thenComparing(BatchPlace::id)
                .reversed());
        return batches;
    }

    /** Returns the batches that haven't ended, newest first. */
    private List<BatchPlace> open() throws IOException {
        List<BatchPlace> open = new ArrayList<>();
        for (BatchPlace batch : batches()) {
            if (batch.end().isEmpty()) {
                open.add(batch);
            }
        }
        return open;
    }

    /**
     * Checks that there is room for more files.
     *
     * @throws RequestException if there isn't
     */
    void checkRoom(int more, long moreBytes) throws IOException {
        List<StoredFile> files = files();
        long bytes = files.stream().mapToLong(file -> file.number("bytes")).sum();
        if (files.size() + more > settings.mostFiles() || bytes + moreBytes > settings.mostBytes()) {
            throw new RequestException(ApiError.beyondBatches("your " + files.size() + " files have " + bytes
                    + " bytes, uploads under way " + moreBytes + ", and together they may be " + settings.mostFiles()
                    + " with " + settings.mostBytes() + " bytes; delete some, outputs of batches too"));
        }
    }

    /**
     * Checks that there may be another batch.
     *
     * @throws RequestException if there mustn't
     */
    void checkRoom(StoredFile input) throws IOException {
        checkRoom(0, 0);
        List<BatchPlace> open = open();
        long lines = open.stream().mapToLong(batch -> batch.number("lines")).sum();
        if (open.size() >= settings.mostOpen() || lines + input.number("lines") > settings.mostLines()) {
            throw new RequestException(ApiError.beyondBatches("your " + open.size() + " batches under way have " + lines
                    + " lines, this one has " + input.number("lines") + ", and together they may be "
                    + settings.mostOpen()
                    + " with " + settings.mostLines() + " lines; wait until one has ended, or split the file"));
        }
    }

    /**
     * Deletes a file.
     *
     * @throws RequestException if a batch needs it
     */
    void delete(StoredFile file) throws IOException {
        if (file.purpose().equals(StoredFile.OUTPUT)) {
            Files.deleteIfExists(file.content());
            return;
        }
        for (BatchPlace batch : open()) {
            if (batch.text("input_file_id").equals(file.id())) {
                throw new RequestException(ApiError.fileInUse(
                        "the batch " + batch.id() + " needs this file: wait until it has ended, or cancel it"));
            }
        }
        discard(uploads().resolve(file.id()));
    }

    /**
     * Deletes what has been kept for long enough. Of batches that have put out nothing, or nothing any more, it keeps
     * as many as there may be files.
     */
    void sweep(long nowSecond) throws IOException {
        Set<String> needed = new HashSet<>();
        int ended = 0;
        for (BatchPlace batch : batches()) {
            Optional<Map<String, Object>> end = batch.end();
            if (end.isEmpty()) {
                needed.add(batch.text("input_file_id"));
                continue;
            }
            boolean empty =
                    output(batch, OUTPUT).isEmpty() && output(batch, ERRORS).isEmpty();
            ended += empty ? 1 : 0;
            if (BatchPlace.endedAt(end.get()) + keptSeconds() <= nowSecond || (empty && ended > settings.mostFiles())) {
                discard(batch.folder());
            }
        }
        for (Path place : list(uploads(), FILE_ID)) {
            Optional<StoredFile> file = upload(place);
            if (file.isPresent()
                    && file.get().number("expires_at") <= nowSecond
                    && !needed.contains(file.get().id())) {
                discard(place);
            }
        }
    }

    /** It is gone at once, and then deleted, which may be interrupted. */
    private void discard(Path place) throws IOException {
        Path going = coming(settings).resolve(place.getFileName());
        try {
            Files.move(place, going, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return; // Another replica has deleted it.
        }
        WholeFiles.delete(going);
    }
}
