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
import java.util.function.BiPredicate;

/** Sends a stream of questions through one scope, with intents as the judge of what is right. */
final class Replay {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private final Scope scope;
    private final Random random;
    private final BiPredicate<Stored, CacheEntry> agree;
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
     * Prepares one.
     *
     * @param wrongVerdicts how often the judge says the opposite of what is so, 0 to 1
     */
    Replay(double maxError, long seed, double wrongVerdicts) {
        this.random = new Random(seed);
        this.scope =
                new Scope("replay", new FlatIndex(10_000), new AuditedThreshold(maxError, true), CLOCK, name -> {});
        this.agree = (stored, fresh) ->
                stored.entry().completion().text().equals(fresh.completion().text())
                        != (random.nextDouble() < wrongVerdicts);
    }

    /** Asks all of a stream. */
    Replay ask(Stream stream) {
        stream.questions().forEach(this::ask);
        return this;
    }

    /** Asks one question; says whether it was a hit. */
    boolean ask(Stream.Question question) {
        requests++;
        Look look = scope.look(question.text(), Wording.of(question.text()), question.vector(), random.nextDouble());
        if (look.isServed()) {
            hits++;
            String served = look.nearest().orElseThrow().entry().completion().text();
            wrong += served.equals(question.intent()) ? 0 : 1;
            return true;
        }
        audits += look.judgement().verdict() == AuditedThreshold.Verdict.AUDIT ? 1 : 0;
        scope.learn(look, entry(question.intent()), agree);
        return false;
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
