package dev.whippletree.gateway.http;

import dev.whippletree.time.Timeline;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HttpString;
import io.undertow.util.PathMatcher;
import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A request's id, which its response and the log show, and the format of its errors. Immutable.
 *
 * @param uniqueId hexadecimal digits that no other request has, hard to guess
 */
public record RequestLabel(String uniqueId, ErrorFormat errors) {

    /** What a request's id begins with. */
    public static final String PREFIX = "req_";

    private static final AttachmentKey<RequestLabel> OF_EXCHANGE = AttachmentKey.create(RequestLabel.class);

    /** OpenAI's libraries read the first, Anthropic's the second. */
    private static final HttpString OPENAI = new HttpString("x-request-id");

    private static final HttpString ANTHROPIC = new HttpString("request-id");

    /** Returns a handler that labels requests before anything can fail, and tells their ids in the response. */
    public static HttpHandler labelling(Timeline timeline, Map<String, ErrorFormat> formats, HttpHandler next) {
        PathMatcher<ErrorFormat> byPath = new PathMatcher<>(ErrorFormat.OPENAI);
        formats.forEach(byPath::addPrefixPath);
        return exchange -> {
            RequestLabel label = new RequestLabel(
                    uniqueId(timeline.random()),
                    byPath.match(exchange.getRequestPath()).getValue());
            exchange.putAttachment(OF_EXCHANGE, label);
            exchange.getResponseHeaders().put(OPENAI, label.id()).put(ANTHROPIC, label.id());
            next.handleRequest(exchange);
        };
    }

    /** Returns a request's label; every request has one. */
    public static RequestLabel of(HttpServerExchange exchange) {
        return exchange.getAttachment(OF_EXCHANGE);
    }

    public String id() {
        return PREFIX + uniqueId;
    }

    private static String uniqueId(RandomGenerator random) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
