package dev.whippletree.engine.flight;

import dev.whippletree.engine.pool.LatencyStats;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of the prompts, counted. Guarded by the engine's lock. */
public final class Tally {

    private final RateMeter answers;
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
        this.answers = new RateMeter(now);
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
        answers.mark(now);
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

    public double promptsPerMinute(long now) {
        return answers.perMinute(now);
    }

    public StatusSnapshot.Latency latency() {
        return latency.summary();
    }
}
