package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.SameThreadExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/** Receives requests' bodies whole, from clients that aren't too slow. Immutable; runs on I/O threads and never blocks. */
final class RequestBody {

    private static final Logger LOG = LoggerFactory.getLogger(RequestBody.class);

    private final GatewaySettings.Bounds bounds;

    RequestBody(GatewaySettings.Bounds bounds) {
        this.bounds = bounds;
    }

    /**
     * Receives one; a body that is too large, too slow or breaks off ends the exchange.
     *
     * @param then is told the exchange and the body
     */
    void receive(HttpServerExchange exchange, BiConsumer<HttpServerExchange, byte[]> then) {
        XnioExecutor.Key slow = exchange.getIoThread()
                .executeAfter(() -> cutOff(exchange), bounds.clientTimeout().toMillis(), TimeUnit.MILLISECONDS);
        exchange.getRequestReceiver()
                .receiveFullBytes(
                        (received, body) -> {
                            slow.remove();
                            received.dispatch(SameThreadExecutor.INSTANCE, () -> then.accept(received, body));
                        },
                        (failed, problem) -> {
                            slow.remove();
                            unreadable(failed, problem);
                        });
    }

    private static void cutOff(HttpServerExchange exchange) {
        LOG.debug("A request took too long to arrive");
        IoUtils.safeClose(exchange.getConnection());
    }

    private void unreadable(HttpServerExchange exchange, Throwable problem) {
        if (problem instanceof RequestTooBigException || problem instanceof Receiver.RequestToLargeException) {
            exchange.setPersistent(false);
            Response.send(exchange, ApiError.bodyTooLarge(bounds.mostBodyBytes()));
        } else if (problem instanceof MalformedBodyException) {
            Response.send(exchange, ApiError.malformed(String.valueOf(problem.getMessage())));
        } else {
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
