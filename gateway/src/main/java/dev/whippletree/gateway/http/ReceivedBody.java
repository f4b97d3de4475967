package dev.whippletree.gateway.http;

import dev.whippletree.chat.Fields;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * A request's body as far as it has arrived. It takes at most twice the memory of the received bytes, whatever length
 * was announced. Confined.
 */
public final class ReceivedBody {

    private static final int LARGEST_CHUNK = 64 * 1024;
    private static final int PIECE = 8 * 1024;

    private final MemoryBudget.Lease lease;
    private final List<ByteBuffer> chunks = new ArrayList<>(1);
    private int size;

    /** Reads gzip of one member. */
    private static final class OneMember extends GZIPInputStream {

        private boolean reading;

        /** Java 17 looks for another member only where bytes are available, as far as {@link #stream} knows. */
        OneMember(InputStream packed) throws IOException {
            super(
                    new FilterInputStream(packed) {
                        @Override
                        public int available() {
                            return 1;
                        }
                    },
                    PIECE);
        }

        /** The JDK's own calls itself for the next member, so thousands of empty ones would overflow the stack. */
        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (reading) {
                throw damaged("is in several members; send one");
            }
            reading = true;
            int count = super.read(into, offset, length);
            reading = false;
            return count;
        }
    }

    /** Creates an empty one. */
    ReceivedBody(MemoryBudget.Lease lease) {
        this.lease = lease;
    }

    /** Returns what pays for it, and for what is read from it. */
    public MemoryBudget.Lease lease() {
        return lease;
    }

    int size() {
        return size;
    }

    int capacity() {
        return chunks.stream().mapToInt(ByteBuffer::capacity).sum();
    }

    /** Adds what has come. */
    void add(ByteBuffer bytes) {
        lease.received(bytes.remaining());
        ByteBuffer last = chunks.isEmpty() ? grow(bytes.remaining()) : chunks.get(chunks.size() - 1);
        while (bytes.hasRemaining()) {
            if (!last.hasRemaining()) {
                last = grow(bytes.remaining());
            }
            int count = Math.min(bytes.remaining(), last.remaining());
            last.put(last.position(), bytes, bytes.position(), count);
            last.position(last.position() + count);
            bytes.position(bytes.position() + count);
            size += count;
        }
    }

    private ByteBuffer grow(int needed) {
        ByteBuffer chunk = ByteBuffer.allocate(Math.max(needed, Math.min(size, LARGEST_CHUNK)));
        chunks.add(chunk);
        return chunk;
    }

    /**
     * Reads it as a JSON object.
     *
     * @return empty if it is another value, or none
     */
    public Optional<Map<String, Object>> json() {
        return GatewayJson.object(stream(), lease::read);
    }

    /**
     * Reads it as the fields of a request.
     *
     * @throws RequestException as {@link #json} does, or if it is another value, or none
     */
    public Fields fields() {
        return new Fields(
                "",
                json().orElseThrow(() ->
                        new RequestException(ApiError.wrong("", "the request's body isn't a JSON object"))));
    }

    /**
     * Returns what it unpacks to. Gives back what it takes itself.
     *
     * @throws RequestException if it isn't gzip of one member, unpacks to more than that, or there is no memory for it
     */
    ReceivedBody unpacked(int mostBytes) {
        ReceivedBody unpacked = new ReceivedBody(lease);
        byte[] piece = new byte[PIECE];
        try (InputStream gzip = new OneMember(stream())) {
            for (int count = gzip.read(piece); count >= 0; count = gzip.read(piece)) {
                if (unpacked.size + count > mostBytes) {
                    throw new RequestException(ApiError.bodyTooLarge(mostBytes));
                }
                unpacked.add(ByteBuffer.wrap(piece, 0, count));
            }
        } catch (EOFException e) {
            throw damaged("is cut off");
        } catch (IOException e) {
            throw damaged("isn't gzip, or is damaged");
        }
        lease.give(size * (long) MemoryBudget.BYTES_PER_BYTE);
        return unpacked;
    }

    private static RequestException damaged(String how) {
        return new RequestException(ApiError.malformed("the body says Content-Encoding: gzip, but " + how));
    }

    private InputStream stream() {
        List<InputStream> parts = new ArrayList<>(chunks.size());
        chunks.forEach(
                chunk -> parts.add(new ByteArrayInputStream(chunk.array(), chunk.arrayOffset(), chunk.position())));
        return new SequenceInputStream(Collections.enumeration(parts));
    }
}
