package dev.whippletree.gateway.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.state.PrivateFile;
import dev.whippletree.time.Timeline;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records each prompt of a gateway in a line of JSON, without its text. Thread-safe; only opening and closing block.
 *
 * <p>Lines wait in memory until the timeline writes them, a second later at most. What finds no room there, or can't be
 * written, is lost; that is counted, and logged once a minute at most. Each process writes files of its own. Times
 * count on from when the trace was opened, so setting the clock doesn't change them.
 */
public final class Trace implements AutoCloseable {

    static final int MOST_WAITING = 10_000;
    static final int MOST_FILES = 16;
    static final Duration PAUSE = Duration.ofSeconds(1);
    static final Duration LOG_PAUSE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Trace.class);
    private static final long MOST_FILE_BYTES = 8_000_000;
    private static final String ALGORITHM = "HmacSHA256";
    private static final int DIGEST_BYTES = 8;
    private static final String TOO_MANY = "more than " + MOST_WAITING + " ended within a second";

    private final Path folder;
    private final long mostFileBytes;
    private final Timeline timeline;
    private final Key key;
    private final Instant opened;
    private final long openedNanos;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicBoolean due = new AtomicBoolean();
    private final LongAdder lost = new LongAdder();

    // All guarded by this.
    private Optional<Path> file = Optional.empty();
    private String reason = TOO_MANY;
    private long logged;
    private long loggedNanos;

    private Trace(Path folder, long mostFileBytes, Timeline timeline, Key key) {
        this.folder = folder;
        this.mostFileBytes = mostFileBytes;
        this.timeline = timeline;
        this.key = key;
        this.opened = timeline.now();
        this.openedNanos = timeline.nanoTime();
    }

    /**
     * Opens a trace. Blocks while it creates the folder, and the key of its digests, where they aren't there.
     *
     * @throws IllegalArgumentException if the folder can't be used, saying what to do
     */
    public static Trace open(Path folder, Timeline timeline) {
        return open(folder, MOST_FILE_BYTES, timeline);
    }

    static Trace open(Path folder, long mostFileBytes, Timeline timeline) {
        try {
            PrivateFile.createFolder(folder);
            if (!Files.isWritable(folder)) {
                throw new IOException("it isn't writable");
            }
            return new Trace(folder, mostFileBytes, timeline, key(folder.resolve("trace.key")));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(PrivateFile.refusal("gateway.trace", folder, e), e);
        }
    }

    /** All processes and all times have the same key, so that equal prompts have the same digest. */
    private static Key key(Path file) throws IOException, GeneralSecurityException {
        if (!Files.exists(file)) {
            Key random = KeyGenerator.getInstance(ALGORITHM).generateKey();
            try {
                PrivateFile.write(file, HexFormat.of().formatHex(random.getEncoded()));
            } catch (FileAlreadyExistsException e) {
                // Another process was faster.
            }
        }
        return new SecretKeySpec(Files.readAllBytes(file), ALGORITHM);
    }

    /** Without the key, it can't be tested which text a digest belongs to. */
    private String digest(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)), 0, DIGEST_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each JDK has " + ALGORITHM, e);
        }
    }

    /** A prompt whose request is under way. Thread-safe. */
    public final class TracedPrompt {

        private final long beganNanos = timeline.nanoTime();

        /** Guarded by this. */
        private final Map<String, Object> line = new LinkedHashMap<>();

        private TracedPrompt(String equal, Prompt prompt, long estimate) {
            line.put("at", now().truncatedTo(ChronoUnit.MILLIS).toString());
            line.put("key", digest(equal));
            line.put("prompt_tokens", estimate);
            prompt.parameters().maxTokens().ifPresent(most -> line.put("max_tokens", most));
            prompt.session().ifPresent(session -> line.put("session", digest(prompt.tenant() + '\n' + session)));
            if (!prompt.tenant().isEmpty()) {
                line.put("client", prompt.tenant());
            }
            prompt.route().ifPresent(route -> line.put("route", route));
        }

        /** Its answer is complete; its client may ask the next prompt before its request is over. */
        public synchronized void answered(Optional<TokenUsage> usage) {
            usage.ifPresent(counted -> {
                line.put("prompt_tokens", counted.promptTokens());
                line.put("completion_tokens", counted.completionTokens());
            });
            took();
        }

        private void took() {
            line.putIfAbsent(
                    "took_ms",
                    Duration.ofNanos(timeline.nanoTime() - beganNanos).toMillis());
        }

        /** Its request is over. Call it once. */
        public synchronized void end() {
            took();
            if (!waiting.offer(GatewayJson.text(line) + "\n")) {
                lost.increment();
            }
            if (due.compareAndSet(false, true)) {
                timeline.schedule(PAUSE.toNanos(), Trace.this::write);
            }
        }
    }

    /**
     * Begins to trace a prompt.
     *
     * @param equal the key that it has in common with equal prompts; if it takes no stored answer, it equals none
     * @param estimate its tokens, in case that the service doesn't count them
     */
    public TracedPrompt begin(CacheKey equal, Prompt prompt, long estimate) {
        String own = prompt.cache().read()
                ? ""
                : HexFormat.of().toHexDigits(timeline.random().nextLong());
        return new TracedPrompt(equal.digest() + own, prompt, estimate);
    }

    public long lost() {
        return lost.sum();
    }

    private Instant now() {
        return opened.plusNanos(timeline.nanoTime() - openedNanos);
    }

    private synchronized void write() {
        due.set(false);
        List<String> lines = new ArrayList<>();
        waiting.drainTo(lines);
        try {
            append(ByteBuffer.wrap(String.join("", lines).getBytes(UTF_8)));
        } catch (IOException e) {
            lost.add(lines.size());
            reason = e.toString();
        }
        long all = lost.sum();
        long nowNanos = timeline.nanoTime();
        if (all > logged && (logged == 0 || nowNanos - loggedNanos >= LOG_PAUSE.toNanos())) {
            LOG.warn("The trace in {} lacks prompts, {} since the start: {}", folder, all, reason);
            logged = all;
            loggedNanos = nowNanos;
            reason = TOO_MANY;
        }
    }

    /** Appends lines as a whole or not at all. */
    private void append(ByteBuffer lines) throws IOException {
        if (!lines.hasRemaining()) {
            return;
        }
        Path open = file.orElseGet(this::next);
        file = Optional.of(open);
        try (FileChannel channel =
                PrivateFile.open(open, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE))) {
            long before = channel.size();
            try {
                channel.position(before);
                while (lines.hasRemaining()) {
                    channel.write(lines);
                }
            } catch (IOException e) {
                channel.truncate(before);
                throw e;
            }
            if (channel.size() >= mostFileBytes) {
                file = Optional.empty();
            }
        }
    }

    /** Makes room for another file: those go that were written to longest ago, of whatever process. */
    private Path next() {
        File[] parts = folder.toFile().listFiles((place, name) -> name.matches("trace-.*\\.jsonl"));
        if (parts != null) {
            Stream.of(parts)
                    .sorted(Comparator.comparingLong(File::lastModified)
                            .thenComparing(File::getName)
                            .reversed())
                    .skip(MOST_FILES - 1)
                    .forEach(File::delete);
        }
        String begun = now().truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "");
        String unique = HexFormat.of().toHexDigits(timeline.random().nextInt());
        return folder.resolve("trace-" + begun + "-" + unique + ".jsonl");
    }

    /** Writes what waits. Blocks until that is done. */
    @Override
    public void close() {
        write();
    }
}
