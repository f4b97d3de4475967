package dev.whippletree.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The answers that a contender's callers got, as its driver wrote them. Immutable. */
record Answers(List<Line> lines) {

    private static final double MICROS_PER_SECOND = 1e6;

    /**
     * One of them.
     *
     * @param caller whose, from 0
     * @param index which of the caller's questions, from 0
     * @param said whether the contender returned a text, instead of an error
     * @param text the text or the error
     */
    record Line(int caller, int index, double askedSeconds, double endSeconds, boolean said, String text) {}

    static Answers read(Path folder) throws IOException {
        Path file = folder.resolve("answers.tsv");
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        return new Answers(lines.stream()
                .filter(line -> !line.isEmpty())
                .map(Answers::line)
                .toList());
    }

    private static Line line(String line) {
        String[] values = line.split("\t", -1);
        return new Line(
                Integer.parseInt(values[1]),
                Integer.parseInt(values[2]),
                Long.parseLong(values[3]) / MICROS_PER_SECOND,
                Long.parseLong(values[4]) / MICROS_PER_SECOND,
                values[5].equals("said"),
                values[6].translateEscapes());
    }
}
