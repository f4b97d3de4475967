package dev.whippletree.cache.similar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * The score from which on stored answers may be served, so that at most a chosen share of all requests is served a wrong one. Confined.
 *
 * <p>A request has a score: how sure it is that the answer stored for the nearest question is right for it. Requests that go to the
 * service get a label: once the fresh answer is there, it is known whether the stored one would have been wrong. Of those below the
 * threshold all go there, and weigh 1. Of those above it a share goes there too, as audits: every tenth, which then stands for ten.
 * So the weights of the wrong ones from some score on add up to an estimate, without bias, of how many wrong answers that score would
 * have given: inverse probability weighting (Horvitz and Thompson, <i>A generalization of sampling without replacement from a finite
 * universe</i>, 1952).
 *
 * <p>The threshold is the lowest score for which this sum, and one more wrong answer, is at most {@code maxError} of the requests in
 * the window and one. The one more turns an estimate into a bound, since the next request may be the wrong one (Angelopoulos and
 * others, <i>Conformal risk control</i>, 2022). It is charged at the largest weight there is above the score. So that this leaves most of
 * the bound to what was really wrong, audits are more frequent while few requests are known: one audit never stands for more than
 * two fifths of the wrong answers that the window may have. It supposes that the requests to come are like those in the window, which slides:
 * what changes is followed, with a delay.
 */
final class AuditedThreshold {

    /** Requests that go to the service before any answer is served. */
    static final int WARM_UP = 300;

    /** The least share of requests above the threshold that goes to the service all the same. */
    static final double LEAST_AUDITS = 0.1;

    /** What of the wrong answers that the window may have a single audit stands for, at most. */
    private static final double MOST_OF_THE_BOUND = 0.4;

    /** Requests that count: enough to tell 1 wrong in 200, few enough to follow what changes. */
    static final int WINDOW = 2_000;

    /** Requests after which the threshold is found anew. */
    private static final int REFIT_EVERY = 100;

    /** The score of a request for which nothing may be served, however many such requests went well. */
    static final double NEVER = Double.NEGATIVE_INFINITY;

    private static final double NOWHERE = Double.POSITIVE_INFINITY;

    private final double maxError;
    private final boolean serving;

    /** The requests in the window that have a label, the latest last. */
    private final Deque<Label> labels = new ArrayDeque<>();

    /** The numbers of the requests in the window that were served, the latest last. */
    private final Deque<Long> served = new ArrayDeque<>();

    private double threshold = NOWHERE;
    private double auditShare = 1;
    private long requests;
    private long notBefore = WARM_UP;

    /** What was learned of one request. */
    private record Label(long number, double score, boolean audit, double weight, boolean wrong) {}

    /**
     * What is to be done with a request. Immutable.
     *
     * @param verdict what
     * @param weight how many requests like it it stands for, if it goes to the service; 1 or more
     */
    record Judgement(Verdict verdict, double weight) {

        private static final Judgement ASK = new Judgement(Verdict.ASK, 1);
        private static final Judgement SERVE = new Judgement(Verdict.SERVE, 1);
    }

    /** What that can be. */
    enum Verdict {
        /** Serve what is stored. */
        SERVE,
        /** It could be served, and goes to the service all the same to see whether that would have been right. */
        AUDIT,
        /** It goes to the service. */
        ASK
    }

    /**
     * Creates one that serves nothing yet.
     *
     * @param maxError the share of requests that may be served a wrong answer, more than 0 and less than 1
     * @param serving whether it ever serves; else all that could be served is an audit, which stands for itself alone
     */
    AuditedThreshold(double maxError, boolean serving) {
        this.maxError = maxError;
        this.serving = serving;
    }

    /**
     * Judges a request.
     *
     * @param score of its nearest stored question; the higher the surer
     * @param chance drawn evenly from 0 to 1
     */
    Judgement judge(double score, double chance) {
        if (score < threshold) {
            return Judgement.ASK;
        }
        double share = serving ? auditShare : 1;
        return chance < share ? new Judgement(Verdict.AUDIT, 1 / share) : Judgement.SERVE;
    }

    /** A request was served. */
    void served() {
        served.addLast(++requests);
        refit();
    }

    /**
     * A request that went to the service has its label.
     *
     * @param score what it was judged by
     * @param judgement how it was judged
     * @param wrong whether the stored answer would have been wrong
     */
    void labelled(double score, Judgement judgement, boolean wrong) {
        boolean audit = judgement.verdict() == Verdict.AUDIT;
        labels.addLast(new Label(++requests, score, audit, judgement.weight(), wrong));
        refit();
    }

    /** A request that was served is known to have got a wrong answer. */
    void wronged(double score) {
        labels.addLast(new Label(requests, score, false, 1, true));
    }

    private void refit() {
        if (requests % REFIT_EVERY != 0) {
            return;
        }
        forget(requests - WINDOW);
        if (measured().isAbove(maxError)) {
            startOver();
        }
        double most = maxError * (inWindow() + 1);
        auditShare = Math.min(1, Math.max(LEAST_AUDITS, 1 / (MOST_OF_THE_BOUND * most)));
        threshold = requests < notBefore ? NOWHERE : lowestWithin(most);
    }

    private void forget(long upTo) {
        while (!labels.isEmpty() && labels.getFirst().number() <= upTo) {
            labels.removeFirst();
        }
        while (!served.isEmpty() && served.getFirst() <= upTo) {
            served.removeFirst();
        }
    }

    /** The bound isn't kept: what was learned doesn't hold any longer, and nothing is served until a whole window is known anew. */
    private void startOver() {
        labels.clear();
        served.clear();
        notBefore = requests + WINDOW;
    }

    /** Returns the lowest score from which on the wrong ones' weights, and one more, add up to no more than that. */
    private double lowestWithin(double most) {
        List<Label> best = new ArrayList<>(labels);
        best.sort(Comparator.comparingDouble(Label::score).reversed());
        double lowest = NOWHERE;
        double wrong = 0;
        double oneMore = 1;
        for (int i = 0; i < best.size(); i++) {
            Label label = best.get(i);
            wrong += label.wrong() ? label.weight() : 0;
            oneMore = Math.max(oneMore, label.weight());
            if (wrong + oneMore > most || label.score() == NEVER) {
                return lowest;
            }
            boolean last = i + 1 == best.size() || best.get(i + 1).score() < label.score();
            if (last) {
                lowest = label.score();
            }
        }
        return lowest;
    }

    private int inWindow() {
        return labels.size() + served.size();
    }

    /** Returns the score from which on answers are served; positive infinity: none is. */
    double threshold() {
        return threshold;
    }

    /** Returns whether it serves nothing because the bound wasn't kept. */
    boolean isOff() {
        return notBefore > WARM_UP && requests < notBefore;
    }

    /** Returns how often it was wrong in the window, or would have been if it serves nothing, by its audits. */
    MeasuredError measured() {
        int audits = 0;
        int wrong = 0;
        for (Label label : labels) {
            audits += label.audit() ? 1 : 0;
            wrong += label.audit() && label.wrong() ? 1 : 0;
        }
        return new MeasuredError(inWindow(), serving ? served.size() : audits, audits, wrong);
    }
}
