package dev.whippletree.provider.openai.read;

import java.io.IOException;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.GzipSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a body as it comes. One that isn't packed, whatever its head says, is passed on as it is: some that stand
 * before a service unpack what it sends and leave the header. Confined to one thread.
 */
final class GzipBody implements Source {

    private static final int FIRST_BYTE = 0x1f;
    private static final int SECOND_BYTE = 0x8b;

    private final BufferedSource packed;
    private @Nullable Source unpacked;
    private boolean connectionBroke;

    GzipBody(Source body) {
        packed = Okio.buffer(new ForwardingSource(body) {
            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                connectionBroke = true;
                long more = super.read(sink, byteCount);
                connectionBroke = false;
                return more;
            }
        });
    }

    /** @throws UnusableResponseException if it isn't gzip from its start to its end */
    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
        try {
            return unpacked().read(sink, byteCount);
        } catch (IOException | RuntimeException e) {
            // Okio throws others too, over heads that it doesn't know.
            if (connectionBroke) {
                throw e;
            }
            throw new UnusableResponseException("its gzip data can't be decompressed");
        }
    }

    private Source unpacked() throws IOException {
        if (unpacked == null) {
            unpacked = isPacked() ? new GzipSource(packed) : packed;
        }
        return unpacked;
    }

    private boolean isPacked() throws IOException {
        return packed.request(2)
                && (packed.getBuffer().getByte(0) & 0xff) == FIRST_BYTE
                && (packed.getBuffer().getByte(1) & 0xff) == SECOND_BYTE;
    }

    @Override
    public Timeout timeout() {
        return packed.timeout();
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }
}
