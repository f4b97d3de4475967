package dev.whippletree.cli.base;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A standard stream that remembers its first write error, which a {@link PrintWriter} doesn't. Thread-safe. */
public final class StandardStream extends PrintWriter {

    private final Remembering stream;

    private StandardStream(Remembering stream, Charset charset) {
        super(stream, true, charset);
        this.stream = stream;
    }

    /** Returns one that writes to a stream in a charset, flushed at the end of each line. */
    public static StandardStream on(OutputStream stream, Charset charset) {
        return new StandardStream(new Remembering(stream), charset);
    }

    /** Returns the first write error; empty if nothing was lost. */
    Optional<IOException> loss() {
        flush();
        return Optional.ofNullable(stream.failure);
    }

    /** Returns whether a loss means that the reader has left, as {@code head} does when it has enough. */
    static boolean readerLeft(IOException loss) {
        return String.valueOf(loss.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }

    private static final class Remembering extends FilterOutputStream {

        private volatile @Nullable IOException failure;

        Remembering(OutputStream stream) {
            super(stream);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw remembered(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                throw remembered(e);
            }
        }

        private IOException remembered(IOException e) {
            failure = failure == null ? e : failure;
            return e;
        }
    }
}
