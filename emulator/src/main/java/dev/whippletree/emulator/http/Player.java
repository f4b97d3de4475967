package dev.whippletree.emulator.http;

import dev.whippletree.emulator.wire.Head;
import dev.whippletree.emulator.wire.WireResponse;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.Options;

/**
 * Plays one response on one connection: each piece at its time, then the ending. Confined to the connection's I/O
 * thread, on which all its timers run.
 */
final class Player {

    private static final Logger LOG = LoggerFactory.getLogger(Player.class);

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final HttpServerExchange exchange;
    private final WireResponse response;
    private final LongSupplier nanoTime;
    private final long arrivedNanos;
    private int played;

    Player(HttpServerExchange exchange, WireResponse response, LongSupplier nanoTime, long arrivedNanos) {
        this.exchange = exchange;
        this.response = response;
        this.nanoTime = nanoTime;
        this.arrivedNanos = arrivedNanos;
    }

    /** Starts; from now on the player owns the exchange. */
    void start() {
        response.head().ifPresent(this::sendHead);
        next();
    }

    private void sendHead(Head head) {
        exchange.setStatusCode(head.status());
        head.headers().forEach((name, value) -> exchange.getResponseHeaders().put(new HttpString(name), value));
        head.contentLength().ifPresent(exchange::setResponseContentLength);
    }

    private void next() {
        if (played < response.pieces().size()) {
            at(response.pieces().get(played).atNanos(), this::sendPiece);
        } else {
            at(response.endNanos(), this::end);
        }
    }

    /** Runs a step at its time: at once if that has come, so that a service without latency costs no timer. */
    private void at(long offsetNanos, Runnable step) {
        long waitNanos = arrivedNanos + offsetNanos - nanoTime.getAsLong();
        if (waitNanos <= 0) {
            step.run();
            return;
        }
        long millis = (waitNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        exchange.getIoThread().executeAfter(step, millis, TimeUnit.MILLISECONDS);
    }

    private void sendPiece() {
        String text = response.pieces().get(played++).text();
        exchange.getResponseSender().send(text, new Continued());
    }

    private void end() {
        switch (response.ending()) {
            case COMPLETE -> exchange.endExchange();
            case CLOSE -> breakOff();
            case SILENCE -> {}
        }
    }

    /** Resets a connection that has sent nothing. One that has is closed in order, so that what was sent arrives. */
    private void breakOff() {
        if (played == 0) {
            abortOnClose();
        }
        IoUtils.safeClose(exchange.getConnection());
    }

    private void abortOnClose() {
        try {
            exchange.getConnection().setOption(Options.CLOSE_ABORT, true);
        } catch (IOException | IllegalArgumentException e) {
            // The platform closes the connection normally instead; there is still no response.
            LOG.debug("Can't reset the connection, closing it: {}", e.getMessage());
        }
    }

    /** A piece has been written; another one comes, or the ending. */
    private final class Continued implements IoCallback {

        @Override
        public void onComplete(HttpServerExchange written, Sender sender) {
            next();
        }

        @Override
        public void onException(HttpServerExchange written, Sender sender, IOException exception) {
            IoUtils.safeClose(written.getConnection());
        }
    }
}
