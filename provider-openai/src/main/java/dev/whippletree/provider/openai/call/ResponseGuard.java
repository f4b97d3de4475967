package dev.whippletree.provider.openai.call;

import dev.whippletree.provider.openai.read.BodyReader;
import dev.whippletree.provider.openai.read.UnusableResponseException;
import java.io.IOException;
import java.util.List;
import okhttp3.Connection;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Okio;
import okio.Source;

/**
 * Ensures that a call gets its own answer. A service, or a proxy before it, that sends two responses to one request, or
 * one that ends in two places, would have the second taken for the answer to the next call's prompt: OkHttp pools a
 * connection without a look at what is left unread in it. Such a connection is closed and the call fails; so it is
 * where OkHttp would lose sight of the connection. Thread-safe.
 *
 * <p>Undetected: leftover bytes that arrive only after the previous answer was read (with TLS, all of them).
 */
record ResponseGuard(WireMeter meter) implements Interceptor {

    private static final int SWITCHING_PROTOCOLS = 101;

    @Override
    public Response intercept(Chain chain) throws IOException {
        Connection connection = chain.connection();
        if (connection == null || !WireMeter.counts(connection)) {
            return bounded(chain.proceed(chain.request()));
        }
        if (connection.socket().getInputStream().available() > 0) {
            throw refused(connection, "it sent data without a request");
        }
        meter.begin();
        return bounded(answer(chain, connection));
    }

    private Response answer(Chain chain, Connection connection) throws IOException {
        Response response = chain.proceed(chain.request());
        if (meter.received().orElse(0) == 0) {
            throw refused(connection, "it sent this response before it got the request");
        }
        if (endsInTwoPlaces(response.headers())) {
            throw refused(connection, "its response states two different lengths");
        }
        if (endsBeforeItBegins(response.headers())) {
            throw refused(connection, "its response states a negative length");
        }
        if (response.code() == SWITCHING_PROTOCOLS) {
            throw refused(connection, "it switched to another protocol (101)");
        }
        return response;
    }

    private static IOException refused(Connection connection, String why) throws IOException {
        connection.socket().close();
        return new UnusableResponseException(why + "; the connection is closed");
    }

    /** RFC 9112, section 6.3, has such a response discarded. */
    private static boolean endsInTwoPlaces(Headers headers) {
        List<String> lengths = headers.values("Content-Length");
        return lengths.stream().distinct().count() > 1
                || (!lengths.isEmpty() && headers.get("Transfer-Encoding") != null);
    }

    /** OkHttp would throw what it shouldn't, and keep the connection; as with another protocol. */
    private static boolean endsBeforeItBegins(Headers headers) {
        return headers.values("Content-Length").stream()
                .anyMatch(length -> length.strip().startsWith("-"));
    }

    /** Before it is unpacked: what is packed may be endless though it unpacks to nothing. */
    private Response bounded(Response response) {
        ResponseBody body = response.body();
        Source source = BodyReader.bounded(body.source(), BodyReader.MOST_RECEIVED_BYTES, meter::bodyRead);
        return response.newBuilder()
                .body(ResponseBody.create(Okio.buffer(source), body.contentType(), body.contentLength()))
                .build();
    }
}
