package dev.whippletree.engine.answer;

import dev.whippletree.engine.answer.Transcript.Place;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Origin;
import dev.whippletree.spi.AnswerEnd;
import java.util.Collection;
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

    /** What callers read. */
    private Transcript told = new Transcript(NOBODY);

    /** What the latest attempt writes; the same unless it has to repeat something. */
    private Transcript arriving = told;

    /** How far the one that has to repeat what was told has done so. */
    private Place repeated = new Place();

    private final Set<LongConsumer> sizeListeners = ConcurrentHashMap.newKeySet();
    private long toldSize;

    /** What a piece was to those that read along. */
    public enum Effect {
        /** They can be told more. */
        MORE,
        /** They were told before, or are not to be told yet. */
        NONE,
        /** It isn't what they were told before. */
        DIFFERENT,
        /** With it the answer can't be one, as {@link #problem} says. */
        GARBAGE
    }

    /**
     * A new attempt begins.
     *
     * @param start what it is made on
     * @return what it is to write into
     */
    public synchronized Transcript begin(Delta.Start start) {
        arriving = new Transcript(start);
        repeated = new Place();
        if (told.isEmpty()) {
            told = arriving;
        }
        return arriving;
    }

    /**
     * Adds a piece to what an attempt has written.
     *
     * @return what that is to those that read along; nothing if another attempt has begun since
     */
    public Effect add(Transcript written, Delta.Piece piece) {
        Effect effect = append(written, piece);
        if (effect == Effect.MORE && !sizeListeners.isEmpty()) {
            tellSize();
        }
        return effect;
    }

    /** Somebody wants to know how much has come, after each few thousand characters, on the thread that brings them. */
    public void tellSize(LongConsumer listener) {
        sizeListeners.add(listener);
    }

    /** Somebody doesn't want to know that any more, and isn't kept. */
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

    /** Returns why what an attempt has written can't be an answer, if it can't. */
    public synchronized Optional<String> problem(Transcript written) {
        return written.problem();
    }

    /** Puts what an attempt has written together. */
    public synchronized Completion build(Transcript written, AnswerEnd end, Origin origin) {
        return written.build(end, origin);
    }

    /** Returns whether the latest attempt has yet to say what was told before. */
    public synchronized boolean isBehind() {
        return arriving != told;
    }

    /**
     * The latest attempt has ended without a whole answer: nothing is taken from it any more, and what nobody was told is
     * forgotten.
     *
     * @param places where those are that read along
     */
    public synchronized void breakOff(Collection<Place> places) {
        arriving = new Transcript(NOBODY);
        told.cutAt(places.stream().max(Place::compareTo).orElseGet(Place::new));
    }

    /**
     * Lets everybody read what the latest attempt writes, though it isn't what was told before.
     *
     * @param lost where those are that were told something else, and are told nothing more
     */
    public synchronized void startOver(Collection<Place> lost) {
        lost.forEach(Place::lose);
        told = arriving;
    }

    /** The whole answer is there: whoever hasn't been told of it piece by piece now is. */
    public synchronized void fill(Completion completion) {
        if (told.isEmpty()) {
            told = new Transcript(new Delta.Start(
                    completion.origin().account(), completion.origin().model()));
            told.add(completion);
        }
    }

    /** Returns what comes after a place, and moves that along; empty if nothing does yet. */
    public synchronized Optional<? extends Delta> next(Place place) {
        return told.next(place);
    }

    /** Returns whether callers can be told nothing yet. */
    public synchronized boolean isEmpty() {
        return told.isEmpty();
    }

    /** Returns whether nothing was read from a place yet. */
    public synchronized boolean isAtStart(Place place) {
        return place.isAtStart();
    }
}
