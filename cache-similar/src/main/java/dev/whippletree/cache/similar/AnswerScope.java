package dev.whippletree.cache.similar;

import dev.whippletree.cache.similar.AuditedThreshold.Judgement;
import dev.whippletree.cache.similar.AuditedThreshold.Request;
import dev.whippletree.spi.CacheEntry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The questions of one scope that were answered, and the score from which on their answers may be served. Thread-safe.
 */
final class AnswerScope {

    /** A fresh answer is compared with so many known ones before it counts as another. */
    private static final int COMPARED = 4;

    private final String name;
    private final FlatIndex index;
    private final AuditedThreshold threshold;
    private final InstantSource clock;
    private final AtomicLong held;
    private final Consumer<String> whenOff;
    private long ids;
    private int answers;
    private int removals;
    private boolean off;
    private boolean ended;

    /**
     * Creates one without questions.
     *
     * @param name what reports call it
     * @param held is told how many bytes its questions take, and those of other scopes
     * @param whenOff is told the name when it is switched off; must not block
     */
    AnswerScope(
            String name,
            FlatIndex index,
            AuditedThreshold threshold,
            InstantSource clock,
            AtomicLong held,
            Consumer<String> whenOff) {
        this.name = name;
        this.index = index;
        this.threshold = threshold;
        this.clock = clock;
        this.held = held;
        this.whenOff = whenOff;
    }

    /**
     * Looks a question up and judges it. It counts only by {@link #delivered} or {@link #answered}.
     *
     * @param chance drawn evenly from 0 to 1
     */
    synchronized Look look(String question, Wording wording, float[] vector, double chance) {
        long before = index.bytes();
        Optional<Neighbours> near = index.nearest(
                vector,
                clock.instant(),
                stored -> Guard.between(wording, stored.wording()).isEmpty());
        held.addAndGet(index.bytes() - before);
        double score = near.map(Neighbours::score).orElse(AuditedThreshold.NEVER);
        return new Look(
                this, question, wording, vector, near.map(Neighbours::nearest), score, threshold.judge(score, chance));
    }

    /** The stored answer that was found was delivered. */
    synchronized Request delivered(Look look) {
        Request request = threshold.served(look.score());
        noticeOff();
        return request;
    }

    /**
     * The service has answered a question; whether the stored answer would have been wrong is to be said by
     * {@link #label}.
     */
    synchronized Request answered(Look look, Judgement judgement) {
        Request request = threshold.answered(look.score(), judgement);
        noticeOff();
        return request;
    }

    /** Learns whether the stored answer is wrong, or would have been. */
    synchronized void label(Request request, boolean wrong) {
        threshold.label(request, wrong);
        noticeOff();
    }

    /**
     * Returns a stored question other than the nearest one whose answer is the same as a fresh one.
     *
     * @param agree whether a stored answer would have done as well; asked without a lock
     */
    Optional<Stored> sameAnswer(Look look, Predicate<Stored> agree) {
        List<Stored> candidates = new ArrayList<>();
        synchronized (this) {
            change(() -> candidates.addAll(index.nearestAnswers(look.vector(), clock.instant(), COMPARED)));
        }
        return candidates.stream()
                .filter(stored -> look.nearest().stream().noneMatch(nearest -> nearest.id() == stored.id()))
                .filter(agree)
                .findFirst();
    }

    /**
     * Stores a question and its answer, unless that takes too much.
     *
     * @param same a question with the same answer, if one is known
     * @param mostBytes how much it may take
     */
    synchronized Stored store(Look look, CacheEntry fresh, Optional<Stored> same, long mostBytes) {
        int answer = same.map(Stored::answer).orElseGet(() -> answers++);
        Stored stored = new Stored(ids++, look.wording(), fresh, answer);
        if (!ended && stored.bytes() <= mostBytes) {
            change(() -> index.add(stored, look.vector()));
        }
        return stored;
    }

    /** A question that was stored turned out to have the answer of another one. */
    synchronized void unite(long id, long nearest) {
        Optional<Stored> same = index.find(nearest);
        index.find(id)
                .ifPresent(stored -> same.ifPresent(
                        other -> index.replace(new Stored(id, stored.wording(), stored.entry(), other.answer()))));
    }

    /** Returns the answer of a question, if it is still stored. */
    synchronized Optional<CacheEntry> answer(long id) {
        return index.find(id).map(Stored::entry);
    }

    /** An answer that was served was wrong: it isn't served again. */
    synchronized void disown(long id) {
        change(() -> index.remove(id));
    }

    /** Removes what is stored for a question in these very words. */
    synchronized void forget(Wording wording) {
        removals++;
        change(() -> index.removeIf(stored -> stored.wording().equals(wording)));
    }

    /** Returns how often {@link #forget} was called. */
    synchronized int removals() {
        return removals;
    }

    /** Makes room; returns whether anything is left. */
    synchronized boolean forgetOldest() {
        change(index::removeOldest);
        return index.size() > 0;
    }

    /** Removes all and stores nothing from now on; returns how many questions there were. */
    synchronized int end() {
        ended = true;
        int before = index.size();
        change(index::clear);
        return before;
    }

    private void change(Runnable change) {
        long before = index.bytes();
        change.run();
        held.addAndGet(index.bytes() - before);
    }

    private void noticeOff() {
        if (threshold.isOff() && !off) {
            whenOff.accept(name);
        }
        off = threshold.isOff();
    }

    synchronized Report report() {
        return new Report(name, threshold.threshold(), threshold.isOff(), threshold.measured(), threshold.overdue());
    }

    /**
     * How a scope does. Immutable.
     *
     * @param name what it is called
     * @param threshold the score from which on answers are served
     * @param off whether nothing is served since the bound wasn't kept
     * @param measured how often it was wrong
     * @param overdue how many requests count as wrong since nobody has judged them
     */
    record Report(String name, double threshold, boolean off, MeasuredError measured, int overdue) {}
}
