package dev.whippletree.engine.flight;

import dev.whippletree.engine.pool.LatencyStats;
import dev.whippletree.engine.run.RecentSum;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of the prompts, counted. Guarded by the engine's lock. */
public final class Tally {

    private static final int SECONDS = 60;
    private static final double NANOS_PER_SECOND = 1e9;

    private final long startNanos;

    /** The answers of the last minute, to the second. */
    private final RecentSum answers = new RecentSum(Duration.ofMinutes(1), SECONDS);

    private final LatencyStats latency = new LatencyStats();
    private final Map<ActiveSession, ActiveSession> active = new HashMap<>();
    private long submitted;
    private long answered;
    private long fromCache;
    private long joined;
    private long failed;
    private long cancelled;
    private long resumed;

    /** A session with prompts that haven't ended; equal to another of the same names. */
    static final class ActiveSession {

        /** Mixed well, for names of tenants and of sessions are often numbered alike. */
        private static final int MIX = 0x9E3779B1;

        private final String tenant;
        private final String session;
        private final int hash;
        private int prompts;

        private ActiveSession(Prompt prompt) {
            this.tenant = prompt.tenant();
            this.session = prompt.session().orElse("");
            this.hash = tenant.hashCode() * MIX + session.hashCode();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ActiveSession that
                    && hash == that.hash
                    && session.equals(that.session)
                    && tenant.equals(that.tenant);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    public Tally(long now) {
        this.startNanos = now;
    }

    /** A prompt has come. Returns its session, to be told of its end. */
    public ActiveSession submitted(Prompt prompt) {
        submitted++;
        ActiveSession session = active.computeIfAbsent(new ActiveSession(prompt), found -> found);
        session.prompts++;
        return session;
    }

    public void answered(ActiveSession session, Origin.Source source, long tookNanos, long now) {
        answered++;
        fromCache += source == Origin.Source.CACHE ? 1 : 0;
        joined += source == Origin.Source.JOINED ? 1 : 0;
        answers.add(1, now - startNanos);
        latency.record(tookNanos);
        left(session);
    }

    public void failed(ActiveSession session) {
        failed++;
        left(session);
    }

    public void cancelled(ActiveSession session) {
        cancelled++;
        left(session);
    }

    /** A prompt has gone back to the turn that was kept for it. */
    public void resumed() {
        resumed++;
    }

    private void left(ActiveSession session) {
        session.prompts--;
        if (session.prompts == 0) {
            active.remove(session);
        }
    }

    public StatusSnapshot.Prompts prompts() {
        return new StatusSnapshot.Prompts(submitted, answered, fromCache, joined, failed, cancelled, resumed);
    }

    public int sessionsActive() {
        return active.size();
    }

    /** Returns how many prompts were answered in the last minute; in the first minute, at the rate until now. */
    public double promptsPerMinute(long now) {
        long running = now - startNanos;
        double seconds = Math.min(SECONDS, Math.max(1, running / NANOS_PER_SECOND));
        return answers.sumOfWholeSlices(running) * SECONDS / seconds;
    }

    public StatusSnapshot.Latency latency() {
        return latency.summary();
    }
}
