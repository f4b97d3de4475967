package dev.whippletree.gateway.batches;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.batches.Ending.How;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.http.ReceivedBody;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.prompt.GatewayParts;
import dev.whippletree.spi.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Serves OpenAI's batches: create, list, retrieve, cancel. Thread-safe. */
final class BatchRequests {

    private static final int USUALLY_LISTED = 20;
    private static final int MOST_LISTED = 100;
    private static final int MOST_METADATA = 16;
    private static final int MOST_KEY_CHARACTERS = 64;
    private static final int MOST_VALUE_CHARACTERS = 512;
    private static final Duration LONGEST_WINDOW = Duration.ofDays(365);

    /** It is kept with the batch as it was given, also with blanks around it. */
    private static final int MOST_WINDOW_CHARACTERS = 20;

    private final Collection<String> endpoints;
    private final GatewayParts gateway;
    private final TimedIds ids;
    private final Runnable changed;

    /**
     * Creates it.
     *
     * @param changed is run when there is a batch to be begun or to be ended
     */
    BatchRequests(Collection<String> endpoints, GatewayParts gateway, TimedIds ids, Runnable changed) {
        this.endpoints = new TreeSet<>(endpoints);
        this.gateway = gateway;
        this.ids = ids;
        this.changed = changed;
    }

    /** Returns what serves them, for a {@link StorageHandler}. */
    Map<String, Consumer<StorageRequest>> servings() {
        return Map.of(
                "POST ", this::receive,
                "GET ", request -> request.answer(() -> list(request)),
                "GET /<id>", request -> request.answer(() -> json(need(request), request)),
                "POST /<id>/cancel", request -> request.answer(() -> cancel(need(request), request)));
    }

    private Map<String, Object> list(StorageRequest request) throws IOException {
        return request.page(request.folder().batches(), USUALLY_LISTED, MOST_LISTED, batch -> json(batch, request));
    }

    private Map<String, Object> json(BatchPlace batch, StorageRequest request) throws IOException {
        return batch.json(request.accountsShown(), now());
    }

    private long now() {
        return gateway.timeline().now().getEpochSecond();
    }

    private static BatchPlace need(StorageRequest request) throws IOException {
        return request.folder()
                .batch(request.id())
                .orElseThrow(() ->
                        new RequestException(ApiError.noSuchPlace("No batch found with id '" + request.id() + "'.")
                                .about("batch_id")));
    }

    /** A batch that is being cancelled, or was, stays so: a client that repeats its request gets the same answer. */
    private Map<String, Object> cancel(BatchPlace batch, StorageRequest request) throws IOException {
        if (batch.decide(How.CANCELLED, now())) {
            changed.run();
        }
        Map<String, Object> json = json(batch, request);
        How decided = batch.decided().how();
        if (decided != How.CANCELLED) {
            // The API has no status of a batch that is about to fail.
            Object status = decided == How.FAILED ? decided.status() : json.get("status");
            throw new RequestException(ApiError.batchEnded("Cannot cancel a batch with status '" + status + "'."));
        }
        return json;
    }

    private void receive(StorageRequest request) {
        gateway.bodies()
                .receive(
                        request.exchange(),
                        request.tenant(),
                        (received, body) -> request.answer(() -> json(create(request, body), request)));
    }

    private BatchPlace create(StorageRequest request, ReceivedBody body) throws IOException {
        try {
            return create(request, body.fields());
        } catch (IllegalArgumentException e) {
            throw RequestException.of(e);
        }
    }

    private BatchPlace create(StorageRequest request, Fields fields) throws IOException {
        String inputId = fields.needed("input_file_id");
        String endpoint = fields.needed("endpoint");
        String window = fields.needed("completion_window");
        long seconds = seconds(fields, window);
        Map<String, Object> metadata = metadata(fields);
        if (!endpoints.contains(endpoint)) {
            throw fields.wrong(
                    "endpoint", "must be one of " + String.join(", ", endpoints) + ", not '" + endpoint + "'");
        }
        StoredFile input = input(request, inputId)
                .orElseThrow(() -> new RequestException(
                        ApiError.noSuchPlace("No such File object: " + inputId).about("input_file_id")));
        if (!input.purpose().equals(StoredFile.INPUT)) {
            throw fields.wrong(
                    "input_file_id",
                    "must be a file with the purpose 'batch', and " + inputId + " has the purpose '" + input.purpose()
                            + "'");
        }
        String id = ids.next(ClientFolder.BATCH);
        long now = TimedIds.second(id.substring(ClientFolder.BATCH.length()));
        Map<String, ?> asked = GatewayJson.of(
                "id",
                id,
                "object",
                "batch",
                "client",
                request.tenant(),
                "endpoint",
                endpoint,
                "input_file_id",
                inputId,
                "completion_window",
                window,
                "created_at",
                now,
                "expires_at",
                now + seconds,
                "lines",
                input.number("lines"),
                "metadata",
                metadata.isEmpty() ? null : metadata);
        BatchPlace created;
        synchronized (this) {
            request.folder().checkRoom(input);
            created = request.folder().create(id, asked);
        }
        changed.run();
        return created;
    }

    private static Optional<StoredFile> input(StorageRequest request, String id) {
        try {
            return request.folder().file(id);
        } catch (IOException e) {
            request.unreadable().add(request.folder().place(id), e);
            throw new RequestException(ApiError.storageUnreadable(id));
        }
    }

    private static long seconds(Fields fields, String window) {
        if (window.length() > MOST_WINDOW_CHARACTERS) {
            throw fields.wrong("completion_window", "must be 1s to 365d, such as 24h");
        }
        long seconds = seconds(window);
        if (seconds < 1 || seconds > LONGEST_WINDOW.toSeconds()) {
            throw fields.wrong("completion_window", "must be 1s to 365d, such as 24h, not '" + window + "'");
        }
        return seconds;
    }

    /** Returns 0 for what is no duration. */
    private static long seconds(String window) {
        try {
            return Settings.parseDuration(window).toSeconds();
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }

    private static Map<String, Object> metadata(Fields fields) {
        Map<String, Object> metadata =
                fields.object("metadata").map(Fields::rest).orElse(Map.of());
        boolean right = metadata.entrySet().stream()
                .allMatch(entry -> entry.getKey().length() <= MOST_KEY_CHARACTERS
                        && entry.getValue() instanceof String text
                        && text.length() <= MOST_VALUE_CHARACTERS);
        if (!right || metadata.size() > MOST_METADATA) {
            throw fields.wrong("metadata", "may have 16 texts of 512 characters, under names of 64");
        }
        return metadata;
    }
}
