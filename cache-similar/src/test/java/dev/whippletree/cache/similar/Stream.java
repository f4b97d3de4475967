package dev.whippletree.cache.similar;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Questions with a known intent, in some order. Two of one intent have the same answer; those out of scope have one of
 * their own each.
 */
record Stream(String name, List<Question> questions) {

    private static final int NUMBERS = 384;
    private static final String OUT_OF_SCOPE = "oos";

    /** A question, what it means, and its vector. */
    record Question(String text, String intent, float[] vector) {

        /** Returns another question that lies at the very same place. */
        Question collidingWith(String otherText, String otherIntent) {
            return new Question(otherText, otherIntent, vector);
        }
    }

    /** Returns BANKING77, with the first so many intents by name. */
    static Stream banking(int intents) {
        return read("banking77").only("BANKING77, " + intents + " intents", intents, false);
    }

    /** Returns the first 20 intents of CLINC150 by name. */
    static Stream clinc(boolean withOutOfScope) {
        String name = "CLINC150, 20 intents" + (withOutOfScope ? " and out of scope" : "");
        return read("clinc150").only(name, 20, withOutOfScope);
    }

    private Stream only(String newName, int intents, boolean outOfScope) {
        List<String> names = new TreeSet<>(questions.stream()
                        .map(Question::intent)
                        .filter(intent -> !intent.startsWith(OUT_OF_SCOPE))
                        .toList())
                .stream().limit(intents).toList();
        Predicate<Question> wanted = question -> names.contains(question.intent())
                || outOfScope && question.intent().startsWith(OUT_OF_SCOPE);
        return new Stream(newName, questions.stream().filter(wanted).toList());
    }

    /** Returns the questions that a condition holds for. */
    Stream where(String newName, Predicate<Question> condition) {
        return new Stream(newName, questions.stream().filter(condition).toList());
    }

    /** Returns the same questions in another order. */
    Stream shuffled(long seed) {
        List<Question> shuffled = new ArrayList<>(questions);
        Collections.shuffle(shuffled, new Random(seed));
        return new Stream(name, shuffled);
    }

    private static Stream read(String file) {
        String[] lines = new String(bytes(file + ".tsv"), StandardCharsets.UTF_8).split("\n");
        byte[] vectors = bytes(file + ".vectors");
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < lines.length; i++) {
            String[] parts = lines[i].split("\t");
            String intent = parts[0].equals(OUT_OF_SCOPE) ? OUT_OF_SCOPE + "-" + i : parts[0];
            questions.add(new Question(parts[1], intent, vector(vectors, i * NUMBERS)));
        }
        return new Stream(file, questions);
    }

    private static float[] vector(byte[] bytes, int from) {
        float[] vector = new float[NUMBERS];
        double square = 0;
        for (int i = 0; i < NUMBERS; i++) {
            vector[i] = bytes[from + i];
            square += vector[i] * vector[i];
        }
        float length = (float) Math.sqrt(square);
        for (int i = 0; i < NUMBERS; i++) {
            vector[i] /= length;
        }
        return vector;
    }

    private static byte[] bytes(String file) {
        try (InputStream in = Stream.class.getResourceAsStream("/streams/" + file)) {
            return in == null ? new byte[0] : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
