package dev.whippletree.gateway.batches;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.BodyPieces;
import dev.whippletree.gateway.http.RequestException;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/** Serves OpenAI's files: upload, list, retrieve, content, delete. Thread-safe. */
final class FileRequests {

    private static final int MOST_LISTED = 10_000;

    private final GatewaySettings.Batches settings;
    private final BodyPieces bodies;
    private final TimedIds ids;

    /** Those that have begun, of all clients. Guarded by itself. */
    private final List<Upload> underWay = new ArrayList<>();

    FileRequests(GatewaySettings.Batches settings, BodyPieces bodies, TimedIds ids) {
        this.settings = settings;
        this.bodies = bodies;
        this.ids = ids;
    }

    /** Returns what serves them, for a {@link StorageHandler}. */
    Map<String, Consumer<StorageRequest>> servings() {
        return Map.of(
                "POST ", this::upload,
                "GET ", request -> request.answer(() -> list(request)),
                "GET /<id>", request -> request.answer(() -> need(request).json()),
                "DELETE /<id>", request -> request.answer(() -> delete(request)),
                "GET /<id>/content", request -> request.answer(() -> sending(request)));
    }

    private static Map<String, Object> list(StorageRequest request) throws IOException {
        Optional<String> purpose = request.parameter("purpose");
        List<StoredFile> files = request.folder().files().stream()
                .filter(file -> purpose.isEmpty() || purpose.get().equals(file.purpose()))
                .toList();
        return request.page(files, MOST_LISTED, MOST_LISTED, StoredFile::json);
    }

    private static StoredFile need(StorageRequest request) throws IOException {
        return request.folder()
                .file(request.id())
                .orElseThrow(() -> new RequestException(ApiError.noSuchPlace("No such File object: " + request.id())
                        .about("id")));
    }

    private static Map<String, Object> delete(StorageRequest request) throws IOException {
        request.folder().delete(need(request));
        return Map.of("id", request.id(), "object", "file", "deleted", true);
    }

    private Runnable sending(StorageRequest request) throws IOException {
        StoredFile file = need(request);
        FileChannel content = FileChannel.open(WholeFiles.regular(file.content()), StandardOpenOption.READ);
        return () -> bodies.send(request.exchange(), request.tenant(), content, file.number("bytes"));
    }

    private void upload(StorageRequest request) {
        HttpServerExchange exchange = request.exchange();
        String type = Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE))
                .orElse("");
        String boundary = Upload.value(type, "boundary");
        if (!type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data") || boundary.isEmpty()) {
            throw new RequestException(ApiError.wrong(
                    "file", "send multipart/form-data with a boundary, and the fields 'purpose' and 'file'"));
        }
        Upload upload = new Upload(
                request.folder(),
                ids.next("upload-"),
                exchange.getRequestContentLength(),
                underWay,
                boundary,
                exchange.getConnection().getByteBufferPool());
        var unused = bodies.receive(
                        exchange, request.tenant(), settings.mostFileBytes() + Upload.MOST_BYTES_AROUND, upload)
                .handleAsync((nothing, failure) -> finish(request, upload, failure), bodies.executor())
                .exceptionally(noThread -> finish(request, upload, new RequestException(ApiError.noThread())));
    }

    private boolean finish(StorageRequest request, Upload upload, @Nullable Throwable failure) {
        if (failure instanceof IOException) {
            IoUtils.safeClose(request.exchange().getConnection()); // The client has gone.
        } else {
            request.answerNow(() -> {
                if (failure != null) {
                    throw failure instanceof RuntimeException wrong ? wrong : new IllegalStateException(failure);
                }
                String id = ids.next(ClientFolder.FILE);
                return upload.finish(id, TimedIds.second(id.substring(ClientFolder.FILE.length())));
            });
        }
        upload.discard();
        return true;
    }
}
