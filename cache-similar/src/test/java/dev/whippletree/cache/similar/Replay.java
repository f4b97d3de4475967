package dev.whippletree.cache.similar;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.spi.CacheEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
    private int requests;
    private int hits;
    private int wrong;

    /** What became of a stream. */
    record Result(int requests, int hits, int wrong) {

        double hitRate() {
            return (double) hits / requests;
        }

        double wrongPerRequest() {
            return (double) wrong / requests;
        }
    }

    /**
     * How often a judge errs.
     *
     * @param callsRightWrong of the answers that are right
     * @param callsWrongRight of those that are wrong
     */
    record Judge(double callsRightWrong, double callsWrongRight) {

        boolean says(boolean right, Random random) {
            return right != (random.nextDouble() < (right ? callsRightWrong : callsWrongRight));
        }
    }

    Replay(double maxError, long seed, Judge judge) {
        this.random = new Random(seed);
        this.scope = new AnswerScope(
                "replay",
                new FlatIndex(10_000),
                new AuditedThreshold(maxError, true),
                CLOCK,
                new AtomicLong(),
                name -> {});
        this.judge = judge;
    }

    /** Asks all of a stream. */
    Replay ask(Stream stream) {
        for (Stream.Question question : stream.questions()) {
            ask(question);
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
            learn(look, entry(question.intent()));
        }
    }

    private void learn(Look look, CacheEntry fresh) {
        AuditedThreshold.Request request = scope.answered(look, look.judgement());
        boolean right = look.nearest().map(nearest -> agree(nearest, fresh)).orElse(false);
        scope.label(request, !right);
        Optional<Stored> same = right ? look.nearest() : scope.sameAnswer(look, stored -> agree(stored, fresh));
        scope.store(look, fresh, same, Long.MAX_VALUE);
    }

    private boolean agree(Stored stored, CacheEntry fresh) {
        return judge.says(isRight(stored, fresh), random);
    }

    private static boolean isRight(Stored stored, CacheEntry fresh) {
        return stored.entry().completion().text().equals(fresh.completion().text());
    }

    Result result() {
        return new Result(requests, hits, wrong);
    }

    static CacheEntry entry(String answer) {
        Origin origin = new Origin(Origin.Source.CALL, "a", "m", 1, Duration.ZERO, Optional.empty());
        return new CacheEntry(
                new Completion(answer, Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), origin),
                Instant.MAX);
    }
}
