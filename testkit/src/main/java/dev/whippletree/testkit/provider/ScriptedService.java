package dev.whippletree.testkit.provider;

import dev.whippletree.testkit.Stages;
import dev.whippletree.testkit.provider.ScriptedReply.Ending;
import dev.whippletree.time.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A scripted service: an HTTP/1.1 server on loopback that answers each request with the next reply of its script.
 *
 * <p>A request without a scripted reply gets status 599. Waiting methods give up after {@value #PATIENCE_SECONDS}
 * seconds with an {@link AssertionError}. Thread-safe.
 */
public final class ScriptedService implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 30;
    private static final Stages STAGES = new Stages();
    private static final ScriptedReply NOTHING_SCRIPTED =
            ScriptedReply.json(599, "{\"error\":\"more requests arrived than replies were scripted\"}");

    private final ServerSocket server;
    private final ExecutorService threads = Threads.newExecutor("scripted-service");
    private final Queue<ScriptedReply> script = new ConcurrentLinkedQueue<>();
    private final List<ScriptedRequest> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Semaphore arrivals = new Semaphore(0);
    private final Semaphore brokenOff = new Semaphore(0);
    private final CompletableFuture<Void> accepting;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** Starts a service on a free port. */
    public ScriptedService() {
        try {
            server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accepting = CompletableFuture.runAsync(this::accept, threads);
    }

    /** Returns where it is: {@code http://127.0.0.1:port}, without a slash behind. */
    public String address() {
        return "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    /** Appends a reply to the script. */
    public void reply(ScriptedReply reply) {
        script.add(reply);
    }

    /** Makes it hold back every reply until so many requests have arrived, counted from now. */
    public void holdUntil(int calls) {
        gate = new CountDownLatch(calls);
    }

    /** Returns the requests that have arrived so far, in order. */
    public List<ScriptedRequest> requests() {
        return List.copyOf(requests);
    }

    /** Blocks until so many requests have arrived that no call of this method has waited for. */
    public void awaitCalls(int calls) {
        await(arrivals, calls, "requests to arrive");
    }

    /** Blocks until so many clients have closed a connection on which they were still owed something. */
    public void awaitBrokenOff(int calls) {
        await(brokenOff, calls, "calls to be broken off");
    }

    private static void await(Semaphore semaphore, int count, String what) {
        try {
            if (!semaphore.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("timed out waiting for " + count + " " + what);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                threads.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            // It was closed: that is how this loop ends.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            ScriptedConnection connection = new ScriptedConnection(socket);
            while (serveOne(connection)) {}
        } catch (IOException e) {
            brokenOff.release();
        } finally {
            sockets.remove(socket);
        }
    }

    private boolean serveOne(ScriptedConnection connection) throws IOException {
        @Nullable ScriptedRequest request = connection.read();
        if (request == null) {
            return false;
        }
        requests.add(request);
        arrivals.release();
        passGate();
        @Nullable ScriptedReply next = script.poll();
        ScriptedReply reply = next == null ? NOTHING_SCRIPTED : next;
        boolean more = connection.send(reply);
        finish(connection, reply.ending());
        return more;
    }

    private void passGate() throws IOException {
        CountDownLatch passing = gate;
        passing.countDown();
        try {
            passing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("closed", e);
        }
    }

    private void finish(ScriptedConnection connection, Ending ending) {
        if (ending == Ending.HANGING || ending == Ending.SILENT) {
            connection.awaitClosed();
            brokenOff.release();
        }
    }

    /** Breaks every connection and stops. */
    @Override
    public void close() {
        try {
            server.close();
            // Until the thread that accepts has noticed, the system still lets somebody in.
            STAGES.join(accepting, "accepting connections");
            threads.shutdownNow();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
