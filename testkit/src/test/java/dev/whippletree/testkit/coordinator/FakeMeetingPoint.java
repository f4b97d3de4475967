package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.coordinator.CountedLimits.Counted;
import dev.whippletree.testkit.coordinator.KeptClosings.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * The shared place of processes that {@link FakeCoordinator}s coordinate, as a server would be: a few tables in memory.
 * Thread-safe. Has no clock of its own: all processes that meet here must have the same {@code Services.nanoTime()},
 * which they do on one timeline and in one JVM.
 */
public final class FakeMeetingPoint {

    private final CountedLimits limits = new CountedLimits();
    private final HeldClaims claims = new HeldClaims();
    private final KeptClosings closings = new KeptClosings();
    private final Map<Scope, Probe> probes = new HashMap<>();
    private final List<FakeCoordination> processes = new ArrayList<>();
    private int entered;

    /** Creates a place where nobody has been. */
    public FakeMeetingPoint() {}

    /**
     * Forgets everything, as a server does that keeps nothing on its disk and starts anew. Processes tell it again what
     * they know when they are cut off and come back.
     */
    public synchronized void forget() {
        limits.clear();
        claims.clear();
        closings.clear();
        probes.clear();
    }

    /** Who probes a scope, and until when. */
    private record Probe(FakeCoordination process, long overNanos) {}

    /** How many processes there are, and which of them one is, from 0. */
    record Position(int processes, int number) {}

    /** Returns a number that no other process has or had. */
    synchronized int enter(FakeCoordination process) {
        processes.add(process);
        return entered++;
    }

    synchronized Position positionOf(FakeCoordination process) {
        return new Position(processes.size(), processes.indexOf(process));
    }

    synchronized void leave(FakeCoordination process) {
        processes.remove(process);
    }

    /** Lets the claims of a process that can't be reached be over after a while. */
    void silent(FakeCoordination process, long leaseNanos, long now) {
        List<LongConsumer> waiting;
        synchronized (this) {
            waiting = claims.endAll(process, now + leaseNanos);
        }
        waiting.forEach(waits -> waits.accept(leaseNanos));
    }

    /** Counts uses if they fit; else returns why they don't. */
    synchronized Optional<Grant> reserve(List<LimitUse> uses, List<Counted> counted, long now) {
        Optional<Grant> refusal = limits.refusal(uses, use -> use.limit().amount(), now);
        if (refusal.isEmpty()) {
            limits.count(counted);
        }
        return refusal;
    }

    synchronized void count(List<Counted> counted) {
        limits.count(counted);
    }

    synchronized OptionalLong claim(
            CacheKey key, String id, FakeCoordination process, long longest, LongConsumer waiting, long now) {
        return claims.claim(key, id, process, now + longest, waiting, now);
    }

    void endClaim(CacheKey key, String id) {
        List<LongConsumer> waiting;
        synchronized (this) {
            waiting = claims.end(key, id);
        }
        waiting.forEach(waits -> waits.accept(0));
    }

    synchronized boolean claimProbe(FakeCoordination process, Scope scope, long leaseNanos, long now) {
        Probe before = probes.get(scope);
        if (before != null && before.process() != process && before.overNanos() > now) {
            return false;
        }
        probes.put(scope, new Probe(process, now + leaseNanos));
        return true;
    }

    void closed(Told told) {
        boolean news;
        synchronized (this) {
            probes.remove(told.closing().scope());
            news = closings.keep(told);
        }
        if (news) {
            othersThan(told.teller()).forEach(process -> process.hear(told));
        }
    }

    void reopened(FakeCoordination teller, Scope scope) {
        synchronized (this) {
            probes.remove(scope);
            closings.reopen(scope);
        }
        othersThan(teller).forEach(process -> process.hearReopened(scope));
    }

    /** Returns what others have told and still holds. */
    synchronized List<Told> closingsFor(FakeCoordination process, long now) {
        return closings.all(now).stream()
                .filter(told -> told.teller() != process)
                .toList();
    }

    private synchronized List<FakeCoordination> othersThan(Object teller) {
        return processes.stream().filter(process -> process != teller).toList();
    }
}
