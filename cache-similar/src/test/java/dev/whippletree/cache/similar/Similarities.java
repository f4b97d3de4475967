package dev.whippletree.cache.similar;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** The similarities of all questions of a stream, worked out once for all the orders that they are asked in. */
final class Similarities {

    private final Map<float[], Integer> places = new IdentityHashMap<>();
    private final float[][] similarities;

    Similarities(Stream stream) {
        stream.questions().forEach(question -> places.putIfAbsent(question.vector(), places.size()));
        float[][] vectors = new float[places.size()][];
        places.forEach((vector, place) -> vectors[place] = vector);
        similarities = IntStream.range(0, vectors.length)
                .parallel()
                .mapToObj(one -> row(vectors, one))
                .toArray(float[][]::new);
    }

    /** Returns how near a question is to those before it and to itself. */
    private static float[] row(float[][] vectors, int one) {
        float[] row = new float[one + 1];
        for (int other = 0; other <= one; other++) {
            row[other] = (float) FlatIndex.product(vectors[one], vectors[other]);
        }
        return row;
    }

    double between(float[] one, float[] other) {
        int a = places.getOrDefault(one, -1);
        int b = places.getOrDefault(other, -1);
        return similarities[Math.max(a, b)][Math.min(a, b)];
    }
}
