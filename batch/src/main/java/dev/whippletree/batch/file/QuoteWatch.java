package dev.whippletree.batch.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream of rows that notices a quotation mark without its end, which the CSV library accepts. It has to be read by
 * arrays, as readers do. Confined to one thread.
 */
final class QuoteWatch extends FilterInputStream {

    private final char separator;
    private boolean begins = true;
    private boolean within;
    private boolean closed;

    QuoteWatch(InputStream stream, char separator) {
        super(stream);
        this.separator = separator;
    }

    /** Returns whether a value that has begun with a quotation mark hasn't ended. */
    boolean isWithin() {
        return within;
    }

    @Override
    public int read(byte[] bytes, int from, int most) throws IOException {
        int count = super.read(bytes, from, most);
        for (int i = from; i < from + count; i++) {
            see(bytes[i]);
        }
        return count;
    }

    /** A mark within is the end, or with the one behind it a part of the value. */
    private void see(int next) {
        if (within) {
            closed = next == '"';
            within = !closed;
            return;
        }
        within = next == '"' && (begins || closed);
        begins = next == separator || next == '\n' || next == '\r';
        closed = false;
    }
}
