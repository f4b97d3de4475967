package dev.whippletree.gateway.batches;

import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.state.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Files and folders that are there wholly or not at all, also after a power cut. Stateless; blocks. */
final class WholeFiles {

    private static final Set<StandardOpenOption> ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);

    private WholeFiles() {}

    /** Writes a JSON object; replaces what is there. */
    static void write(Path folder, String name, Map<String, ?> json) throws IOException {
        Path coming = folder.resolve(name + ".coming");
        try (FileChannel channel = PrivateFile.open(coming, ANEW)) {
            ByteBuffer bytes = ByteBuffer.wrap(GatewayJson.write(json));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(coming, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        PrivateFile.forceFolder(folder);
    }

    /**
     * Reads a JSON object; empty if there is no such file.
     *
     * @throws IOException if it can't be read, or is no JSON object
     */
    static Optional<Map<String, Object>> read(Path file) throws IOException {
        try {
            Optional<Map<String, Object>> json = GatewayJson.object(Files.readString(regular(file)));
            if (json.isEmpty()) {
                throw new IOException(file + " isn't a JSON object");
            }
            return json;
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads the JSON object that a folder has about itself; empty if there is none.
     *
     * @param texts the fields that must be texts, beside its id
     * @param numbers the fields that must be numbers
     * @throws IOException if it can't be read, is no JSON object, lacks a field, or is another folder's
     */
    static Optional<Map<String, Object>> read(Path folder, String name, List<String> texts, List<String> numbers)
            throws IOException {
        Path file = folder.resolve(name);
        Optional<Map<String, Object>> json = read(file);
        if (json.isPresent()) {
            need(file, json.get(), texts, String.class);
            need(file, json.get(), numbers, Number.class);
            if (!String.valueOf(folder.getFileName()).equals(json.get().get("id"))) {
                throw new IOException(file + " doesn't have the id " + folder.getFileName());
            }
        }
        return json;
    }

    private static void need(Path file, Map<String, Object> json, List<String> fields, Class<?> type)
            throws IOException {
        for (String field : fields) {
            if (!type.isInstance(json.get(field))) {
                throw new IOException(file + " lacks '" + field + "', or has another type of it");
            }
        }
    }

    /**
     * Returns a path that is a file's, or nothing's.
     *
     * @throws IOException if it is a folder's or, for instance, a pipe's, which would hang
     */
    static Path regular(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(file + " isn't a file");
        }
        return file;
    }

    /** Moves a folder that is complete into the folder where it is looked for. */
    static void publish(Path complete, Path into, String name) throws IOException {
        PrivateFile.forceFolder(complete);
        Files.move(complete, into.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        PrivateFile.forceFolder(into);
    }

    /** Returns what a folder has; nothing if it isn't there. */
    static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Deletes a folder with all that it has. If others are deleting it too, some of it may stay for a later call. */
    static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException | UncheckedIOException e) {
            return;
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
