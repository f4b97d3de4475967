package dev.whippletree.cache.similar;

import dev.whippletree.spi.CacheEntry;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The questions of one scope that were answered, and the score from which on their answers may be served. Thread-safe. */
final class Scope {

    /** A fresh answer is compared with so many known ones before it counts as another. */
    private static final int COMPARED = 4;

    private final String name;
    private final Index index;
    private final AuditedThreshold threshold;
    private final InstantSource clock;
    private final Consumer<String> whenOff;
    private int answers;
    private boolean off;

    /**
     * Creates one without questions.
     *
     * @param name what reports call it
     * @param whenOff is told the name when it is switched off; must not block
     */
    Scope(String name, Index index, AuditedThreshold threshold, InstantSource clock, Consumer<String> whenOff) {
        this.name = name;
        this.index = index;
        this.threshold = threshold;
        this.clock = clock;
        this.whenOff = whenOff;
    }

    /**
     * Looks a question up and judges it.
     *
     * @param chance drawn evenly from 0 to 1
     */
    synchronized Look look(String question, Wording wording, float[] vector, double chance) {
        Optional<Neighbours> near = index.nearest(
                vector,
                clock.instant(),
                stored -> Guard.between(wording, stored.wording()).isEmpty());
        Optional<Stored> nearest = near.map(Neighbours::nearest);
        double score = near.map(Neighbours::score).orElse(AuditedThreshold.NEVER);
        AuditedThreshold.Judgement judgement = threshold.judge(score, chance);
        Look look = new Look(question, wording, vector, nearest, score, judgement);
        if (look.isServed()) {
            threshold.served();
            noticeOff();
        }
        return look;
    }

    /**
     * Learns what a question was answered that had gone to the service.
     *
     * @param agree whether a stored answer would have done as well; asked without a lock
     */
    void learn(Look look, CacheEntry fresh, BiPredicate<Stored, CacheEntry> agree) {
        boolean right = look.nearest().map(stored -> agree.test(stored, fresh)).orElse(false);
        Optional<Stored> same = right ? look.nearest() : sameAnswer(look, fresh, agree);
        label(look, !right);
        store(look, fresh, same);
    }

    private Optional<Stored> sameAnswer(Look look, CacheEntry fresh, BiPredicate<Stored, CacheEntry> agree) {
        List<Stored> candidates;
        synchronized (this) {
            candidates = index.nearestAnswers(look.vector(), clock.instant(), COMPARED);
        }
        return candidates.stream()
                .filter(stored -> !look.nearest().equals(Optional.of(stored)))
                .filter(stored -> agree.test(stored, fresh))
                .findFirst();
    }

    /** Stores a question and its answer; the same answer as that of another question, if one is given. */
    synchronized void store(Look look, CacheEntry fresh, Optional<Stored> same) {
        int answer = same.map(Stored::answer).orElseGet(() -> answers++);
        index.add(new Stored(look.question(), look.wording(), fresh, answer), look.vector());
    }

    /** A question that was stored turned out to have the answer of the one that was nearest to it. */
    synchronized void unite(Look look, CacheEntry fresh) {
        if (index.remove(stored -> stored.entry() == fresh && stored.text().equals(look.question())) > 0) {
            store(look, fresh, look.nearest());
        }
    }

    /** Learns whether the stored answer would have been wrong. */
    synchronized void label(Look look, boolean wrong) {
        threshold.labelled(look.score(), look.judgement(), wrong);
        noticeOff();
    }

    private void noticeOff() {
        if (threshold.isOff() && !off) {
            whenOff.accept(name);
        }
        off = threshold.isOff();
    }

    /** An answer that was served was wrong: it isn't served again. */
    synchronized void disown(Look look) {
        threshold.wronged(look.score());
        look.nearest().ifPresent(stored -> index.remove(stored::equals));
    }

    synchronized int remove(Predicate<Stored> condition) {
        return index.remove(condition);
    }

    synchronized Report report() {
        return new Report(name, threshold.threshold(), threshold.isOff(), threshold.measured());
    }

    /**
     * How a scope does. Immutable.
     *
     * @param name what it is called
     * @param threshold the score from which on answers are served
     * @param off whether nothing is served since the bound wasn't kept
     * @param measured how often it was wrong
     */
    record Report(String name, double threshold, boolean off, MeasuredError measured) {}
}
