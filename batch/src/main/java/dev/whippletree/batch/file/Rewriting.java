package dev.whippletree.batch.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Atomically replaces a file with a copy that lacks some of its lines. Stateless. */
final class Rewriting {

    private static final int BUFFER = 1 << 20;

    private Rewriting() {}

    /** Asks once for each line, in order, whether it stays. */
    static void copy(Storage storage, Path file, Path besides, Predicate<Lines> keeps) throws IOException {
        try (Lines lines = Lines.ofResults(storage.read(file));
                Writer copy = new Writer(storage.open(besides))) {
            while (lines.next()) {
                if (keeps.test(lines)) {
                    copy.line(lines.bytes());
                }
            }
            copy.end();
        }
        storage.replace(file, besides);
    }

    /** Writes a file from its beginning. */
    static final class Writer implements AutoCloseable {

        private final Storage.Output output;
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
        private long at;
        private boolean whole;

        Writer(Storage.Output output) throws IOException {
            this.output = output;
            output.truncate(0);
        }

        void line(ByteBuffer bytes) throws IOException {
            pending.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            pending.write('\n');
            if (pending.size() >= BUFFER) {
                flush();
            }
        }

        private void flush() throws IOException {
            output.write(ByteBuffer.wrap(pending.toByteArray()), at);
            at += pending.size();
            pending.reset();
        }

        /** Writes what is left, and makes all of it safe. */
        void end() throws IOException {
            flush();
            output.force();
            whole = true;
        }

        /** Keeps no part of what can't be written whole, as on a full disk, which has the room again then. */
        @Override
        public void close() throws IOException {
            try (output) {
                if (!whole) {
                    output.truncate(0);
                }
            }
        }
    }
}
