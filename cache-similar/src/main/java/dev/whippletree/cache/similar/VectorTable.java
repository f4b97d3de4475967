package dev.whippletree.cache.similar;

import java.util.Arrays;

/**
 * Vectors of one length, each in a place. Laid out number by number and not vector by vector: comparing one with all of
 * them is then a loop over neighbouring numbers, which the JIT compiles to the processor's vector instructions.
 * Confined.
 */
final class VectorTable {

    private static final int LEAST_ROOM = 64;

    /** The first numbers of all vectors, their second numbers, and so on; empty as long as no vector is there. */
    private float[][] columns = new float[0][];

    private int room;

    /** Puts a vector into a place, 0 or more; places are filled one after another. */
    void put(int place, float[] vector) {
        if (columns.length == 0) {
            columns = new float[vector.length][0];
        }
        if (place >= room) {
            room = Math.max(LEAST_ROOM, room + room / 2);
            Arrays.setAll(columns, i -> Arrays.copyOf(columns[i], room));
        }
        for (int i = 0; i < vector.length; i++) {
            columns[i][place] = vector[i];
        }
    }

    /** Returns how long the vectors are; 0 as long as none is there. */
    int length() {
        return columns.length;
    }

    /** Puts the vector of one place into another one. */
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
