package dev.whippletree.gateway;

import dev.whippletree.time.Timeline;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One response to a prompt, in events or whole, and the only place that ends it. Used on the exchange's I/O thread.
 *
 * <p>Once begun it is never silent for longer than {@link Silence#LONGEST}: what clients skip shows that it is still there. A whole answer
 * begins early only for {@linkplain #fillSilence silence}, and is then cut if it fails: after a status 200, clients would take an error
 * for the answer, but they retry a reset.
 *
 * <p>Until it has ended as its client is told, its connection resets when it is closed, whatever closes it. In HTTP/1.1 it is in chunks also
 * where the connection closes after it. So a cut never looks like an end.
 */
final class StreamedResponse {

    private static final int OK = 200;
    private static final byte[] SPACE = {' '};

    private final HttpServerExchange exchange;
    private final boolean events;
    private final Silence silence;
    private boolean begun;

    /** Whether something is being written: nothing else may be until that is done. */
    private boolean writing;

    /** What is to be written next; null: nothing. */
    private @Nullable Waiting waiting;

    /** How it ends; null while that isn't decided. */
    private @Nullable StreamEnd end;

    private record Waiting(byte[] bytes, Runnable then) {}

    /**
     * Prepares one; nothing is sent yet.
     *
     * @param events whether the client reads server-sent events, not one JSON value
     * @param timeline the time by which silence counts
     */
    StreamedResponse(HttpServerExchange exchange, boolean events, Timeline timeline) {
        this.exchange = exchange;
        this.events = events;
        this.silence = new Silence(timeline, this::later, this::fill);
        Reset.whenClosed(exchange.getConnection());
        exchange.addExchangeCompleteListener((over, after) -> {
            completed();
            after.proceed();
        });
    }

    /** Does something on the I/O thread, after what was given before. The response ends by a reset if it throws anything. Thread-safe. */
    void later(Runnable work) {
        Response.later(exchange, work);
    }

    /** Breaks each silence from now on, also before there is anything of the answer: the head is sent with it then. */
    void fillSilence() {
        silence.begin();
    }

    /** Sends what clients skip, unless the client hasn't taken yet what is being written. */
    private void fill() {
        if (!writing && end == null) {
            send(events ? Events.comment() : SPACE, () -> {});
        }
    }

    /** Puts one of the gateway's own headers, without the prefix, unless the head has been sent. */
    void header(String name, String value) {
        if (!begun) {
            OwnHeaders.put(exchange.getResponseHeaders(), name, value);
        }
    }

    /**
     * Sends a part, and before the first of them the head. Nothing is sent once it is decided how the response ends.
     *
     * @param then is run once they are written, unless the response ends
     */
    void send(byte[] bytes, Runnable then) {
        if (end != null) {
            return;
        }
        if (writing) {
            waiting = new Waiting(bytes, then);
        } else {
            write(bytes, new Written(then));
        }
    }

    /** Ends the response, once what is being written is written. Calls after the first change nothing, unless they cut it. */
    void end(StreamEnd how) {
        if (begun && end == null && how instanceof StreamEnd.Failed failed) {
            Refusals.note(exchange, failed.error());
        }
        if (how instanceof StreamEnd.Cut || begun && !events && how instanceof StreamEnd.Failed) {
            end = new StreamEnd.Cut();
            Reset.now(exchange.getConnection());
        } else if (end == null) {
            end = how;
            if (!writing) {
                finish(how);
            }
        }
    }

    private void finish(StreamEnd how) {
        silence.end();
        if (how instanceof StreamEnd.Whole whole && events) {
            write(Events.last(whole.lastChunks()), new Response.EndOfExchange());
        } else if (how instanceof StreamEnd.Whole whole && begun) {
            write(GatewayJson.write(whole.lastChunks().get(0)), new Response.EndOfExchange());
        } else if (how instanceof StreamEnd.Whole whole) {
            Response.send(exchange, OK, whole.lastChunks().get(0));
        } else if (how instanceof StreamEnd.Failed failed && begun) {
            write(Events.error(failed.error()), new Response.EndOfExchange());
        } else if (how instanceof StreamEnd.Failed failed) {
            Response.send(exchange, failed.error());
        }
    }

    private void write(byte[] bytes, IoCallback then) {
        if (!begun) {
            begun = true;
            exchange.getResponseHeaders()
                    .put(Headers.CONTENT_TYPE, events ? "text/event-stream; charset=utf-8" : "application/json");
            exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-cache");
            if (exchange.isHttp11()) {
                exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
            }
        }
        writing = true;
        silence.begin();
        exchange.getResponseSender().send(ByteBuffer.wrap(bytes), then);
    }

    private void written(Runnable then) {
        writing = false;
        silence.begin();
        Waiting next = waiting;
        waiting = null;
        if (next != null) {
            write(next.bytes(), new Written(next.then()));
        } else if (end != null) {
            finish(end);
        } else {
            then.run();
        }
    }

    /** The exchange is over: the response is written, or won't be. */
    private void completed() {
        silence.end();
        boolean toldHowItEnds = !begun || end instanceof StreamEnd.Whole || end instanceof StreamEnd.Failed;
        if (toldHowItEnds && exchange.isResponseComplete()) {
            Reset.never(exchange.getConnection());
        } else {
            end(new StreamEnd.Cut());
        }
    }

    /** A part has been written and more are to come. */
    private final class Written implements IoCallback {

        private final Runnable then;

        Written(Runnable then) {
            this.then = then;
        }

        @Override
        public void onComplete(HttpServerExchange written, Sender sender) {
            Response.guarded(exchange, () -> written(then));
        }

        @Override
        public void onException(HttpServerExchange written, Sender sender, IOException exception) {
            end(new StreamEnd.Cut());
        }
    }
}
