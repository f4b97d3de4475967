package dev.whippletree.gateway.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Rejects requests that a browser on this machine sends for web pages of other sites. Thread-safe.
 *
 * <p>A request that says from which page it comes must say this gateway's own. Where no key is needed, it must also be
 * meant for one of this machine's own names: a site whose name was made to lead to this machine is its own site to the
 * browser, but doesn't become ours.
 *
 * @param ownName what the configuration calls the address it listens on
 */
public record SiteGuard(String ownName, BooleanSupplier keysNeeded, HttpHandler next) implements HttpHandler {

    private static final Pattern LOOPBACK = Pattern.compile(
            "(.+\\.)?localhost\\.?|127(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

    private static final Pattern PORT = Pattern.compile(":\\d*$");
    private static final Pattern SCHEME = Pattern.compile("^https?://");

    /** Takes the name in whatever case it is written. */
    public SiteGuard {
        ownName = ownName.toLowerCase(Locale.ROOT);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        check(exchange.getRequestHeaders());
        next.handleRequest(exchange);
    }

    private void check(HeaderMap headers) {
        String host =
                Optional.ofNullable(headers.getFirst(Headers.HOST)).orElse("").toLowerCase(Locale.ROOT);
        if (!keysNeeded.getAsBoolean() && !isOfThisMachine(host)) {
            throw new RequestException(
                    ApiError.forbidden("the gateway has no clients with keys, so it only answers requests to this"
                            + " machine's own"
                            + " names, such as localhost or 127.0.0.1; this request was for another name"));
        }
        HeaderValues origins = headers.get(Headers.ORIGIN);
        if (origins != null && !origins.stream().allMatch(origin -> isOwn(origin, host))) {
            throw new RequestException(
                    ApiError.forbidden("the gateway rejects requests from web pages of other sites"));
        }
    }

    private boolean isOfThisMachine(String host) {
        String name = PORT.matcher(host).replaceFirst("");
        return name.equals(ownName) || LOOPBACK.matcher(name).matches();
    }

    /** Whatever speaks TLS in front of this one makes the scheme another. */
    private static boolean isOwn(String origin, String host) {
        String lower = origin.toLowerCase(Locale.ROOT);
        return SCHEME.matcher(lower).find()
                && SCHEME.matcher(lower).replaceFirst("").equals(host);
    }
}
