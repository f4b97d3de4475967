package dev.whippletree.testkit.shared;

import java.lang.ref.Reference;

/** What is kept by nobody. */
public final class Garbage {

    /** The machine may skip a collection, such as while another test's thread is in native code. */
    private static final int COLLECTIONS = 50;

    private Garbage() {}

    /** Collects the garbage until what this refers to is gone; returns whether it is. */
    public static boolean isGone(Reference<?> reference) {
        for (int n = 0; n < COLLECTIONS && !reference.refersTo(null); n++) {
            System.gc();
        }
        return reference.refersTo(null);
    }
}
