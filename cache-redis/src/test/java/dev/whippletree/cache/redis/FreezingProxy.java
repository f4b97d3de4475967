package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A way to a server on which connections can be frozen: they stay open, and nothing passes any more. New ones pass.
 * Thread-safe.
 */
final class FreezingProxy implements AutoCloseable {

    private final int port;
    private final ServerSocket listening;
    private final List<Passage> passages = new CopyOnWriteArrayList<>();

    private FreezingProxy(int port) throws IOException {
        this.port = port;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Returns a proxy before a server on this machine. */
    static FreezingProxy before(int port) throws IOException {
        FreezingProxy proxy = new FreezingProxy(port);
        start(proxy::accept);
        return proxy;
    }

    String uri() {
        return "redis://127.0.0.1:" + listening.getLocalPort();
    }

    /** Returns how many connections there have been. */
    int connections() {
        return passages.size();
    }

    /** Returns how many connections there have been on which a text was sent to the server. */
    long connectionsThatSent(String text) {
        return passages.stream().filter(passage -> passage.hasSent(text)).count();
    }

    /** Freezes all connections that there are. */
    void freeze() {
        passages.forEach(Passage::freeze);
    }

    /** Freezes the connections on which a text was sent to the server. */
    void freezeThoseThatSent(String text) {
        passages.stream().filter(passage -> passage.hasSent(text)).forEach(Passage::freeze);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Passage passage : passages) {
            passage.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Passage passage = new Passage(listening.accept(), new Socket(InetAddress.getLoopbackAddress(), port));
                passages.add(passage);
                start(passage::passQuestions);
                start(passage::passAnswers);
            }
        } catch (IOException e) {
            // The proxy is closed.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "freezing-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static final class Passage {

        private final Socket client;
        private final Socket server;
        private final StringBuffer sent = new StringBuffer();
        private volatile boolean frozen;

        Passage(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        boolean hasSent(String text) {
            return sent.indexOf(text) >= 0;
        }

        void freeze() {
            frozen = true;
        }

        void passQuestions() {
            pass(client, server, true);
        }

        void passAnswers() {
            pass(server, client, false);
        }

        /** What arrives while it is frozen is swallowed. */
        private void pass(Socket from, Socket to, boolean question) {
            byte[] buffer = new byte[8_192];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    if (question) {
                        sent.append(new String(buffer, 0, length, ISO_8859_1));
                    }
                    if (!frozen) {
                        out.write(buffer, 0, length);
                    }
                }
                close();
            } catch (IOException e) {
                // One side has gone, and so has the other.
            }
        }

        void close() throws IOException {
            client.close();
            server.close();
        }
    }
}
