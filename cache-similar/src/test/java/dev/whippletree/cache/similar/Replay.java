package dev.whippletree.cache.similar;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.spi.CacheEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Sends a stream of questions through one scope, with intents as the judge of what is right. */
final class Replay {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private final AnswerScope scope;
    private final Random random;
    private final Judge judge;
    private final int atOnce;
    private final List<Asked> asked = new ArrayList<>();
    private int requests;
    private int hits;
    private int wrong;
    private int audits;

    /** What became of a stream. */
    record Result(int requests, int hits, int wrong, int audits, double threshold) {

        double hitRate() {
            return (double) hits / requests;
        }

        double wrongPerRequest() {
            return (double) wrong / requests;
        }

        double wrongPerHit() {
            return hits == 0 ? 0 : (double) wrong / hits;
        }
    }

    /**
     * How often a judge errs.
     *
     * @param callsRightWrong of the answers that are right
     * @param callsWrongRight of those that are wrong
     */
    record Judge(double callsRightWrong, double callsWrongRight) {

        static final Judge PERFECT = new Judge(0, 0);

        boolean says(boolean right, Random random) {
            return right != (random.nextDouble() < (right ? callsRightWrong : callsWrongRight));
        }
    }

    /** A question that the service is being asked. */
    private record Asked(Look look, CacheEntry fresh) {}

    /** Prepares one with a perfect judge and one question after the other. */
    Replay(double maxError, long seed) {
        this(maxError, seed, Judge.PERFECT, 1);
    }

    /**
     * Prepares one.
     *
     * @param atOnce so many questions come at once: they are looked up before the first of them is answered and judged
     */
    Replay(double maxError, long seed, Judge judge, int atOnce) {
        this.random = new Random(seed);
        this.scope = new AnswerScope(
                "replay",
                new FlatIndex(10_000),
                new AuditedThreshold(maxError, true),
                CLOCK,
                new AtomicLong(),
                name -> {});
        this.judge = judge;
        this.atOnce = atOnce;
    }

    /** Asks all of a stream. */
    Replay ask(Stream stream) {
        for (Stream.Question question : stream.questions()) {
            ask(question);
            if (requests % atOnce == 0) {
                asked.forEach(this::learn);
                asked.clear();
            }
        }
        return this;
    }

    private void ask(Stream.Question question) {
        requests++;
        Look look = scope.look(question.text(), Wording.of(question.text()), question.vector(), random.nextDouble());
        if (look.isServed()) {
            hits++;
            wrong += isRight(look.nearest().orElseThrow(), entry(question.intent())) ? 0 : 1;
            scope.delivered(look);
        } else {
            audits += look.judgement().verdict() == AuditedThreshold.Verdict.AUDIT ? 1 : 0;
            asked.add(new Asked(look, entry(question.intent())));
        }
    }

    private void learn(Asked question) {
        Look look = question.look();
        AuditedThreshold.Request request = scope.answered(look, look.judgement());
        boolean right =
                look.nearest().map(nearest -> agree(nearest, question.fresh())).orElse(false);
        scope.label(request, !right);
        Optional<Stored> same =
                right ? look.nearest() : scope.sameAnswer(look, stored -> agree(stored, question.fresh()));
        scope.store(look, question.fresh(), same, Long.MAX_VALUE);
    }

    private boolean agree(Stored stored, CacheEntry fresh) {
        return judge.says(isRight(stored, fresh), random);
    }

    private static boolean isRight(Stored stored, CacheEntry fresh) {
        return stored.entry().completion().text().equals(fresh.completion().text());
    }

    Result result() {
        return new Result(requests, hits, wrong, audits, scope.report().threshold());
    }

    static CacheEntry entry(String answer) {
        Origin origin = new Origin(Origin.Source.CALL, "a", "m", 1, Duration.ZERO, Optional.empty());
        return new CacheEntry(
                new Completion(answer, Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), origin),
                Instant.MAX);
    }
}
