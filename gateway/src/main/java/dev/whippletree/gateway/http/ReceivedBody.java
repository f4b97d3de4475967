package dev.whippletree.gateway.http;

import dev.whippletree.chat.Fields;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request's body as far as it has arrived. It takes at most twice the memory of the received bytes, whatever length
 * was announced. Confined.
 */
public final class ReceivedBody {

    private static final int LARGEST_CHUNK = 64 * 1024;

    private final MemoryBudget.Lease lease;
    private final List<ByteBuffer> chunks = new ArrayList<>(1);
    private int size;

    /**
     * Creates an empty one.
     *
     * @param lease pays for it
     */
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

    /** Returns how many bytes it takes. */
    int capacity() {
        return chunks.stream().mapToInt(ByteBuffer::capacity).sum();
    }

    /**
     * Adds what has come.
     *
     * @throws RequestException if there is no memory for it
     */
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
     * @throws RequestException if it isn't JSON or is beyond a bound of what is read, or there is no memory for it
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

    private InputStream stream() {
        List<InputStream> parts = new ArrayList<>(chunks.size());
        chunks.forEach(
                chunk -> parts.add(new ByteArrayInputStream(chunk.array(), chunk.arrayOffset(), chunk.position())));
        return new SequenceInputStream(Collections.enumeration(parts));
    }
}
