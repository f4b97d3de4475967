package dev.whippletree.provider.openai.call;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * A body that is sent once. That alone keeps OkHttp from re-sending a request on its own: after 408, after 503 with
 * {@code Retry-After: 0}, on a lost connection.
 */
final class OneShotBody extends RequestBody {

    // Without a charset parameter, which JSON doesn't have.
    private static final MediaType JSON = MediaType.get("application/json");

    private final byte[] content;

    OneShotBody(byte[] content) {
        this.content = content;
    }

    @Override
    public MediaType contentType() {
        return JSON;
    }

    @Override
    public long contentLength() {
        return content.length;
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        sink.write(content);
        // Nothing is left to write when OkHttp tells of the body's end.
        sink.flush();
    }
}
