package dev.whippletree.gateway.batches;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.state.PrivateFile;
import dev.whippletree.state.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files and batches of one client: whoever asks for another's looks into another folder. Immutable; its methods
 * block for as long as the file system does.
 *
 * @param folder where that is; needn't be there yet
 */
record ClientFolder(GatewaySettings.Batches settings, Path folder) {

    static final String FILE = "file-";
    static final String BATCH = "batch_";
    static final String OUTPUT = "-output";
    static final String ERRORS = "-errors";
    static final String CONTENT = "content";

    private static final Logger LOG = LoggerFactory.getLogger(ClientFolder.class);
    private static final String ABOUT = "file.json";
    private static final List<String> TEXTS = List.of("object", "filename", "purpose", "status");
    private static final List<String> NUMBERS = List.of("bytes", "created_at", "expires_at", "lines");
    private static final Pattern FILE_ID = Pattern.compile("file-([0-9a-f]{32})(-output|-errors)?");
    private static final Pattern BATCH_ID = Pattern.compile("batch_([0-9a-f]{32})");

    /** Reads what one of several places has. */
    private interface PlaceReader<P, T> {

        Optional<T> read(P place) throws IOException;
    }

    /** What was once listed. */
    private record Gone(String id, long createdAt) implements Listed {

        @Override
        public long number(String field) {
            return createdAt;
        }
    }

    /** A batch that ended in a second since 1970, and what it has put out. */
    private record Ended(BatchPlace batch, long second, List<StoredFile> outputs) {}

    static ClientFolder of(GatewaySettings.Batches settings, String tenant) {
        String name = HexFormat.of().formatHex(Sha256.of(tenant), 0, 16);
        return new ClientFolder(settings, clients(settings).resolve(name));
    }

    /** Creates the folders of all clients; only at the start, so that none takes the place of one that is unmounted. */
    static void prepare(GatewaySettings.Batches settings) throws IOException {
        PrivateFile.createFolder(coming(settings));
        PrivateFile.createFolder(clients(settings));
    }

    /** Returns whether what was {@linkplain #prepare prepared} is there. */
    boolean isPrepared() {
        return Files.isDirectory(clients(settings));
    }

    /**
     * Returns the folders of all clients that have sent something.
     *
     * @throws NoSuchFileException if what was {@linkplain #prepare prepared} is gone
     */
    static List<ClientFolder> all(GatewaySettings.Batches settings) throws IOException {
        if (!Files.isDirectory(clients(settings))) {
            throw new NoSuchFileException(clients(settings).toString());
        }
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

    private Path uploads() {
        return folder.resolve("files");
    }

    private Path batchFolder() {
        return folder.resolve("batches");
    }

    long keptSeconds() {
        return settings.keep().toSeconds();
    }

    /** Returns where a file or a batch is, by its id; the client's folder for another id. */
    Path place(String id) {
        Matcher file = FILE_ID.matcher(id);
        if (file.matches()) {
            return file.group(2) == null ? uploads().resolve(id) : batchFolder().resolve(BATCH + file.group(1));
        }
        return BATCH_ID.matcher(id).matches() ? batchFolder().resolve(id) : folder;
    }

    Optional<StoredFile> file(String id) throws IOException {
        Matcher matcher = FILE_ID.matcher(id);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        if (matcher.group(2) == null) {
            return upload(uploads().resolve(id));
        }
        Optional<BatchPlace> batch = batch(BATCH + matcher.group(1));
        Optional<Ended> ended = batch.isPresent() ? ended(batch.get()) : Optional.empty();
        List<StoredFile> outputs = ended.map(Ended::outputs).orElse(List.of());
        return outputs.stream().filter(output -> output.id().equals(id)).findFirst();
    }

    /** Returns where a batch's lines are, also if what is said of their file is damaged; empty: they are gone. */
    Optional<Path> input(BatchPlace batch) {
        String id = batch.text("input_file_id");
        Path content = uploads().resolve(id).resolve(CONTENT);
        boolean isGone = !FILE_ID.matcher(id).matches() || Files.notExists(content) || Files.isDirectory(content);
        return isGone ? Optional.empty() : Optional.of(content);
    }

    /** Returns a batch with what it has put out; empty if it hasn't ended. */
    private Optional<Ended> ended(BatchPlace batch) throws IOException {
        Optional<Map<String, Object>> end = batch.end();
        if (end.isEmpty()) {
            return Optional.empty();
        }
        long second = BatchPlace.endedAt(end.get());
        List<StoredFile> outputs = new ArrayList<>();
        for (String suffix : List.of(OUTPUT, ERRORS)) {
            batch.output(suffix, second, keptSeconds()).ifPresent(outputs::add);
        }
        return Optional.of(new Ended(batch, second, outputs));
    }

    private static Optional<StoredFile> upload(Path place) throws IOException {
        if (Files.isDirectory(place.resolve(CONTENT))) {
            throw new IOException(place.resolve(CONTENT) + " isn't a file");
        }
        return WholeFiles.read(place, ABOUT, TEXTS, NUMBERS).map(json -> new StoredFile(json, place.resolve(CONTENT)));
    }

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
        WholeFiles.publish(complete, made(uploads()), String.valueOf(json.get("id")));
    }

    private Path made(Path place) throws IOException {
        PrivateFile.createSubfolder(folder);
        return PrivateFile.createSubfolder(place);
    }

    BatchPlace create(String id, Map<String, ?> asked) throws IOException {
        Path complete = coming(settings).resolve(id);
        try {
            PrivateFile.createSubfolder(complete);
            PrivateFile.create(complete.resolve(BatchPlace.OPEN));
            WholeFiles.write(complete, BatchPlace.ASKED, asked);
            WholeFiles.publish(complete, made(batchFolder()), id);
        } finally {
            WholeFiles.delete(complete);
        }
        return batch(id).orElseThrow(() -> new IOException("the batch was deleted at once"));
    }

    /** Returns what places have. One that can't be read is left out: {@link GatewayBatches} warns of it. */
    private static <P, T> List<T> readable(List<P> places, PlaceReader<P, T> reader) {
        List<T> all = new ArrayList<>();
        for (P place : places) {
            try {
                reader.read(place).ifPresent(all::add);
            } catch (IOException e) {
                LOG.debug("What can't be read is left out", e);
            }
        }
        return all;
    }

    /** Returns all files that can be read, uploads and outputs. */
    List<StoredFile> files() throws IOException {
        List<StoredFile> files = readable(list(uploads(), FILE_ID), ClientFolder::upload);
        readable(batches(), this::ended).forEach(ended -> files.addAll(ended.outputs()));
        return files;
    }

    Optional<BatchPlace> batch(String id) throws IOException {
        return BATCH_ID.matcher(id).matches() ? BatchPlace.read(batchFolder().resolve(id)) : Optional.empty();
    }

    /** Returns where in its list a file or batch was that isn't in it any more; empty if there never was one. */
    Optional<Listed> gone(String id) throws IOException {
        Matcher file = FILE_ID.matcher(id);
        Matcher batch = BATCH_ID.matcher(id);
        if (!file.matches()) {
            return batch.matches() ? Optional.of(new Gone(id, TimedIds.second(batch.group(1)))) : Optional.empty();
        }
        Optional<BatchPlace> from = file.group(2) == null ? Optional.empty() : batch(BATCH + file.group(1));
        Optional<Ended> ended = from.isPresent() ? ended(from.get()) : Optional.empty();
        return Optional.of(new Gone(id, ended.map(Ended::second).orElseGet(() -> TimedIds.second(file.group(1)))));
    }

    List<Path> places() throws IOException {
        return list(batchFolder(), BATCH_ID);
    }

    /** What others put into a folder is left alone. */
    private static List<Path> list(Path folder, Pattern id) throws IOException {
        return WholeFiles.list(folder).stream()
                .filter(place -> id.matcher(place.getFileName().toString()).matches())
                .toList();
    }

    List<BatchPlace> batches() throws IOException {
        return readable(places(), BatchPlace::read);
    }

    /** Reads a batch; empty if there is none, or it has ended. */
    private static Optional<BatchPlace> open(Path place) throws IOException {
        Optional<BatchPlace> batch = BatchPlace.read(place);
        return batch.isPresent() && batch.get().end().isEmpty() ? batch : Optional.empty();
    }

    /** Checks that there is room for more files. */
    void checkRoom(int more, long moreBytes) throws IOException {
        List<StoredFile> files = files();
        long bytes = files.stream().mapToLong(file -> file.number("bytes")).sum();
        if (files.size() + more > settings.mostFiles() || bytes + moreBytes > settings.mostBytes()) {
            throw new RequestException(ApiError.beyondBatches("your " + files.size() + " files have " + bytes
                    + " bytes, uploads under way " + moreBytes + ", and together they may be " + settings.mostFiles()
                    + " with " + settings.mostBytes() + " bytes; delete some, outputs of batches too"));
        }
    }

    /** Checks that there may be another batch. */
    void checkRoom(StoredFile input) throws IOException {
        checkRoom(0, 0);
        List<BatchPlace> open = readable(places(), ClientFolder::open);
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
     * @throws IOException if it can't be deleted, or a batch can't be read, which may need it
     */
    void delete(StoredFile file) throws IOException {
        if (file.purpose().equals(StoredFile.OUTPUT)) {
            Files.deleteIfExists(file.content());
            return;
        }
        for (Path place : places()) {
            Optional<BatchPlace> batch = open(place);
            if (batch.isPresent() && batch.get().text("input_file_id").equals(file.id())) {
                throw new RequestException(ApiError.fileInUse(
                        "the batch " + batch.get().id() + " needs this file: wait until it has ended, or cancel it"));
            }
        }
        discard(uploads().resolve(file.id()));
    }

    /**
     * Deletes what has been kept for long enough. Of batches that have put out nothing, or nothing any more, it keeps
     * as many as there may be files.
     *
     * @param unreadable is told of each upload and batch that can't be read
     * @param readable is told of each upload, and each batch that has ended, that can
     */
    void sweep(long nowSecond, BiConsumer<Path, IOException> unreadable, Consumer<Path> readable) throws IOException {
        // First: a batch that comes meanwhile may need one of them.
        List<StoredFile> over = over(nowSecond, unreadable, readable);
        Set<String> needed = new HashSet<>();
        List<Ended> ended = new ArrayList<>();
        boolean allKnown = true;
        for (Path place : places()) {
            try {
                Optional<BatchPlace> batch = BatchPlace.read(place);
                if (batch.isPresent()) {
                    ended(batch.get())
                            .ifPresentOrElse(
                                    ended::add, () -> needed.add(batch.get().text("input_file_id")));
                }
            } catch (IOException e) {
                unreadable.accept(place, e);
                allKnown = false; // It may need any upload.
            }
        }
        ended.forEach(batch -> readable.accept(batch.batch().folder()));
        discardEnded(ended, nowSecond);
        for (StoredFile upload : over) {
            if (allKnown && !needed.contains(upload.id())) {
                discard(uploads().resolve(upload.id()));
            }
        }
    }

    /** Returns the uploads that have been kept for long enough. */
    private List<StoredFile> over(long nowSecond, BiConsumer<Path, IOException> unreadable, Consumer<Path> readable)
            throws IOException {
        List<StoredFile> over = new ArrayList<>();
        for (Path place : list(uploads(), FILE_ID)) {
            try {
                upload(place)
                        .filter(file -> file.number("expires_at") <= nowSecond)
                        .ifPresent(over::add);
                readable.accept(place);
            } catch (IOException e) {
                unreadable.accept(place, e);
            }
        }
        return over;
    }

    private void discardEnded(List<Ended> all, long nowSecond) throws IOException {
        all.sort(Comparator.comparing(Ended::batch, Listed.NEWEST_FIRST));
        int empty = 0;
        for (Ended ended : all) {
            boolean isEmpty = ended.outputs().isEmpty();
            empty += isEmpty ? 1 : 0;
            if (ended.second() + keptSeconds() <= nowSecond || (isEmpty && empty > settings.mostFiles())) {
                discard(ended.batch().folder());
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
