package dev.whippletree.provider.openai.call;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.RecordingSink;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;

/** A service over raw sockets, which keeps to no rule of HTTP, and an account there. Thread-safe. */
public final class RawService implements AutoCloseable {

    private final FakeServices services = FakeServices.real();

    /** What is sent to each connection's requests, one each; after the last the connection is closed. */
    private final Map<Integer, Queue<Reply>> replies = new ConcurrentHashMap<>();

    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private final ProviderClient client;

    /** Writes what the service sends to one request. */
    interface Reply {
        void write(OutputStream out) throws IOException;
    }

    RawService() {
        this(AccountConnections.PATIENCE);
    }

    /** @param patience how long the account waits for an error's body */
    RawService(Duration patience) {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        services.executor().execute(this::accept);
        client = ChatClient.open(
                Bench.account(address(), Map.of()),
                services,
                () -> URI.create(address() + "/v1/chat/completions"),
                patience);
    }

    String address() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                Queue<Reply> own = replies(connections.size());
                connections.add(connection);
                services.executor().execute(() -> serve(connection, own));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void serve(Socket connection, Queue<Reply> replies) {
        try (connection) {
            BufferedReader in = new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1));
            while (readRequest(in) && !replies.isEmpty()) {
                replies.remove().write(connection.getOutputStream());
            }
        } catch (IOException e) {
            // The client has had enough.
        }
    }

    private static boolean readRequest(BufferedReader in) throws IOException {
        int length = 0;
        String line = in.readLine();
        while (line != null && !line.isEmpty()) {
            length = line.startsWith("Content-Length: ") ? Integer.parseInt(line.substring(16)) : length;
            line = in.readLine();
        }
        return line != null && in.read(new char[length], 0, length) == length;
    }

    private Queue<Reply> replies(int connection) {
        return replies.computeIfAbsent(connection, number -> new ConcurrentLinkedQueue<>());
    }

    void reply(int connection, Reply reply) {
        replies(connection).add(reply);
    }

    /** Sets what comes next on a connection, numbered from 0; one character is one byte. */
    void reply(int connection, String response) {
        reply(connection, out -> out.write(bytes(response)));
    }

    /** Sends these bytes, one after the other for as long as somebody listens, as a reply that never ends. */
    Reply dripping(String head, char more) {
        return out -> {
            out.write(bytes(head));
            drip(out, more);
            keptOpen("").write(out);
        };
    }

    private void drip(OutputStream out, char more) {
        services.schedule(Duration.ofMillis(5), () -> {
            try {
                out.write(more);
                drip(out, more);
            } catch (IOException e) {
                // Nobody listens any more.
            }
        });
    }

    /** Sends this after longer than an error's body may take in tests. */
    Reply later(String response) {
        return after(Duration.ofMillis(200), response);
    }

    /** Sends this after a time. */
    Reply after(Duration time, String response) {
        return out -> {
            CountDownLatch sent = new CountDownLatch(1);
            services.schedule(time, sent::countDown);
            await(sent);
            out.write(bytes(response));
        };
    }

    static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    public static Reply closedAfter(String response) {
        return out -> {
            out.write(bytes(response));
            throw new IOException("closed on purpose");
        };
    }

    /** Sends this, then nothing more, on a connection that stays open until the client closes it. */
    Reply keptOpen(String response) {
        return out -> {
            out.write(bytes(response));
            connections.get(connections.size() - 1).getInputStream().transferTo(OutputStream.nullOutputStream());
        };
    }

    RecordingSink send() {
        return send(false);
    }

    RecordingSink send(boolean streaming) {
        RecordingSink sink = begin(streaming);
        sink.awaitEnd();
        return sink;
    }

    RecordingSink begin(boolean streaming) {
        RecordingSink sink = new RecordingSink(streaming);
        client.send(Prompt.of("How are you?"), "test/model", sink);
        return sink;
    }

    ProviderClient client() {
        return client;
    }

    List<Socket> connections() {
        return connections;
    }

    public static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** Returns a text packed by gzip, one character for each byte. */
    public static String packed(String text) {
        return packed(text, true);
    }

    /** Returns a packed text that goes on. */
    public static String packedSoFar(String text) {
        return packed(text, false);
    }

    private static String packed(String text, boolean whole) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            GZIPOutputStream gzip = new GZIPOutputStream(bytes, true);
            gzip.write(bytes(text));
            gzip.flush();
            if (whole) {
                gzip.finish();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(ISO_8859_1);
    }

    @Override
    public void close() {
        client.close();
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        services.close();
    }
}
