package dev.whippletree.cache.redis;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import redis.embedded.RedisExecProvider;
import redis.embedded.RedisServer;
import redis.embedded.RedisServerBuilder;
import redis.embedded.util.OSDetector;

/** A real Redis server of a test's own, on a free port, that can be killed and frozen. Confined. */
final class RedisProcess implements AutoCloseable {

    private final RedisExecProvider binary;
    private final int port;
    private final List<String> settings;
    private final RedisServer server;
    private ProcessHandle process = ProcessHandle.current();

    private RedisProcess(RedisExecProvider binary, List<String> settings) throws IOException {
        this.binary = binary;
        this.port = freePort();
        this.settings = settings;
        this.server = build();
    }

    /** Returns a server that isn't started; skips the test where there is no binary for this system. */
    static RedisProcess prepared(String... settings) throws IOException {
        return new RedisProcess(RedisExecProvider.defaultProvider(), List.of(settings));
    }

    /** Returns a Valkey server instead, of the binary that {@link #valkeyBinary()} finds. */
    static RedisProcess startedValkey(String... settings) throws IOException {
        String path = valkeyBinary().orElseThrow().toString();
        RedisProcess valkey = new RedisProcess(
                RedisExecProvider.defaultProvider().override(OSDetector.getOS(), path), List.of(settings));
        valkey.start();
        return valkey;
    }

    /** Returns where {@code valkey-server} is on the path. */
    static Optional<Path> valkeyBinary() {
        String folders = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return Stream.of(folders.split(File.pathSeparator))
                .map(folder -> Path.of(folder, "valkey-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
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
            RedisServerBuilder builder = RedisServer.builder()
                    .redisExecProvider(binary)
                    .port(port)
                    .setting("save \"\"")
                    .setting("bind 127.0.0.1");
            settings.forEach(builder::setting);
            return builder.build();
        } catch (RuntimeException e) {
            return Assumptions.abort("skipped: there is no Redis binary for this system (" + e + ")");
        }
    }
}
