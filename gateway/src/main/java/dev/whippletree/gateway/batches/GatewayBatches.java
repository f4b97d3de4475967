package dev.whippletree.gateway.batches;

import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.chat.ChatRequest;
import dev.whippletree.gateway.clients.Clients;
import dev.whippletree.gateway.embeddings.EmbeddingsRequest;
import dev.whippletree.gateway.http.Patience;
import dev.whippletree.gateway.prompt.GatewayParts;
import dev.whippletree.gateway.protocol.Protocol;
import dev.whippletree.gateway.responses.ResponsesRequest;
import dev.whippletree.state.PrivateFile;
import dev.whippletree.time.Threads;
import dev.whippletree.time.Timeline;
import io.undertow.server.HttpHandler;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OpenAI's files and batches, over a folder. Runs those of its batches that nobody else runs: looks for them every few
 * seconds, and begins those of which it gets the lock. Thread-safe.
 */
public final class GatewayBatches {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayBatches.class);

    /** Files take their time. Virtual threads that wait for one, or check a large one, would block their carriers. */
    private static final Executor FILES = Threads.newPlatformExecutor("whippletree-gateway-batch");

    /** The same for requests, of which a client may send one on each of its connections. */
    static final Executor REQUESTS = Threads.newPlatformExecutor("whippletree-gateway-files", 32);

    /** As many texts as OpenAI takes: the line of their vectors can still be read. */
    private static final int MOST_TEXTS = 2_048;

    private static final Map<String, Protocol> ENDPOINTS = Map.of(
            "/v1/chat/completions", ChatRequest::read,
            "/v1/responses", ResponsesRequest::read,
            "/v1/embeddings", fields -> EmbeddingsRequest.read(fields, MOST_TEXTS));

    /** So long a batch waits at most after its replica has died, or when it was cancelled and nobody runs it. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private static final Duration SWEEP_PAUSE = Duration.ofMinutes(1);

    /** So long a folder that couldn't be used is left to others. */
    private static final Duration RETRY_PAUSE = Duration.ofMinutes(1);

    /** What is put together, or deleted, takes less. */
    private static final Duration FORGOTTEN = Duration.ofDays(1);

    /** The others of a client wait, so that one client alone doesn't take all places. */
    private static final int MOST_RUNNING_OF_A_CLIENT = 2;

    /** Each reads some lines ahead, and knows all of them by their digests. */
    private static final long MEMORY_OF_ONE = 16L * 1024 * 1024;

    /** The page shows those that have ended for so long. */
    private static final Duration SHOWN = Duration.ofDays(1);

    /**
     * A batch that waits for somebody who runs it.
     *
     * @param ends whether it only has to end: it asks nothing
     */
    private record Due(BatchPlace batch, boolean ends) {

        String tenant() {
            return batch.tenant();
        }
    }

    /** What is done in a folder. */
    private interface FolderWork {

        void run() throws IOException;
    }

    private final GatewaySettings.Batches settings;
    private final GatewayParts gateway;
    private final Timeline timeline;
    private final Executor files;
    private final TimedIds ids;
    private final long mostRunning;
    private final Map<String, BatchRunner> running = new ConcurrentHashMap<>();

    /** The folders of batches, and others, that couldn't be used here a moment ago, and why. */
    private final Map<Path, String> failing = new ConcurrentHashMap<>();

    private final Unreadable unreadable = new Unreadable();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile List<Map<String, Object>> rows = List.of();
    private volatile long open;
    private volatile boolean closed;

    // The rest is guarded by this.

    /** The rows of batches that have ended, which change no more; without content: it isn't shown any more. */
    private final Map<Path, Map<String, Object>> ended = new HashMap<>();

    /** Clients of which the log says that their batches have stopped. */
    private final Set<String> stopped = new HashSet<>();

    private final Instant began;
    private final long beganNanos;
    private @Nullable Long sweptNanos;
    private boolean warned;

    /**
     * Prepares the folder. Blocks.
     *
     * @throws IllegalStateException if the folder can't be used, saying what to do
     */
    public GatewayBatches(GatewaySettings.Batches settings, GatewayParts gateway) {
        this(settings, gateway, FILES);
    }

    /** As the other, on these threads. */
    GatewayBatches(GatewaySettings.Batches settings, GatewayParts gateway, Executor files) {
        this.settings = settings;
        this.files = files;
        this.gateway = gateway;
        this.timeline = gateway.timeline();
        this.ids = new TimedIds(timeline);
        this.mostRunning = Math.max(2, gateway.settings().bounds().memoryBytes() / MEMORY_OF_ONE);
        this.began = timeline.now();
        this.beganNanos = timeline.nanoTime();
        try {
            ClientFolder.prepare(settings);
            Path probe = ClientFolder.coming(settings).resolve(ids.next("probe-"));
            PrivateFile.create(probe);
            Files.delete(probe);
        } catch (IOException e) {
            throw new IllegalStateException(PrivateFile.refusal("gateway.batches.folder", settings.folder(), e), e);
        }
    }

    public Map<String, HttpHandler> handlers() {
        FileRequests uploads = new FileRequests(settings, gateway.bodies().pieces(files), ids);
        BatchRequests batches = new BatchRequests(ENDPOINTS.keySet(), gateway, ids, this::wake);
        return Map.of(
                "/v1/files", new StorageHandler(settings, gateway, unreadable, uploads.servings()),
                "/v1/batches", new StorageHandler(settings, gateway, unreadable, batches.servings()));
    }

    public void begin() {
        execute(this::lookAgainAndAgain, noThread -> {
            LOG.warn("No thread can be had to look for batches, which is tried again", noThread);
            lookLater();
        });
    }

    private void lookAgainAndAgain() {
        try {
            look();
        } finally {
            lookLater();
        }
    }

    private void lookLater() {
        if (!closed) {
            timeline.schedule(PAUSE.toNanos(), this::begin);
        }
    }

    /** Looks at once, in one go for all who want that meanwhile. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            execute(this::look, noThread -> woken.set(false));
        }
    }

    private void execute(Runnable work, Consumer<Throwable> noThread) {
        try {
            files.execute(work);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            noThread.accept(e);
        }
    }

    /** Returns a row for each batch that is under way or has ended lately, newest first, as it was seconds ago. */
    public List<Map<String, Object>> json() {
        return rows;
    }

    /** Returns how many haven't ended, of all replicas. */
    public long open() {
        return open;
    }

    /** Returns how many lines this process has answered. */
    public long answered() {
        return answered.sum();
    }

    /** Returns for how many lines this process has found out that they get no answer. */
    public long failed() {
        return failed.sum();
    }

    private synchronized void look() {
        woken.set(false);
        if (closed) {
            return;
        }
        try {
            List<Due> waiting = new ArrayList<>();
            List<Map<String, Object>> seen = new ArrayList<>();
            Set<Path> there = new HashSet<>();
            for (ClientFolder client : ClientFolder.all(settings)) {
                attempt(client.folder(), () -> {
                    for (Path place : client.places()) {
                        there.add(place);
                        attempt(place, () -> see(place, seen, waiting));
                    }
                });
            }
            ended.keySet().retainAll(there);
            ended.replaceAll((place, row) -> isShown(row) ? row : Map.of());
            rows = seen.stream()
                    .filter(this::isShown)
                    .sorted(Comparator.<Map<String, Object>>comparingLong(row -> BatchPlace.number(row, "created_at"))
                            .reversed())
                    .toList();
            open = rows.stream().filter(GatewayBatches::isOpen).count();
            tellOfStopped(seen);
            claim(waiting);
            sweep();
            if (warned) {
                LOG.info("gateway.batches.folder: {} can be read again; its batches go on", settings.folder());
                failing.clear();
            }
            warned = false;
        } catch (Throwable e) {
            if (!warned) {
                LOG.warn("gateway.batches.folder: {} can't be read now, and is tried again", settings.folder(), e);
            }
            warned = true;
        }
    }

    /** If something fails in a folder, it is left, and the other folders aren't held up. One may be gone by now. */
    private void attempt(Path folder, FolderWork work) {
        try {
            work.run();
        } catch (NoSuchFileException e) {
            LOG.debug("{} has been deleted meanwhile", folder, e);
        } catch (IOException | RuntimeException e) {
            leave(folder, e);
        }
    }

    private void see(Path place, List<Map<String, Object>> seen, List<Due> waiting) {
        try {
            seen.add(row(place, waiting));
        } catch (IOException e) {
            unreadable.add(place, e);
        }
    }

    /** Returns the row of a batch, and adds the batch to those that wait if it does. */
    private Map<String, Object> row(Path place, List<Due> waiting) throws IOException {
        Map<String, Object> known = ended.get(place);
        Optional<BatchPlace> batch = known == null ? BatchPlace.read(place) : Optional.empty();
        if (batch.isEmpty()) {
            return known == null ? Map.of() : known;
        }
        Map<String, Object> row = batch.get().json(true, timeline.now().getEpochSecond());
        unreadable.remove(place);
        row.put("client", batch.get().tenant());
        if (!isOpen(row)) {
            ended.put(place, row);
            return row;
        }
        boolean ends = ends(row);
        if (isDue(batch.get(), ends)) {
            waiting.add(new Due(batch.get(), ends));
        }
        return row;
    }

    /** Tells once that batches have stopped, whose client the configuration doesn't have any more. */
    private void tellOfStopped(List<Map<String, Object>> seen) {
        Clients clients = gateway.access().get().clients();
        Map<String, Long> now = seen.stream()
                .filter(row -> isOpen(row) && !ends(row))
                .map(row -> String.valueOf(row.get("client")))
                .filter(client -> clients.named(client).isEmpty())
                .collect(Collectors.groupingBy(client -> client, TreeMap::new, Collectors.counting()));
        now.forEach((client, batches) -> {
            if (stopped.add(client)) {
                LOG.info(
                        "The configuration has no client '{}': its batches ({} under way) stop until it is back",
                        client,
                        batches);
            }
        });
        stopped.retainAll(now.keySet());
    }

    private boolean ends(Map<String, Object> row) {
        return "cancelling".equals(row.get("status"))
                || BatchPlace.number(row, "expires_at") <= timeline.now().getEpochSecond();
    }

    private static boolean isOpen(Map<String, Object> row) {
        return row.containsKey(BatchPlace.FORESIGHT);
    }

    private boolean isShown(Map<String, Object> row) {
        Instant at = Instant.ofEpochSecond(BatchPlace.endedAt(row));
        return isOpen(row) || at.plus(SHOWN).isAfter(timeline.now());
    }

    /** One whose client is gone waits until it is back, unless it is to end. */
    private boolean isDue(BatchPlace batch, boolean ends) {
        return !running.containsKey(batch.id())
                && !failing.containsKey(batch.folder())
                && (ends
                        || gateway.access()
                                .get()
                                .clients()
                                .named(batch.tenant())
                                .isPresent());
    }

    /**
     * Begins those of clients first that have fewest under way, and the oldest ones. Those that only have to end wait
     * for none that may run for days: if all places are taken, they have one more.
     */
    private void claim(List<Due> waiting) {
        Map<String, Integer> ofClient = new HashMap<>();
        running.values().forEach(runner -> ofClient.merge(runner.batch().tenant(), 1, Integer::sum));
        waiting.sort(Comparator.<Due>comparingInt(due -> ofClient.getOrDefault(due.tenant(), 0))
                .thenComparingLong(due -> due.batch().number("created_at")));
        for (Due due : waiting) {
            boolean hasPlace = due.ends()
                    ? running.size() <= mostRunning
                    : running.size() < mostRunning && ofClient.getOrDefault(due.tenant(), 0) < MOST_RUNNING_OF_A_CLIENT;
            if (hasPlace && claim(due.batch())) {
                ofClient.merge(due.tenant(), 1, Integer::sum);
            }
        }
    }

    private boolean claim(BatchPlace batch) {
        Protocol protocol = ENDPOINTS.get(batch.text("endpoint"));
        if (protocol == null) {
            LOG.debug("{} is of a newer version, which has its endpoint", batch.folder());
            return false;
        }
        try {
            Optional<Path> input = ClientFolder.of(settings, batch.tenant()).input(batch);
            Optional<Closeable> lock = BatchFile.lock(batch.answers());
            lock.ifPresent(held -> begin(batch, held, input, protocol));
            return lock.isPresent();
        } catch (IOException e) {
            leave(batch.folder(), e);
            return false;
        }
    }

    private void begin(BatchPlace batch, Closeable lock, Optional<Path> input, Protocol protocol) {
        BatchLines lines = new BatchLines(batch, protocol, gateway.access());
        BatchRunner runner = new BatchRunner(batch, lock, input, lines, gateway, this::count, files);
        running.put(batch.id(), runner);
        var unused = runner.over().whenComplete((hasEnded, failure) -> {
            if (failure != null) {
                leave(batch.folder(), failure);
            }
            running.remove(batch.id());
            if (failure == null && hasEnded) {
                wake();
            }
        });
        if (closed) {
            runner.stop();
        }
        execute(runner::begin, runner::giveUp);
    }

    private void count(BatchResult result) {
        (result instanceof BatchResult.Answered ? answered : failed).increment();
    }

    /** Warns unless the failure is the one of a moment ago. */
    void leave(Path folder, Throwable why) {
        String before = failing.put(folder, why.toString());
        if (!why.toString().equals(before)) {
            LOG.warn("{} can't be used now, and is tried again in a minute", folder, why);
        }
        if (before == null) {
            timeline.schedule(RETRY_PAUSE.toNanos(), () -> failing.remove(folder));
        }
    }

    /** A clock that is set forward deletes nothing: since the start, no more time has passed than really has. */
    private void sweep() throws IOException {
        long nanos = timeline.nanoTime();
        if (sweptNanos != null && nanos - sweptNanos < SWEEP_PAUSE.toNanos()) {
            return;
        }
        sweptNanos = nanos;
        Instant really = began.plusNanos(nanos - beganNanos);
        Instant now = really.isBefore(timeline.now()) ? really : timeline.now();
        for (ClientFolder client : ClientFolder.all(settings)) {
            attempt(client.folder(), () -> {
                client.sweep(now.getEpochSecond(), unreadable::add, unreadable::remove);
                unreadable.remove(client.folder());
            });
        }
        for (Path left : WholeFiles.list(ClientFolder.coming(settings))) {
            attempt(left, () -> {
                if (Files.getLastModifiedTime(left).toInstant().plus(FORGOTTEN).isBefore(now)) {
                    WholeFiles.delete(left);
                }
            });
        }
    }

    /**
     * Asks no further line, and awaits the calls under way.
     *
     * @param grace how long; what is left then is asked again by whoever goes on
     * @return completes when nothing runs any more
     */
    public CompletableFuture<Void> close(Duration grace) {
        closed = true;
        List<BatchRunner> left = List.copyOf(running.values());
        left.forEach(BatchRunner::stop);
        CompletableFuture<Void> all =
                CompletableFuture.allOf(left.stream().map(BatchRunner::over).toArray(CompletableFuture<?>[]::new));
        return Patience.atMost(grace, all, timeline).thenCompose(quiet -> {
            left.forEach(BatchRunner::abort);
            return Patience.atMost(PAUSE, all, timeline);
        });
    }
}
