package dev.whippletree.tests.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import redis.embedded.RedisServer;

/** A real Redis server on a free port, that can be killed, frozen and started again. Confined to one thread. */
public final class RedisProcess implements AutoCloseable {

    private final int port;
    private final RedisServer server;
    private ProcessHandle process = ProcessHandle.current();

    private RedisProcess(int port) {
        this.port = port;
        this.server = build(port);
    }

    /** Returns a server that isn't started; skips the test where there is no binary for this system. */
    static RedisProcess prepared() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new RedisProcess(free.getLocalPort());
        }
    }

    /** Returns a server that runs; skips the test where there is no binary for this system. */
    public static RedisProcess started() throws IOException {
        RedisProcess redis = prepared();
        redis.start();
        return redis;
    }

    /** Returns where it is, as clients want to be told. */
    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Returns the settings of a cache tier on this server. */
    Map<String, String> settings() {
        return Map.of("uri", uri());
    }

    /** Starts it, empty. Blocks until it listens. One at a time, so that it is known which process is which. */
    void start() throws IOException {
        synchronized (RedisProcess.class) {
            List<ProcessHandle> before = ProcessHandle.current().children().toList();
            server.start();
            process = ProcessHandle.current()
                    .children()
                    .filter(child -> !before.contains(child))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Ends it at once, as a crash does. */
    void kill() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        server.stop();
    }

    /** Stops it where it is: it keeps its connections, takes new ones, and answers nothing. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets it go on. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    @Override
    public void close() throws IOException {
        if (server.isActive()) {
            kill();
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        Assumptions.assumeTrue(kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0, "no kill command here");
    }

    private static RedisServer build(int port) {
        try {
            return RedisServer.builder()
                    .port(port)
                    .setting("save \"\"")
                    .setting("bind 127.0.0.1")
                    .build();
        } catch (RuntimeException e) {
            return Assumptions.abort("skipped: there is no Redis binary for this system (" + e + ")");
        }
    }
}
