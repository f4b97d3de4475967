package dev.whippletree.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what a driver has measured. Stateless. */
final class SpeedFile {

    private SpeedFile() {}

    static Results.Speed read(Path folder, String contender, int round, Results.Origin origin) throws IOException {
        List<Results.Level> levels = new ArrayList<>();
        Results.Level firstPiece = new Results.Level(0, 0, 0, 0, 0, 0, 0);
        long startUp = 0;
        long memory = 0;
        for (String line : Files.readAllLines(folder.resolve("speed.tsv"))) {
            String[] values = line.split("\t");
            switch (values[0]) {
                case "level" -> levels.add(level(values));
                case "first-piece" -> firstPiece = level(values);
                case "start-up" -> startUp = Long.parseLong(values[1]);
                case "memory-kib" -> memory = Long.parseLong(values[1]);
                default -> throw new IOException("not known: " + line);
            }
        }
        return new Results.Speed(contender, round, origin, startUp, memory, levels, firstPiece);
    }

    private static Results.Level level(String[] values) {
        return new Results.Level(
                Integer.parseInt(values[1]),
                Double.parseDouble(values[2]),
                Long.parseLong(values[3]),
                Long.parseLong(values[4]),
                Long.parseLong(values[5]),
                Long.parseLong(values[6]),
                Long.parseLong(values[7]));
    }
}
