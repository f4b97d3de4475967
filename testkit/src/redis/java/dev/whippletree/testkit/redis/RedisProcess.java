package dev.whippletree.testkit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
public final class RedisProcess implements AutoCloseable {

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
    public static RedisProcess prepared(String... settings) throws IOException {
        return new RedisProcess(RedisExecProvider.defaultProvider(), List.of(settings));
    }

    /** Returns a server of the system's own instead, of the binary that {@link #installedBinary()} finds. */
    public static RedisProcess startedInstalled(String... settings) throws IOException {
        String path = installedBinary().orElseThrow().toString();
        RedisProcess installed = new RedisProcess(
                RedisExecProvider.defaultProvider().override(OSDetector.getOS(), path), List.of(settings));
        installed.start();
        return installed;
    }

    /** Returns where {@code valkey-server} is on the path, else where {@code redis-server} is. */
    public static Optional<Path> installedBinary() {
        String folders = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return Stream.of("valkey-server", "redis-server")
                .flatMap(name -> Stream.of(folders.split(File.pathSeparator)).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Returns a port that nobody listens on. */
    public static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** Returns a server that runs; skips the test where there is no binary for this system. */
    public static RedisProcess started(String... settings) throws IOException {
        RedisProcess redis = prepared(settings);
        redis.start();
        return redis;
    }

    /** Returns where it is, as clients want to be told. */
    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Returns the settings of a cache tier on this server. */
    public Map<String, String> settings() {
        return Map.of("uri", uri());
    }

    /** Returns where it listens. */
    public int port() {
        return port;
    }

    /** Starts it, empty. Blocks until it listens. */
    public void start() {
        // One at a time, so that it is known which process is which.
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

    /** Ends the server at once, as a crash does. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
        server.stop();
    }

    /** Stops the server where it is: it keeps its connections, and takes new ones, and answers nothing. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets it go on. */
    public void resume() throws IOException, InterruptedException {
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
        assertThat(kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0)
                .as("Redis, process %d, takes the signal %s", process.pid(), name)
                .isTrue();
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
