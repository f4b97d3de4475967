package dev.whippletree.batch.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The operations that a journal needs of a file system: so few that a test can make each of them fail. Thread-safe. */
interface Storage {

    /** A file that is written to. */
    interface Output extends Closeable {

        /** Returns how many bytes it has. */
        long size() throws IOException;

        /** Writes all bytes at a place; when it fails, some of them may be written. */
        void write(ByteBuffer bytes, long at) throws IOException;

        /** Makes what was written safe from a power cut. */
        void force() throws IOException;

        /** Cuts it. */
        void truncate(long size) throws IOException;
    }

    /** Returns whether a file or folder is there. */
    boolean exists(Path file);

    /** Opens a file that is there, from its beginning. */
    InputStream read(Path file) throws IOException;

    /** Opens a file to write to; creates it, empty, if it isn't there. */
    Output open(Path file) throws IOException;

    /**
     * Puts one file in the place of another, whose permissions it gets, wholly or not at all, and safe from a power
     * cut.
     */
    void replace(Path file, Path by) throws IOException;
}
