package dev.whippletree.embedder.minilm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The questions that module cache-similar is tested with, and their vectors as they are kept there. */
enum Streams {
    BANKING("banking77"),
    CLINC("clinc150");

    private static final Path FOLDER = Path.of("../cache-similar/src/test/resources/streams");

    private final String file;

    Streams(String file) {
        this.file = file;
    }

    /** Returns the questions in the order of the file. */
    List<String> questions() {
        try {
            return Files.readAllLines(FOLDER.resolve(file + ".tsv")).stream()
                    .map(line -> line.substring(line.indexOf('\t') + 1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the questions' vectors one after the other, as many bytes as numbers. */
    byte[] vectors() {
        try {
            return Files.readAllBytes(vectorsFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path vectorsFile() {
        return FOLDER.resolve(file + ".vectors");
    }

    /** Returns a vector as it is kept: its largest number as 127. */
    static byte[] kept(float[] vector) {
        float largest = 0;
        for (float number : vector) {
            largest = Math.max(largest, Math.abs(number));
        }
        byte[] bytes = new byte[vector.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.rint(vector[i] / largest * 127);
        }
        return bytes;
    }

    /** Returns the cosine of the angle between a vector and the one that is kept at an index. */
    static double cosine(float[] vector, byte[] vectors, int index) {
        byte[] other = Arrays.copyOfRange(vectors, index * vector.length, (index + 1) * vector.length);
        double product = 0;
        double square = 0;
        double otherSquare = 0;
        for (int i = 0; i < vector.length; i++) {
            product += vector[i] * other[i];
            square += vector[i] * vector[i];
            otherSquare += other[i] * other[i];
        }
        return product / Math.sqrt(square * otherSquare);
    }
}
