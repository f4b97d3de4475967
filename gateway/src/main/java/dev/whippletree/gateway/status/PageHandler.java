package dev.whippletree.gateway.status;

import dev.whippletree.gateway.http.Response;
import dev.whippletree.state.Sha256;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/**
 * Serves the status page. The page holds no data: it fetches them itself, and asks for a key if one is needed.
 * Thread-safe.
 */
final class PageHandler implements HttpHandler {

    private static final String PAGE = "status.html";
    private static final HttpString RESOURCE_POLICY = new HttpString("Cross-Origin-Resource-Policy");

    private final byte[] page;
    private final String policy;

    PageHandler() {
        String html = read();
        this.page = html.getBytes(StandardCharsets.UTF_8);
        this.policy = "default-src 'none'; connect-src 'self'; img-src data:; style-src " + hash(html, "style")
                + "; script-src " + hash(html, "script")
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/html; charset=utf-8");
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-cache");
        putSharedHeaders(exchange.getResponseHeaders());
        exchange.getResponseHeaders().put(Headers.CONTENT_SECURITY_POLICY, policy);
        exchange.getResponseHeaders().put(Headers.REFERRER_POLICY, "no-referrer");
        exchange.getResponseHeaders().put(Headers.X_FRAME_OPTIONS, "DENY");
        exchange.setResponseContentLength(page.length);
        exchange.getResponseSender().send(ByteBuffer.wrap(page), new Response.EndOfExchange());
    }

    /** Sets the headers of every response: no other site may embed it, and no browser may guess its type. */
    static void putSharedHeaders(HeaderMap headers) {
        headers.put(Headers.X_CONTENT_TYPE_OPTIONS, "nosniff");
        headers.put(RESOURCE_POLICY, "same-origin");
    }

    private static String read() {
        try (InputStream page = PageHandler.class.getResourceAsStream(PAGE)) {
            return new String(Objects.requireNonNull(page, PAGE).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("\r\n", "\n"); // as browsers take it, whose digest it must be
        } catch (IOException e) {
            throw new UncheckedIOException("the status page can't be read", e);
        }
    }

    /** Returns the source that allows the one element of this name, and nothing injected. */
    private static String hash(String html, String element) {
        int begin = html.indexOf("<" + element + ">") + element.length() + 2;
        String text = html.substring(begin, html.indexOf("</" + element + ">", begin));
        return "'sha256-" + Base64.getEncoder().encodeToString(Sha256.of(text)) + "'";
    }
}
