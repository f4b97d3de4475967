package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AnswerEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has happened in a run so far, as it is seen from outside: by those who ask and by those who are called. The
 * engine's own word is not among it. Confined to one run.
 */
final class Facts {

    private static final Set<FailureKind> OUTAGES =
            EnumSet.of(FailureKind.OVERLOADED, FailureKind.UNAVAILABLE, FailureKind.TIMEOUT);
    private static final Set<FailureKind> OWN =
            EnumSet.of(FailureKind.TOO_LARGE, FailureKind.FILTERED, FailureKind.REJECTED);
    private static final Set<FailureKind> LIMITED = EnumSet.of(FailureKind.RATE_LIMITED, FailureKind.QUOTA_EXHAUSTED);

    private static final long LONGEST_OUTAGE_NANOS = Duration.ofMinutes(15).toNanos();

    final Scenario scenario;
    RouteSettings route;
    TenantWeights weights = TenantWeights.EQUAL;

    /** Whether they have changed since somebody asked. */
    boolean weightsChanged;

    final Books books = new Books();
    final List<Asked> asked = new ArrayList<>();
    final Set<Asked> fresh = new LinkedHashSet<>();
    private final Map<String, Integer> openByKey = new HashMap<>();
    private final Map<String, Asked> openerByKey = new HashMap<>();
    private final Map<String, Stored> stored = new HashMap<>();
    private final Set<String> answeredKeys = new HashSet<>();
    private final Map<Prompt, Asked> byPrompt = new IdentityHashMap<>();
    private final Map<String, Integer> underWay = new HashMap<>();
    private final Map<String, String> connectionOf = new HashMap<>();
    private final Map<String, String> organizationOf = new HashMap<>();
    private final Map<String, Integer> underWayOfOrganization = new HashMap<>();
    private final Set<String> limitedOrganizations = new HashSet<>();

    /** For each organization, how many calls have ended otherwise than by a limit. */
    private final Map<String, Long> unlimitedOfOrganization = new HashMap<>();

    private final Map<String, Set<Call>> underWayByKey = new HashMap<>();

    /** For each target, when the calls were made that were answered, if only with a refusal of their prompt. */
    private final Map<String, TreeSet<Long>> goodNanos = new HashMap<>();

    /** What is a violation if it still is at the end of the instant. */
    private final List<Runnable> doubtful = new ArrayList<>();

    private @Nullable String violation;
    long flights;

    long calls;

    /** Answers of services, by which prompts' and completions' usual lengths are learned. */
    int answers;

    long nowNanos;

    Facts(Scenario scenario) {
        this.scenario = scenario;
        this.route = scenario.route();
        scenario.accounts().stream().filter(scenario::isDeclared).forEach(books::open);
    }

    /** From when until when an answer is stored. */
    private record Stored(long fromNanos, long untilNanos) {}

    /** Somebody asks now. */
    Asked asking(Ask ask) {
        OptionalLong deadline = ask.prompt()
                .deadline()
                .or(scenario.route()::deadline)
                .map(Duration::toNanos)
                .map(after -> OptionalLong.of(nowNanos + after))
                .orElse(OptionalLong.empty());
        Asked one = new Asked(ask, nowNanos, deadline);
        asked.add(one);
        byPrompt.put(ask.prompt(), one);
        Asked opener = openerByKey.get(one.key);
        boolean joins = ask.shares() && openByKey.getOrDefault(one.key, 0) > 0;
        one.flight = joins && opener != null ? opener : one;
        one.flight.callers++;
        one.opener = !joins && !(ask.shares() && isStored(one.key));
        if (one.opener) {
            flights++;
            fresh.add(one);
        }
        if (ask.shares()) {
            openByKey.merge(one.key, 1, Integer::sum);
            if (one.opener) {
                openerByKey.put(one.key, one);
            } else if (opener != null && opener.isBatch() && !one.isBatch()) {
                opener.hurried = true;
            }
        }
        return one;
    }

    /** A prompt has ended for its caller. */
    void ended(Asked one) {
        one.endings++;
        if (one.hasEnded()) {
            return;
        }
        one.endedNanos = nowNanos;
        one.flight.callers--;
        if (one.ask.shares() && openByKey.merge(one.key, -1, Integer::sum) == 0) {
            fresh.remove(openerByKey.get(one.key));
        }
        if (!one.ask.shares()) {
            fresh.remove(one);
        }
    }

    /** Returns the prompt whose flight a call is made for. */
    Asked openerOf(Prompt prompt) {
        Asked opener = byPrompt.get(prompt);
        if (opener == null) {
            throw new IllegalStateException("a call is made for what nobody asked");
        }
        if (hasJoinedTooLate(opener)) {
            opensItsOwn(opener);
        }
        return opener;
    }

    /**
     * Returns whether all who waited for a flight were told of its end at the very instant at which one joined it: it
     * may have ended before.
     */
    private boolean hasJoinedTooLate(Asked one) {
        return one.flight != one
                && asked.stream()
                        .filter(other -> other.flight == one.flight && other.atNanos < one.atNanos)
                        .allMatch(other -> other.endedNanos <= one.atNanos);
    }

    private void opensItsOwn(Asked one) {
        Asked before = one.flight;
        asked.stream()
                .filter(other -> other.flight == before && other.atNanos >= one.atNanos)
                .forEach(other -> {
                    other.flight = one;
                    if (!other.hasEnded()) {
                        before.callers--;
                        one.callers++;
                    }
                });
        one.opener = true;
        one.hurried = before.hurried;
        openerByKey.put(one.key, one);
        flights++;
    }

    void sent(Call call) {
        Asked opener = call.asked;
        if (opener.firstCallNanos == Asked.NEVER) {
            opener.firstCallNanos = nowNanos;
            fresh.remove(opener);
        }
        enter(call);
        books.sent(call, nowNanos);
    }

    private void enter(Call call) {
        calls++;
        underWay.merge(call.connection, 1, Integer::sum);
        underWayOfOrganization.merge(call.account.organization(), 1, Integer::sum);
        if (call.asked.ask.shares()) {
            underWayByKey
                    .computeIfAbsent(call.asked.key, key -> new HashSet<>())
                    .add(call);
        }
    }

    /** A call's connection was stale. Unless it is sent again at once, its prompt goes back to the line, once. */
    void stale(Call call) {
        if (call.ended) {
            return;
        }
        books.lost(call, nowNanos);
        if (!call.asked.sentBack) {
            call.asked.sentBack = true;
            calls--;
            leave(call);
        }
    }

    /** It is sent again at once, over a new connection. */
    void sentAgain(Call call) {
        if (call.ended) {
            call.ended = false;
            call.asked.sentBack = false;
            enter(call);
        }
        books.sent(call, nowNanos);
    }

    void arrived(Call call) {
        if (!call.ended && !call.arrived) {
            call.arrived = true;
            books.arrived(call, nowNanos);
        }
    }

    void failed(Call call, Failure failure) {
        if (!leave(call)) {
            return;
        }
        if (OWN.contains(failure.kind())) {
            good(call);
        }
        if (failure.kind() == FailureKind.RATE_LIMITED) {
            books.refused(call, nowNanos);
            limitedOrganizations.add(call.account.organization());
        }
        if (!LIMITED.contains(failure.kind())) {
            hitNoLimit(call);
        }
        long row = unlimitedOfOrganization.getOrDefault(call.account.organization(), 0L);
        call.asked.failures.add(new Asked.Failed(call.target(), failure, nowNanos, !isSameOutage(call, failure), row));
    }

    private void hitNoLimit(Call call) {
        unlimitedOfOrganization.merge(call.account.organization(), 1L, Long::sum);
    }

    private void good(Call call) {
        goodNanos.computeIfAbsent(call.target(), target -> new TreeSet<>()).add(call.sentNanos);
    }

    /**
     * Returns whether the flight has failed there before, and nothing asked between was answered, where there usually
     * are answers. An answer that has begun is none that an outage prevented.
     */
    private boolean isSameOutage(Call call, Failure failure) {
        OptionalLong before = call.asked.failures.stream()
                .filter(failed -> failed.target().equals(call.target())
                        && !LIMITED.contains(failed.failure().kind()))
                .mapToLong(Asked.Failed::nanos)
                .max();
        TreeSet<Long> good = goodNanos.getOrDefault(call.target(), new TreeSet<>());
        return OUTAGES.contains(failure.kind())
                && !call.admitted
                && before.isPresent()
                && !good.isEmpty()
                && good.subSet(before.getAsLong(), false, Math.max(before.getAsLong(), call.sentNanos), true)
                        .isEmpty()
                && nowNanos - good.last() < LONGEST_OUTAGE_NANOS;
    }

    void answered(Call call, AnswerEnd end) {
        if (!leave(call)) {
            return;
        }
        call.admitted = true;
        hitNoLimit(call);
        good(call);
        end.usage().ifPresent(usage -> books.settle(call, usage));
        answers++;
        answeredKeys.add(call.asked.key);
        boolean whole = end.finishReason() == FinishReason.STOP;
        if (whole && scenario.cached() && mayStore(call.asked)) {
            long untilNanos = nowNanos + RouteSettings.DEFAULT_TTL.toNanos();
            stored.merge(
                    call.asked.key,
                    new Stored(nowNanos, untilNanos),
                    (one, other) ->
                            one.untilNanos() > nowNanos ? new Stored(one.fromNanos(), other.untilNanos()) : other);
        }
    }

    /** Each of those who joined a flight may keep its answer out of the caches. */
    private boolean mayStore(Asked opener) {
        return asked.stream()
                .filter(one -> one.flight == opener)
                .allMatch(one -> one.ask.prompt().cache().store());
    }

    /** A call that is broken off while somebody waits for it has taken too long. */
    void cancelled(Call call) {
        if (call.asked.callers > 0) {
            failed(call, Failure.of(FailureKind.TIMEOUT, "broken off"));
        } else {
            leave(call);
        }
    }

    private boolean leave(Call call) {
        if (call.ended) {
            return false;
        }
        call.ended = true;
        if (!call.arrived) {
            books.lost(call, nowNanos);
        }
        underWay.merge(call.connection, -1, Integer::sum);
        underWayOfOrganization.merge(call.account.organization(), -1, Integer::sum);
        if (call.asked.ask.shares()) {
            underWayByKey.getOrDefault(call.asked.key, Set.of()).remove(call);
        }
        return true;
    }

    /** Returns how many calls are under way on an account's present connection. */
    int underWay(String account) {
        return underWayOn(connectionOf.getOrDefault(account, ""));
    }

    int underWayOn(String connection) {
        return underWay.getOrDefault(connection, 0);
    }

    /** Returns how many calls are under way in all. */
    int underWay() {
        return underWay.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * Returns how many calls under way may each hide a use by others: those of an account's organization, on earlier
     * connections too, once one of it has hit a limit.
     */
    int hidingCalls(String account) {
        String organization = organizationOf.getOrDefault(account, "");
        return hasHitLimits(account) ? underWayOfOrganization.getOrDefault(organization, 0) : 0;
    }

    /** Returns whether a call on an account's organization has hit a limit. */
    boolean hasHitLimits(String account) {
        return limitedOrganizations.contains(organizationOf.getOrDefault(account, ""));
    }

    /** An account has a connection from now on. */
    void connected(SimulatedAccount account, String connection) {
        connectionOf.put(account.id(), connection);
        organizationOf.put(account.id(), account.organization());
    }

    /** The engine goes on with other accounts and another route. */
    void reloaded(Reload reload) {
        route = reload.route();
        weightsChanged |= !reload.weights().equals(weights);
        weights = reload.weights();
    }

    /** Returns whether a call is under way, and wanted, whose answer all may share who ask the same. */
    boolean isUnderWayFor(String key) {
        return underWayByKey.getOrDefault(key, Set.of()).stream().anyMatch(call -> call.asked.callers > 0);
    }

    /** Returns how many callers wait for the answer of a shared flight. */
    int waitingFor(String key) {
        return openByKey.getOrDefault(key, 0);
    }

    boolean isStored(String key) {
        Stored answer = stored.get(key);
        return answer != null && answer.untilNanos() > nowNanos;
    }

    /** Returns whether the answer to a prompt was stored before it was asked. */
    boolean wasStoredBefore(Asked one) {
        Stored answer = stored.get(one.key);
        return isStored(one.key) && answer != null && answer.fromNanos() < one.atNanos;
    }

    boolean wasAnswered(String key) {
        return answeredKeys.contains(key);
    }

    /** Something happened that must not. The first such thing is kept: whatever follows may follow from it. */
    void violated(String invariant, String what) {
        if (violation == null) {
            violation = invariant + ": " + what + " (at " + Duration.ofNanos(nowNanos) + ")";
        }
    }

    void check(boolean holds, String invariant, Supplier<String> what) {
        if (!holds) {
            violated(invariant, what.get());
        }
    }

    /**
     * Checks something that must hold while a prompt waits for its first call. It is no violation if that is made at
     * the same instant: in which order the calls of one instant are made shows nothing of the order in which they were
     * decided.
     */
    void checkWhileWaiting(Asked waiting, boolean holds, String invariant, Supplier<String> what) {
        if (!holds) {
            String violated = what.get();
            doubtful.add(() -> check(!waiting.isFresh(), invariant, () -> violated));
        }
    }

    /** Everything that happens at one instant has happened. */
    void instantEnds() {
        doubtful.forEach(Runnable::run);
        doubtful.clear();
    }

    /** Returns what must not have happened, if anything did. */
    @Nullable String violation() {
        return violation;
    }
}
