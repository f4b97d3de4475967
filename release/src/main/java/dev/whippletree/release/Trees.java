package dev.whippletree.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Folders with all that is in them. */
final class Trees {

    private Trees() {}

    /** Returns an empty folder, in place of what was there. */
    static Path replaced(Path folder) throws IOException {
        if (Files.exists(folder)) {
            for (Path path :
                    walk(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        return Files.createDirectories(folder);
    }

    /** Returns all files of a folder and the folders below it, sorted. */
    static List<Path> files(Path folder) throws IOException {
        return walk(folder).stream().filter(Files::isRegularFile).sorted().toList();
    }

    private static List<Path> walk(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.toList();
        }
    }

    /**
     * Packs all files of a folder into a ZIP file that depends on nothing but their names and content.
     *
     * @param built the time that each entry states, in UTC
     */
    static void zip(Path folder, Path zip, Instant built) throws IOException {
        LocalDateTime time = LocalDateTime.ofInstant(built, ZoneOffset.UTC);
        try (ZipOutputStream entries = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Path file : files(folder)) {
                ZipEntry entry = new ZipEntry(folder.relativize(file).toString().replace('\\', '/'));
                entry.setTimeLocal(time);
                entries.putNextEntry(entry);
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
    }
}
