package dev.whippletree.gateway.prompt;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.Delta;
import dev.whippletree.model.StreamSubscriber;
import dev.whippletree.spi.TextTokens;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Sends an answer as a stream of events while it arrives, on the stream's I/O thread.
 *
 * <p>A piece is asked for when the one before has been written, so a client that reads slowly gets larger pieces and
 * nothing piles up. Where nothing was sent before the first piece, an answer that never begins still gets an error with
 * its own status. One that breaks off ends with the protocol's events for an error, and not as a whole one does.
 */
final class AnswerEventStream implements StreamSubscriber {

    private final AskedPrompt asked;
    private final StreamedResponse events;
    private Flow.@Nullable Subscription subscription;
    private boolean left;
    private boolean begun;
    private long sixthsArrived;

    AnswerEventStream(AskedPrompt asked) {
        this.asked = asked;
        this.events = asked.response();
    }

    /** Cancels the answer, because the client is gone. On the I/O thread. */
    void leave() {
        left = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    /** Ends the answer with an error. On the I/O thread. */
    void breakOff(ApiError why) {
        end(why);
        leave();
    }

    /** Returns whether a piece of it has been sent. On the I/O thread. */
    boolean begun() {
        return begun;
    }

    /** Estimates how many tokens have come, reasoning included, sent or kept back. On the I/O thread. */
    long tokensArrived() {
        return TextTokens.whole(sixthsArrived);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        events.from(given::cancel);
        events.later(() -> {
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
        events.later(() -> tell(delta));
    }

    /** Reports at once: what waits for an I/O thread grows meanwhile. */
    @Override
    public void onArrived(long characters) {
        events.arrived(characters);
    }

    @Override
    public void onError(Throwable failure) {
        events.later(() -> fail(failure));
    }

    /** The last delta has ended it already. */
    @Override
    public void onComplete() {}

    private void tell(Delta delta) {
        if (left) {
            return;
        }
        if (delta instanceof Delta.Start start) {
            if (asked.info().disclosure().accountsShown()) {
                events.header("account", start.account());
            }
        } else if (delta instanceof Delta.End end) {
            asked.answered(end.usage(), tokensArrived());
            asked.noteToConfirm(end.origin());
        }
        List<ServerSentEvent> told = asked.answer().events(delta);
        if (delta instanceof Delta.End) {
            events.end(new StreamEnd.Whole(ServerSentEvent.bytes(told)));
            return;
        }
        sixthsArrived += sixths(delta);
        long characters = delta instanceof Delta.ExtrasPart part
                ? part.extras().size()
                : textOf(delta).length();
        events.passed(characters);
        if (told.isEmpty()) {
            more();
        } else {
            begun = true;
            events.send(ServerSentEvent.bytes(told), this::more);
        }
    }

    /** Estimates the tokens of a piece, in sixths. */
    static long sixths(Delta delta) {
        return TextTokens.sixths(textOf(delta));
    }

    private static String textOf(Delta delta) {
        String name = delta instanceof Delta.ToolCallPart part ? part.name().orElse("") : "";
        return delta instanceof Delta.Piece piece ? name + piece.text() : "";
    }

    private void fail(Throwable failure) {
        if (left) {
            return;
        }
        if (!begun) {
            asked.failed(failure);
        }
        end(asked.error(failure));
    }

    private void end(ApiError error) {
        events.end(new StreamEnd.Failed(error, asked.answer().broken(error)));
    }

    private void more() {
        if (subscription != null) {
            subscription.request(1);
        }
    }
}
