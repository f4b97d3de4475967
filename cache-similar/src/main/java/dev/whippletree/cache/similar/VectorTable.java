package dev.whippletree.cache.similar;

import java.util.Arrays;

/**
 * Vectors of one length, each in a place. Laid out number by number and not vector by vector: comparing one with all of
 * them is then a loop over neighbouring numbers, which the JIT compiles to the processor's vector instructions.
 * Confined.
 */
final class VectorTable {

    private static final int LEAST_ROOM = 64;

    /** Of the vectors that there are, so many may come before the room has to grow again: one in eight. */
    private static final int SPARE_PART = 8;

    /** The first numbers of all vectors, their second numbers, and so on; empty as long as no vector is there. */
    private float[][] columns = new float[0][];

    /** Puts a vector into a place, 0 or more; places are filled one after another. */
    void put(int place, float[] vector) {
        if (columns.length == 0) {
            columns = new float[vector.length][0];
        }
        if (place >= room()) {
            resize(place + 1);
        }
        for (int i = 0; i < vector.length; i++) {
            columns[i][place] = vector[i];
        }
    }

    /** Only the first places are filled from now on. Room beyond them is freed if it is much more than they need. */
    void truncate(int places) {
        if (places == 0) {
            columns = new float[0][];
        } else if (roomFor(places) < room() / 4 * 3) {
            resize(places);
        }
    }

    private int room() {
        return columns.length == 0 ? 0 : columns[0].length;
    }

    private static int roomFor(int places) {
        return Math.max(LEAST_ROOM, places + places / SPARE_PART);
    }

    private void resize(int places) {
        int room = roomFor(places);
        Arrays.setAll(columns, i -> Arrays.copyOf(columns[i], room));
    }

    /** Returns how much memory it takes, with the room for vectors that may come. */
    long bytes() {
        return (long) columns.length * room() * Float.BYTES;
    }

    void move(int from, int to) {
        for (float[] column : columns) {
            column[to] = column[from];
        }
    }

    /**
     * Returns the products of a vector with those in the first places: for vectors of length 1 the cosines between
     * them.
     */
    float[] products(float[] vector, int places) {
        float[] products = new float[places];
        for (int i = 0; i < columns.length; i++) {
            add(vector[i], columns[i], products);
        }
        return products;
    }

    private static void add(float times, float[] column, float[] products) {
        for (int place = 0; place < products.length; place++) {
            products[place] += times * column[place];
        }
    }
}
