package dev.whippletree.cache.similar;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * The score from which on stored answers may be served, so that at most a chosen share of all requests is served a
 * wrong one. Confined.
 *
 * <p>A request has a score: how sure it is that the answer stored for the nearest question is right for it. Requests
 * that go to the service get a label: once the fresh answer is there, somebody says whether the stored one would have
 * been wrong. Of those below the threshold all go there, and weigh 1. Of those above it a share goes there too, as
 * audits: every tenth, which then stands for ten. So the weights of the wrong ones from some score on add up to an
 * estimate, without bias, of how many wrong answers that score would have given: inverse probability weighting (Horvitz
 * and Thompson, <i>A generalization of sampling without replacement from a finite universe</i>, 1952).
 *
 * <p>The threshold is the lowest score for which this sum, and one more wrong answer, is at most {@code maxError} of
 * the requests in the window and one. The one more turns an estimate into a bound, since the next request may be the
 * wrong one (Angelopoulos and others, <i>Conformal risk control</i>, 2022). It is charged at the largest weight there
 * is above the score. So that this leaves most of the bound to what was really wrong, audits are more frequent while
 * few requests are known: one audit never stands for more than two fifths of the wrong answers that the window may
 * have. It supposes that the requests to come are like those in the window, which slides: what changes is followed,
 * with a delay.
 *
 * <p>A label may come late, or never. The estimate goes by the requests before the first one without a label, so that
 * it doesn't matter which labels come early; beyond those only what is wrong counts. A request without a label after
 * {@link #LABEL_WITHIN} further ones counts as wrong until its label comes: if what nobody has judged were left out,
 * who judges only what is right would hide all else.
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

    /**
     * Requests after which one without a label counts as wrong: a tenth of the window, by which the estimate then lags
     * behind.
     */
    static final int LABEL_WITHIN = 200;

    /** Requests after which the threshold is found anew, if nothing wrong gives reason to do so earlier. */
    private static final int REFIT_EVERY = 100;

    /** The score of a request for which nothing may be served, however many such requests went well. */
    static final double NEVER = Double.NEGATIVE_INFINITY;

    private static final double NOWHERE = Double.POSITIVE_INFINITY;

    private final double maxError;
    private final boolean serving;

    /** The latest requests, the latest last. */
    private final Deque<Request> window = new ArrayDeque<>();

    /** Those whose label may come yet, and some that have one by now; the latest last. The first one has none. */
    private final Deque<Request> unlabelled = new ArrayDeque<>();

    private double threshold = NOWHERE;
    private double auditShare = 1;
    private long requests;
    private long fitted;
    private long notBefore = WARM_UP;

    /** A request that was answered, which counts once. */
    static final class Request {

        private final long number;
        private final double score;
        private final Judgement judgement;
        private Label label;

        private Request(long number, double score, Judgement judgement, Label label) {
            this.number = number;
            this.score = score;
            this.judgement = judgement;
            this.label = label;
        }

        private boolean isServed() {
            return judgement.verdict() == Verdict.SERVE;
        }

        private boolean isAudit() {
            return judgement.verdict() == Verdict.AUDIT;
        }

        private boolean isWrong() {
            return label == Label.WRONG || label == Label.OVERDUE;
        }
    }

    /** What is known of a stored answer. */
    private enum Label {
        /** Nobody has judged it yet. */
        NONE,
        /** It would have been right; of one that was served: nobody has said otherwise. */
        RIGHT,
        /** It was wrong, or would have been. */
        WRONG,
        /** Nobody has judged it in time, so that it counts as wrong. */
        OVERDUE
    }

    /**
     * What is to be done with a request. Immutable.
     *
     * @param verdict what
     * @param weight how many requests like it it stands for, if it goes to the service; 1 or more
     */
    record Judgement(Verdict verdict, double weight) {

        /** It goes to the service, and stands for itself. */
        static final Judgement ASK = new Judgement(Verdict.ASK, 1);

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

    /** A stored answer was delivered. */
    Request served(double score) {
        Request request = new Request(++requests, score, Judgement.SERVE, Label.RIGHT);
        window.addLast(request);
        goOn(false);
        return request;
    }

    /**
     * The service has answered a request. Its label is to come, by {@link #label}.
     *
     * @param score what it was judged by
     * @param judgement how it was judged
     */
    Request answered(double score, Judgement judgement) {
        Request request = new Request(++requests, score, judgement, Label.NONE);
        window.addLast(request);
        unlabelled.addLast(request);
        goOn(false);
        return request;
    }

    /**
     * Learns whether a request was served a wrong answer, or would have been. What was said of it before counts no
     * longer.
     *
     * @param wrong whether the stored answer is wrong for it
     */
    void label(Request request, boolean wrong) {
        boolean asExpected = !wrong || request.isWrong();
        request.label = wrong ? Label.WRONG : Label.RIGHT;
        goOn(!asExpected && request.judgement.verdict() != Verdict.ASK);
    }

    /** Fits the threshold where it is time to; at once where one that was served, or could have been, proves wrong. */
    private void goOn(boolean proveWrong) {
        boolean atOnce = giveUpOverdue() || proveWrong;
        long known = known();
        if (known / REFIT_EVERY > fitted) {
            fitted = known / REFIT_EVERY;
            forget(known - WINDOW);
            if (measured().isAbove(maxError)) {
                startOver();
            }
            fit();
        } else if (atOnce) {
            fit();
        }
    }

    private boolean giveUpOverdue() {
        boolean audit = false;
        while (!unlabelled.isEmpty()) {
            Request first = unlabelled.getFirst();
            if (first.label == Label.NONE) {
                if (first.number > requests - LABEL_WITHIN) {
                    return audit;
                }
                first.label = Label.OVERDUE;
                audit |= first.isAudit();
            }
            unlabelled.removeFirst();
        }
        return audit;
    }

    /** Returns the number of the last request before the first without a label. */
    private long known() {
        return unlabelled.isEmpty() ? requests : unlabelled.getFirst().number - 1;
    }

    private void forget(long upTo) {
        while (!window.isEmpty() && window.getFirst().number <= upTo) {
            window.removeFirst();
        }
    }

    /**
     * The bound isn't kept: what was learned doesn't hold any longer, and nothing is served until a whole window is
     * known anew.
     */
    private void startOver() {
        window.clear();
        unlabelled.clear();
        notBefore = requests + WINDOW;
    }

    private void fit() {
        double most = maxError * (measured().requests() + 1);
        auditShare = Math.min(1, Math.max(LEAST_AUDITS, 1 / (MOST_OF_THE_BOUND * most)));
        threshold = known() < notBefore ? NOWHERE : lowestWithin(most);
    }

    /** Returns the lowest score from which on the wrong ones' weights, and one more, add up to no more than that. */
    private double lowestWithin(double most) {
        List<Request> best = labelled();
        double lowest = NOWHERE;
        double wrong = 0;
        double oneMore = 1;
        for (int i = 0; i < best.size(); i++) {
            Request request = best.get(i);
            wrong += request.isWrong() ? request.judgement.weight() : 0;
            oneMore = Math.max(oneMore, request.judgement.weight());
            if (wrong + oneMore > most || request.score == NEVER) {
                return lowest;
            }
            boolean last = i + 1 == best.size() || best.get(i + 1).score < request.score;
            if (last) {
                lowest = request.score;
            }
        }
        return lowest;
    }

    /**
     * Returns the requests that say something about a score, the highest first: what was served does only if it was
     * wrong.
     */
    private List<Request> labelled() {
        long known = known();
        return window.stream()
                .filter(request -> request.isWrong() || (request.number <= known && !request.isServed()))
                .sorted(Comparator.comparingDouble((Request request) -> request.score)
                        .reversed())
                .toList();
    }

    /** Returns the score from which on answers are served; positive infinity: none is. */
    double threshold() {
        return threshold;
    }

    /** Returns whether it serves nothing because the bound wasn't kept. */
    boolean isOff() {
        return notBefore > WARM_UP && known() < notBefore;
    }

    /** Returns how many requests in the window count as wrong because nobody has judged them. */
    int overdue() {
        return (int) window.stream()
                .filter(request -> request.label == Label.OVERDUE)
                .count();
    }

    /** Returns how often it was wrong in the window, or would have been if it serves nothing, by its audits. */
    MeasuredError measured() {
        long known = known();
        int counted = 0;
        int served = 0;
        int calledWrong = 0;
        int audits = 0;
        int wrong = 0;
        for (Request request : window) {
            boolean counts = request.number <= known;
            counted += counts ? 1 : 0;
            served += counts && request.isServed() ? 1 : 0;
            calledWrong += counts && request.isServed() && request.isWrong() ? 1 : 0;
            audits += counts && request.isAudit() ? 1 : 0;
            wrong += counts && request.isAudit() && request.isWrong() ? 1 : 0;
        }
        return new MeasuredError(counted, serving ? served : audits, audits, wrong, calledWrong);
    }
}
