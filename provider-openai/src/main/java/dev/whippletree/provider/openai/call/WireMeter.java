package dev.whippletree.provider.openai.call;

import dev.whippletree.provider.openai.read.BodyReader;
import dev.whippletree.provider.openai.read.UnusableResponseException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.OptionalLong;
import javax.net.SocketFactory;
import okhttp3.Connection;

/**
 * Counts what a call's thread receives, encryption included. Thread-safe: each thread counts for itself, since it reads
 * all of its call's response, and one call at a time.
 *
 * <p>OkHttp hides what lies unread in a connection's buffer, and buffers some lines whatever their length, such as
 * those before chunks, and searches it again as the response is closed, byte by byte, in the square of its length. Only
 * who counts below that buffer can tell.
 */
final class WireMeter extends SocketFactory {

    /**
     * What may come before more of a body does: OkHttp takes 256 KB of headers, and what stands before a chunk has a
     * few bytes.
     */
    private static final int MOST_BETWEEN_BYTES = 512 << 10;

    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<Count> counts = new ThreadLocal<>();

    /** What a thread has received for one call. */
    private static final class Count {
        private long bytes;
        private long sinceBody;
    }

    /** Returns whether what a connection receives is counted: OkHttp makes sockets for SOCKS itself. */
    static boolean counts(Connection connection) {
        return connection.route().proxy().type() != Proxy.Type.SOCKS;
    }

    /** A call begins to wait for its response on this thread. */
    void begin() {
        counts.set(new Count());
    }

    /** Returns how many bytes this thread has received since its call began; empty if that isn't counted. */
    OptionalLong received() {
        Count count = counts.get();
        return count == null ? OptionalLong.empty() : OptionalLong.of(count.bytes);
    }

    /** More of its call's body has been read on this thread. */
    void bodyRead() {
        Count count = counts.get();
        if (count != null) {
            count.sinceBody = 0;
        }
    }

    void end() {
        counts.remove();
    }

    private void received(int bytes) throws IOException {
        Count count = counts.get();
        if (count != null && bytes > 0) {
            count.bytes += bytes;
            count.sinceBody += bytes;
            if (count.sinceBody > MOST_BETWEEN_BYTES) {
                throw new UnusableResponseException(
                        "it sent " + (MOST_BETWEEN_BYTES >> 10) + " KB that belong to no answer");
            }
            if (count.bytes > BodyReader.MOST_RECEIVED_BYTES) {
                throw BodyReader.tooLong(BodyReader.MOST_RECEIVED_BYTES);
            }
        }
    }

    @Override
    public Socket createSocket() {
        return new MeteredSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("OkHttp connects sockets itself");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("OkHttp connects sockets itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("OkHttp connects sockets itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("OkHttp connects sockets itself");
    }

    private final class MeteredSocket extends Socket {

        /**
         * Bounds what comes next too, until OkHttp sets the time for reading: what makes the connection secure, or a
         * proxy's consent. OkHttp takes the time for reading for these, which is unbounded here.
         */
        @Override
        public void connect(SocketAddress address, int timeoutMillis) throws IOException {
            super.connect(address, timeoutMillis);
            setSoTimeout(timeoutMillis);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    int value = super.read();
                    received(value < 0 ? 0 : 1);
                    return value;
                }

                @Override
                public int read(byte[] bytes, int from, int most) throws IOException {
                    int count = super.read(bytes, from, most);
                    received(count);
                    return count;
                }
            };
        }
    }
}
