package dev.whippletree.gateway.http;

import io.undertow.conduits.ReadDataStreamSourceConduit;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Rejects ambiguous requests, in which a proxy in front of the gateway could see another request or another path.
 * Immutable.
 */
public record StrictRequests(HttpHandler next) implements HttpHandler {

    /** The header in which Anthropic's clients send their key. */
    public static final HttpString API_KEY = new HttpString("x-api-key");

    private static final List<HttpString> KEYS = List.of(Headers.AUTHORIZATION, API_KEY);

    /** 18 digits are less than 2^63. */
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    /** ASCII, with bytes as two hexadecimal digits. */
    private static final Pattern ENCODED = Pattern.compile("(?:[\\p{ASCII}&&[^%]]|%\\p{XDigit}{2})*+");

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        check(exchange);
        if (exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)) {
            HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
            connection
                    .getChannel()
                    .getSourceChannel()
                    .setConduit(new ChunkedBody(
                            connection,
                            exchange,
                            new ReadDataStreamSourceConduit(connection.getOriginalSourceConduit(), connection)));
        }
        next.handleRequest(exchange);
    }

    /** Closes the connection, because the start of the next request is unknown. */
    private static RequestException ambiguous(HttpServerExchange exchange, String problem) {
        if (!exchange.isHttp10()) {
            exchange.setProtocol(Protocols.HTTP_1_1);
        }
        exchange.setPersistent(false);
        Connectors.terminateRequest(exchange);
        return new RequestException(ApiError.malformed(problem));
    }

    private static void check(HttpServerExchange exchange) {
        if (!RequestLine.of(exchange).hasKnownVersion()) {
            throw ambiguous(exchange, "the gateway supports only HTTP/1.1 and HTTP/1.0");
        }
        HeaderMap headers = exchange.getRequestHeaders();
        HeaderValues lengths = headers.get(Headers.CONTENT_LENGTH);
        HeaderValues encodings = headers.get(Headers.TRANSFER_ENCODING);
        if (lengths != null && encodings != null) {
            throw ambiguous(exchange, "a request may have Content-Length or Transfer-Encoding, not both");
        }
        if (lengths != null
                && (lengths.size() != 1 || !LENGTH.matcher(lengths.getFirst()).matches())) {
            throw ambiguous(exchange, "Content-Length must be one number of at most 18 digits");
        }
        if (encodings != null
                && (encodings.size() != 1
                        || !Headers.CHUNKED.equalToString(encodings.getFirst())
                        || !exchange.isHttp11())) {
            throw ambiguous(exchange, "Transfer-Encoding must be 'chunked' and nothing else, in HTTP/1.1");
        }
        for (HttpString name : KEYS) {
            HeaderValues keys = headers.get(name);
            if (keys != null && keys.size() != 1) {
                throw ambiguous(exchange, "a request may have one " + name + " header, not " + keys.size());
            }
        }
        if (!isUtf8(exchange.getRequestURI())) {
            throw ambiguous(exchange, "a path must be UTF-8, percent-encoded where it isn't ASCII");
        }
    }

    /** Undertow puts a character of its own in place of what isn't. */
    private static boolean isUtf8(String uri) {
        boolean encoded = ENCODED.matcher(uri).matches();
        if (!encoded || uri.indexOf('%') < 0) {
            return encoded;
        }
        byte[] bytes = URLDecoder.decode(uri, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
