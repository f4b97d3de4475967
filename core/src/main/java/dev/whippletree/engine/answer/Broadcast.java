package dev.whippletree.engine.answer;

import dev.whippletree.engine.answer.Transcript.ReadPosition;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Origin;
import dev.whippletree.spi.AnswerEnd;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * Delivers a flight's answer to its callers as it arrives, each from the start and at its own pace. Thread-safe: it
 * has its own lock, which it holds only while it copies a piece, and takes no other lock meanwhile.
 *
 * <p>Each attempt writes a transcript. Callers can read it at once, unless one of them has received part of an
 * earlier attempt's answer that broke off: then this attempt must first repeat all of that, and callers receive
 * nothing until it has.
 */
public final class Broadcast {

    private static final int CHARACTERS_UNTIL_TOLD = 4096;
    private static final Delta.Start NOBODY = new Delta.Start("", "");

    private Transcript told = new Transcript(NOBODY);

    /** What the latest attempt writes; the same unless it has to repeat something. */
    private Transcript arriving = told;

    /** How far the latest attempt has repeated what was delivered. */
    private ReadPosition repeated = new ReadPosition();

    private final Set<LongConsumer> sizeListeners = ConcurrentHashMap.newKeySet();
    private long toldSize;

    /** What a piece means for the callers who stream. */
    public enum Effect {
        /** They can be given more. */
        MORE,
        /** They have it already, or must wait for it. */
        NONE,
        /** It differs from what they have received. */
        DIFFERENT,
        /** It makes the answer invalid, as {@link #problem} says. */
        GARBAGE
    }

    /** Begins a new attempt's transcript, to write into. */
    public synchronized Transcript begin(Delta.Start start) {
        arriving = new Transcript(start);
        repeated = new ReadPosition();
        if (told.isEmpty()) {
            told = arriving;
        }
        return arriving;
    }

    /**
     * Adds a piece to an attempt's transcript.
     *
     * @return what the piece means for the callers who stream; nothing if another attempt has begun since
     */
    public Effect add(Transcript written, Delta.Piece piece) {
        Effect effect = append(written, piece);
        if (effect == Effect.MORE && !sizeListeners.isEmpty()) {
            tellSize();
        }
        return effect;
    }

    /**
     * Adds a listener for the answer's size, called after each few thousand characters on the thread that brings them.
     */
    public void tellSize(LongConsumer listener) {
        sizeListeners.add(listener);
    }

    public void tellSizeNoMore(LongConsumer listener) {
        sizeListeners.remove(listener);
    }

    private void tellSize() {
        long size;
        synchronized (this) {
            size = told.size();
            if (size < toldSize + CHARACTERS_UNTIL_TOLD) {
                return;
            }
            toldSize = size;
        }
        sizeListeners.forEach(listener -> listener.accept(size));
    }

    private synchronized Effect append(Transcript written, Delta.Piece piece) {
        if (written != arriving) {
            return Effect.NONE;
        }
        written.add(piece);
        if (written.problem().isPresent()) {
            return Effect.GARBAGE;
        }
        return arriving == told ? Effect.MORE : repeat();
    }

    private Effect repeat() {
        return switch (arriving.compare(told, repeated)) {
            case BEHIND -> Effect.NONE;
            case DIFFERENT -> Effect.DIFFERENT;
            case COVERED -> {
                told = arriving;
                yield Effect.MORE;
            }
        };
    }

    /** Returns why a transcript can't be an answer, if it can't. */
    public synchronized Optional<String> problem(Transcript written) {
        return written.problem();
    }

    public synchronized Completion build(Transcript written, AnswerEnd end, Origin origin) {
        return written.build(end, origin);
    }

    /** Returns whether the latest attempt still has to repeat what was delivered. */
    public synchronized boolean isBehind() {
        return arriving != told;
    }

    /**
     * Ends the latest attempt without a whole answer: takes nothing from it any more, and forgets what nobody has read.
     *
     * @param positions how far the callers who stream have read
     */
    public synchronized void breakOff(Collection<ReadPosition> positions) {
        arriving = new Transcript(NOBODY);
        told.cutAt(positions);
    }

    /**
     * Delivers the latest attempt's answer although it differs from what was delivered. Who has received something else
     * is decided in the same moment: callers may be reading.
     *
     * @param positions the places of the callers who stream
     * @return the places of those who have received something else; they get nothing more
     */
    public synchronized List<ReadPosition> startOver(Collection<ReadPosition> positions) {
        List<ReadPosition> lost =
                positions.stream().filter(position -> !position.isAtStart()).toList();
        lost.forEach(ReadPosition::lose);
        told = arriving;
        return lost;
    }

    /** Takes over a whole answer, unless it has come piece by piece. */
    public synchronized void fill(Completion completion) {
        if (told.isEmpty()) {
            told = new Transcript(new Delta.Start(
                    completion.origin().account(), completion.origin().model()));
            told.add(completion);
        }
    }

    /**
     * Returns the piece after a place, and moves the place along; empty if there is none yet.
     *
     * @param whole whether the answer is whole
     */
    public synchronized Optional<? extends Delta> next(ReadPosition position, boolean whole) {
        return told.next(position, whole);
    }

    public synchronized boolean isEmpty() {
        return told.isEmpty();
    }

    /** Returns how many characters callers can read. */
    public synchronized long size() {
        return told.size();
    }

    /** Returns whether nothing was read from a place yet. */
    public synchronized boolean isAtStart(ReadPosition position) {
        return position.isAtStart();
    }
}
