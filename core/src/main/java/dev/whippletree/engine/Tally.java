package dev.whippletree.engine;

import dev.whippletree.engine.Subscription.SessionKey;
import dev.whippletree.engine.pool.LatencyStats;
import dev.whippletree.model.Origin;
import dev.whippletree.model.StatusSnapshot;
import java.util.HashMap;
import java.util.Map;

/** What became of the prompts, counted. Guarded by the engine's lock. */
final class Tally {

    private final RateMeter answers;
    private final LatencyStats latency = new LatencyStats();
    private final Map<SessionKey, Integer> active = new HashMap<>();
    private long submitted;
    private long answered;
    private long fromCache;
    private long joined;
    private long failed;
    private long cancelled;

    Tally(long now) {
        this.answers = new RateMeter(now);
    }

    void submitted(SessionKey session) {
        submitted++;
        active.merge(session, 1, Integer::sum);
    }

    void answered(Subscription subscription, Origin.Source source, long now) {
        answered++;
        fromCache += source == Origin.Source.CACHE ? 1 : 0;
        joined += source == Origin.Source.JOINED ? 1 : 0;
        answers.mark(now);
        latency.record(now - subscription.beganNanos());
        left(subscription);
    }

    void failed(Subscription subscription) {
        failed++;
        left(subscription);
    }

    void cancelled(Subscription subscription) {
        cancelled++;
        left(subscription);
    }

    private void left(Subscription subscription) {
        active.computeIfPresent(subscription.session(), (session, count) -> count == 1 ? null : count - 1);
    }

    StatusSnapshot.Prompts prompts() {
        return new StatusSnapshot.Prompts(submitted, answered, fromCache, joined, failed, cancelled);
    }

    int sessionsActive() {
        return active.size();
    }

    double promptsPerMinute(long now) {
        return answers.perMinute(now);
    }

    StatusSnapshot.Latency latency() {
        return latency.summary();
    }
}
