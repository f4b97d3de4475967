package dev.whippletree.gateway.prompt;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.MemoryBudget;
import dev.whippletree.gateway.http.RequestNotes;
import dev.whippletree.gateway.http.Reset;
import dev.whippletree.gateway.http.Response;
import dev.whippletree.gateway.http.UnderWay;
import dev.whippletree.gateway.http.UnreadAnswers;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.time.Timeline;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One response to a prompt, in events or whole. Only this class ends it. Used on the exchange's I/O thread.
 *
 * <p>Once begun it is never silent for longer than {@link Silence#LONGEST}: what clients skip shows that it is still
 * there. A whole answer begins early only for {@linkplain #fillSilence silence}, and is then cut if it fails: after a
 * status 200, clients would take an error for the answer, but they retry a reset.
 *
 * <p>Once begun, and until it has ended as its client is told, its connection resets when it is closed, whatever closes
 * it. In HTTP/1.1 it is in chunks also where the connection closes after it. So a cut never looks like an end. A whole
 * answer that is sent at once states its length.
 */
final class StreamedResponse implements UnreadAnswers.Answer {

    private static final int OK = 200;
    private static final byte[] SPACE = {' '};

    /**
     * What a character becomes while it is kept: one or two bytes, with room to grow, and once more when the answer is
     * whole.
     */
    private static final int BYTES_PER_CHARACTER = 4;

    private final HttpServerExchange exchange;
    private final boolean events;
    private final UnreadAnswers.CountedAnswer kept;
    private final Silence silence;
    private boolean begun;

    /** Whether a write is in progress; no other may start before it is done. */
    private boolean writing;

    /** How many bytes are being written. Any thread reads it. */
    private volatile int unwritten;

    /**
     * How many characters of a streamed answer have come, and how many of these no longer wait. Any thread reads them.
     */
    private volatile long arrived;

    private volatile long passed;
    private volatile Runnable source = () -> {};

    /** The next part to write; null: none. */
    private @Nullable Waiting waiting;

    private @Nullable StreamEnd end;

    private record Waiting(byte[] bytes, Runnable then) {}

    /**
     * Prepares one; nothing is sent yet.
     *
     * @param events whether the client reads server-sent events, not one JSON value
     * @param answers counts what is kept until the client has read it
     */
    StreamedResponse(
            HttpServerExchange exchange,
            boolean events,
            UnreadAnswers answers,
            MemoryBudget.Lease memory,
            Timeline timeline) {
        this.exchange = exchange;
        this.events = events;
        this.kept = answers.count(memory, this);
        this.silence = new Silence(timeline, this::later, this::fill);
        UnderWay.whenExchanged(exchange, this::completed);
    }

    /** Runs work on the I/O thread, in order. If the work throws, the response ends by a reset. Thread-safe. */
    void later(Runnable work) {
        Response.later(exchange, work);
    }

    /** Sets how to cancel the source of the answer: run at once, on any thread, if too much of the answer is kept. */
    void from(Runnable cancelSource) {
        source = cancelSource;
    }

    /** Sets how many characters of the answer have arrived so far, sent or not. Thread-safe. */
    void arrived(long characters) {
        arrived = characters;
        kept.keeps(characters * BYTES_PER_CHARACTER + unwritten);
    }

    @Override
    public long unread() {
        return Math.max(0, arrived - passed) + unwritten;
    }

    @Override
    public void giveUp() {
        source.run();
        later(() -> {
            RequestNotes.error(exchange, ApiError.unread());
            end(new StreamEnd.Cut());
        });
    }

    /** Fills every silence from now on, even before the answer begins; the head is then sent with the filler. */
    void fillSilence() {
        silence.begin();
    }

    /** Sends filler that clients skip, unless a write is still in progress. */
    private void fill() {
        if (!writing && end == null) {
            send(events ? ServerSentEvent.comment() : SPACE, () -> {});
        }
    }

    /** Sets one of the gateway's own headers, named without the prefix, unless the head has been sent. */
    void header(String name, Object value) {
        if (!begun) {
            OwnHeaders.put(exchange.getResponseHeaders(), name, value.toString());
        }
    }

    /**
     * Notes that so many characters of the answer no longer wait for the client: they are sent next, or are kept back
     * until the answer's end.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void passed(long characters) {
        passed = passed + characters;
    }

    /**
     * Sends a part, and before the first of them the head. Nothing is sent once it is decided how the response ends.
     *
     * @param then is run once it is written, unless the response ends
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

    /** Ends the response after the current write. Only the first call counts, but a cut always does. */
    void end(StreamEnd how) {
        if (begun && end == null && how instanceof StreamEnd.Failed failed) {
            RequestNotes.error(exchange, failed.error());
        }
        if (how instanceof StreamEnd.Cut || (begun && !events && how instanceof StreamEnd.Failed)) {
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
        if (how instanceof StreamEnd.Whole whole) {
            finishWhole(whole.bytes());
        } else if (how instanceof StreamEnd.Failed failed && begun) {
            write(ServerSentEvent.bytes(failed.lastEvents()), new Response.EndOfExchange());
        } else if (how instanceof StreamEnd.Failed failed) {
            Response.send(exchange, failed.error());
        }
    }

    private void finishWhole(byte[] bytes) {
        if (events || begun) {
            write(bytes, new Response.EndOfExchange());
        } else {
            Response.sendJson(exchange, OK, bytes);
            unwritten = bytes.length;
            kept.keeps(2L * unwritten); // As text and as JSON.
        }
    }

    private void write(byte[] bytes, IoCallback then) {
        if (!begun) {
            begun = true;
            Reset.whenClosed(exchange.getConnection());
            exchange.getResponseHeaders()
                    .put(Headers.CONTENT_TYPE, events ? "text/event-stream; charset=utf-8" : "application/json");
            exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-cache");
            if (exchange.isHttp11()) {
                exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
            }
        }
        writing = true;
        unwritten = bytes.length;
        silence.begin();
        exchange.getResponseSender().send(ByteBuffer.wrap(bytes), then);
    }

    private void written(Runnable then) {
        writing = false;
        unwritten = 0;
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

    /** The exchange is over: the response is written, or never will be. */
    private void completed() {
        silence.end();
        kept.end();
        boolean toldHowItEnds = !begun || end instanceof StreamEnd.Whole || end instanceof StreamEnd.Failed;
        if (!toldHowItEnds || !exchange.isResponseComplete()) {
            end(new StreamEnd.Cut());
        } else if (begun) {
            Reset.never(exchange.getConnection());
        }
    }

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
