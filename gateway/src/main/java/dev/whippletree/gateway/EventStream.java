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
 * One response of server-sent events, and the only place that ends it. Used on the exchange's I/O thread.
 *
 * <p>Once begun it is never silent for longer than {@link Silence#LONGEST}: a comment, which clients skip, shows that it is still there.
 *
 * <p>Until it has ended as its client is told, its connection resets when it is closed, whatever closes it. In HTTP/1.1 it is in chunks also
 * where the connection closes after it. So a cut never looks like an end.
 */
final class EventStream {

    private final HttpServerExchange exchange;
    private final Silence silence;
    private boolean begun;

    /** Whether something is being written: nothing else may be until that is done. */
    private boolean writing;

    /** What is to be written next; null: nothing. */
    private @Nullable Waiting waiting;

    /** How it ends; null while that isn't decided. */
    private @Nullable StreamEnd end;

    private record Waiting(byte[] events, Runnable then) {}

    /**
     * Prepares one; nothing is sent yet.
     *
     * @param timeline the time by which silence counts
     */
    EventStream(HttpServerExchange exchange, Timeline timeline) {
        this.exchange = exchange;
        this.silence = new Silence(timeline, this::later, this::comment);
        Reset.whenClosed(exchange.getConnection());
        exchange.addExchangeCompleteListener((over, after) -> {
            completed();
            after.proceed();
        });
    }

    /** Does something on the I/O thread, after what was given before. The stream ends by a reset if it throws anything. Thread-safe. */
    void later(Runnable work) {
        Response.later(exchange, work);
    }

    /** Lets a comment break each silence from now on, also before the first event: the head is sent with it then. */
    void fillSilence() {
        silence.begin();
    }

    /** A client that hasn't taken what is being written isn't sent more of nothing. */
    private void comment() {
        if (!writing && end == null) {
            send(Events.comment(), () -> {});
        }
    }

    /** Puts one of the gateway's own headers, without the prefix, unless the head has been sent. */
    void header(String name, String value) {
        if (!begun) {
            OwnHeaders.put(exchange.getResponseHeaders(), name, value);
        }
    }

    /**
     * Sends events, and before the first of them the head. Nothing is sent once it is decided how the stream ends.
     *
     * @param then is run once they are written, unless the stream ends
     */
    void send(byte[] events, Runnable then) {
        if (end != null) {
            return;
        }
        if (writing) {
            waiting = new Waiting(events, then);
        } else {
            write(events, new Written(then));
        }
    }

    /** Ends the stream, once what is being written is written. Calls after the first change nothing, unless they cut it. */
    void end(StreamEnd how) {
        if (how instanceof StreamEnd.Cut) {
            end = how;
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
        if (how instanceof StreamEnd.Whole whole) {
            write(Events.last(whole.lastChunks()), new Response.EndOfExchange());
        } else if (how instanceof StreamEnd.Failed failed && begun) {
            write(Events.error(failed.error()), new Response.EndOfExchange());
        } else if (how instanceof StreamEnd.Failed failed) {
            Response.send(exchange, failed.error());
        }
    }

    private void write(byte[] events, IoCallback then) {
        if (!begun) {
            begun = true;
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-cache");
            if (exchange.isHttp11()) {
                exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
            }
        }
        writing = true;
        silence.begin();
        exchange.getResponseSender().send(ByteBuffer.wrap(events), then);
    }

    private void written(Runnable then) {
        writing = false;
        silence.begin();
        Waiting next = waiting;
        waiting = null;
        if (next != null) {
            write(next.events(), new Written(next.then()));
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

    /** Events have been written and more are to come. */
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
