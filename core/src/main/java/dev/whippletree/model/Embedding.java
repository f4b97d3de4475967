package dev.whippletree.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import java.util.Objects;

/**
 * The vector of one text. Immutable.
 *
 * @param base64 the numbers in Base64: 32-bit floats, little endian, as services send them
 * @param origin where it came from
 */
public record Embedding(String base64, Origin origin) {

    /** Rejects null. */
    public Embedding {
        Objects.requireNonNull(base64, "base64");
        Objects.requireNonNull(origin, "origin");
    }

    /**
     * Returns the numbers in Base64 as {@link #base64} has them.
     *
     * @param vector the numbers
     */
    public static String encode(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /** Returns a new array of the numbers. */
    public float[] vector() {
        return decode(base64);
    }

    /**
     * Returns the numbers that {@link #encode} has encoded.
     *
     * @throws IllegalArgumentException if the text isn't Base64 of whole numbers
     */
    public static float[] decode(String base64) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (bytes.length % Float.BYTES != 0) {
            throw new IllegalArgumentException(bytes.length + " bytes aren't 32-bit numbers");
        }
        FloatBuffer numbers =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] vector = new float[numbers.remaining()];
        numbers.get(vector);
        return vector;
    }

    /** Returns the size and the origin only, since a text can be guessed from its vector. */
    @Override
    public String toString() {
        return "vector of " + base64.length() + " characters, " + origin;
    }
}
