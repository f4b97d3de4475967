package dev.whippletree.provider.openai.call;

import dev.whippletree.provider.openai.read.UnusableResponseException;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.Locale;
import java.util.OptionalLong;

/** Explains in plain words how a connected call broke off. Stateless. */
final class BreakWords {

    /** OkHttp reads no more of a head ({@code HeadersReader.HEADER_LIMIT}). */
    private static final int MOST_HEAD_BYTES = 256 << 10;

    private BreakWords() {}

    static String of(IOException fault, Endpoint endpoint, Progress progress) {
        return Causes.find(fault, UnusableResponseException.class)
                .map(found -> noAnswer(endpoint, found.inWords()))
                .orElseGet(() -> fault instanceof ProtocolException && !Causes.says(fault, "unexpected end of stream")
                        ? noAnswer(endpoint, againstHttp(fault))
                        : broken(endpoint, progress.headCame()));
    }

    /**
     * Returns whether a connection turned out to be of no use: it ended before the first byte of a response (with TLS,
     * where there are other bytes, before its head), or brought something before the request was sent, such as a
     * proxy's 408.
     */
    static boolean isStale(IOException fault, Endpoint endpoint, Progress progress) {
        OptionalLong received = endpoint.connections().meter().received();
        long most = endpoint.url().isHttps() ? MOST_HEAD_BYTES : 0;
        return !progress.headCame()
                && received.orElse(0) <= most
                && !(progress.hasBegun() && Causes.has(fault, UnusableResponseException.class))
                && (!(fault instanceof ProtocolException) || Causes.says(fault, "unexpected end of stream"));
    }

    /** Returns whether the service can be reached: it has answered the request, with what can't be used. */
    static boolean isDamaged(IOException fault, Endpoint endpoint, Progress progress) {
        return progress.headCame()
                && endpoint.connections().meter().received().orElse(1) > 0
                && Causes.has(fault, UnusableResponseException.class);
    }

    private static String noAnswer(Endpoint endpoint, String why) {
        return "no answer from " + endpoint.where() + ": " + why;
    }

    private static String againstHttp(IOException fault) {
        return Causes.says(fault, "HTTP_PROXY_AUTH") ? "it asks for proxy credentials (407)" : "it sent invalid HTTP";
    }

    private static String broken(Endpoint endpoint, boolean headCame) {
        OptionalLong received = endpoint.connections().meter().received();
        if (received.isEmpty()) {
            return "the connection broke";
        }
        if (!headCame && received.getAsLong() >= MOST_HEAD_BYTES) {
            return noAnswer(endpoint, "the headers of its response are longer than " + (MOST_HEAD_BYTES >> 10) + " KB");
        }
        // With TLS the first bytes, such as a session's tickets, are of no answer.
        boolean nothing =
                received.getAsLong() == 0 || (!headCame && endpoint.url().isHttps());
        return nothing ? "the connection was closed before an answer arrived" : brokenAfter(received.getAsLong());
    }

    private static String brokenAfter(long bytes) {
        return bytes == 1
                ? "the connection broke after 1 byte"
                : String.format(Locale.ROOT, "the connection broke after %,d bytes", bytes);
    }
}
