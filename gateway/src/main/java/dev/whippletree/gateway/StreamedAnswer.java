package dev.whippletree.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.whippletree.model.Delta;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/**
 * Sends an answer as server-sent events while it comes. All it does it does on the exchange's I/O thread.
 *
 * <p>A piece is asked for when the one before has been written, so a client that reads slowly gets larger pieces and nothing piles up.
 * Nothing is sent before the first piece: an answer that never begins still gets an error with its own status. One that breaks off
 * ends with an event {@code error}, and without {@code [DONE]}.
 */
final class StreamedAnswer implements Flow.Subscriber<Delta> {

    /** Names the event, for clients that know an error by that, as LangChain4j does. */
    private static final byte[] ERROR = "event: error\n".getBytes(US_ASCII);

    private static final byte[] DATA = "data: ".getBytes(US_ASCII);
    private static final byte[] END_OF_EVENT = "\n\n".getBytes(US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(US_ASCII);

    private final HttpServerExchange exchange;
    private final ChatAnswer answer;
    private final boolean withUsage;
    private final Supplier<Instant> clock;
    private final Outcome outcome;
    private Flow.@Nullable Subscription subscription;
    private boolean left;
    private boolean begun;

    /** Whether a piece is being written: nothing else may be until that is done. */
    private boolean writing;

    /** What is still to be told once the piece is written. */
    private @Nullable Throwable failure;

    /** What came of it, told before the client is. On the I/O thread. */
    interface Outcome {

        /** The answer is whole. */
        void answered(Delta.End end);

        /** There is none, and nothing has been sent. */
        void failedBeforeItBegan(Throwable failure);
    }

    /**
     * Prepares to send one.
     *
     * @param withUsage whether the client wants to know the tokens used
     * @param outcome is told what comes of it
     */
    StreamedAnswer(
            HttpServerExchange exchange,
            ChatAnswer answer,
            boolean withUsage,
            Supplier<Instant> clock,
            Outcome outcome) {
        this.exchange = exchange;
        this.answer = answer;
        this.withUsage = withUsage;
        this.clock = clock;
        this.outcome = outcome;
    }

    /** The client has gone, or is to be left. On the I/O thread. */
    void leave() {
        left = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    /** Returns whether any of it has been sent. On the I/O thread. */
    boolean begun() {
        return begun;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        onThread(() -> {
            subscription = given;
            if (left) {
                given.cancel();
            } else {
                given.request(1);
            }
        });
    }

    @Override
    public void onNext(Delta delta) {
        onThread(() -> tell(delta));
    }

    @Override
    public void onError(Throwable failure) {
        onThread(() -> fail(failure));
    }

    /** The end was told by the last delta. */
    @Override
    public void onComplete() {}

    private void onThread(Runnable task) {
        Response.later(exchange, task);
    }

    private void tell(Delta delta) {
        if (left) {
            return;
        }
        if (delta instanceof Delta.Start start) {
            if (answer.disclosure().accountsShown()) {
                OwnHeaders.put(exchange.getResponseHeaders(), "account", start.account());
            }
        } else if (delta instanceof Delta.End end) {
            outcome.answered(end);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        answer.chunks(delta, withUsage).forEach(chunk -> event(bytes, chunk));
        if (delta instanceof Delta.End) {
            bytes.writeBytes(DONE);
            send(bytes, new Response.EndOfExchange());
        } else if (bytes.size() == 0) {
            more();
        } else {
            send(bytes, new Continued());
        }
    }

    private void fail(Throwable why) {
        if (left) {
            return;
        }
        if (writing) {
            failure = why;
            return;
        }
        ApiError error = ApiError.of(why, clock.get(), answer.disclosure());
        if (!begun) {
            outcome.failedBeforeItBegan(why);
            Response.send(exchange, error);
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ERROR);
        event(bytes, error.json());
        send(bytes, new Response.EndOfExchange());
    }

    private static void event(ByteArrayOutputStream bytes, Map<String, Object> json) {
        bytes.writeBytes(DATA);
        bytes.writeBytes(Json.write(json));
        bytes.writeBytes(END_OF_EVENT);
    }

    private void send(ByteArrayOutputStream bytes, IoCallback then) {
        if (!begun) {
            begun = true;
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-cache");
        }
        writing = true;
        exchange.getResponseSender().send(ByteBuffer.wrap(bytes.toByteArray()), then);
    }

    private void more() {
        if (subscription != null) {
            subscription.request(1);
        }
    }

    /** A piece has been written and more is to come. */
    private final class Continued implements IoCallback {

        @Override
        public void onComplete(HttpServerExchange written, Sender sender) {
            writing = false;
            if (failure == null) {
                more();
            } else {
                fail(failure);
            }
        }

        @Override
        public void onException(HttpServerExchange written, Sender sender, IOException exception) {
            leave();
            IoUtils.safeClose(written.getConnection());
        }
    }
}
