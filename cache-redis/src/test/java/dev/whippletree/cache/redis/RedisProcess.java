package dev.whippletree.cache.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import redis.embedded.RedisServer;
import redis.embedded.RedisServerBuilder;

/** A real Redis server of a test's own, on a free port, that can be killed and frozen. Confined. */
final class RedisProcess implements AutoCloseable {

    private final int port;
    private final List<String> settings;
    private final RedisServer server;
    private ProcessHandle process = ProcessHandle.current();

    private RedisProcess(int port, List<String> settings) {
        this.port = port;
        this.settings = settings;
        this.server = build();
    }

    /** Returns a server that isn't started; skips the test where there is no binary for this system. */
    static RedisProcess prepared(String... settings) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new RedisProcess(free.getLocalPort(), List.of(settings));
        }
    }

    static RedisProcess started(String... settings) throws IOException {
        RedisProcess redis = prepared(settings);
        redis.start();
        return redis;
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    void start() {
        List<ProcessHandle> before = ProcessHandle.current().children().toList();
        server.start();
        process = ProcessHandle.current()
                .children()
                .filter(child -> !before.contains(child))
                .findFirst()
                .orElseThrow();
    }

    /** Ends the server at once, as a crash does. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
        server.stop();
    }

    /** Stops the server where it is: it keeps its connections, and takes new ones, and answers nothing. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    @Override
    public void close() {
        if (server.isActive()) {
            kill();
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        Assumptions.assumeTrue(kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0, "no kill command here");
    }

    private RedisServer build() {
        try {
            RedisServerBuilder builder =
                    RedisServer.builder().port(port).setting("save \"\"").setting("bind 127.0.0.1");
            settings.forEach(builder::setting);
            return builder.build();
        } catch (RuntimeException e) {
            return Assumptions.abort("skipped: there is no Redis binary for this system (" + e + ")");
        }
    }
}
