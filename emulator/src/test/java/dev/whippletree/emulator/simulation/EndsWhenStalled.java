package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.AnswerEnd;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Invariant 2, of prompts that end when their route is stalled: none ends for that while a target that it may use works
 * or said when it will, and none waits on without either. Where nothing is reloaded.
 */
final class EndsWhenStalled implements Invariant {

    private static final String NAME = "ends when stalled";
    private static final Duration MARGIN = Duration.ofSeconds(30);
    private static final Duration USUAL_WINDOW = Duration.ofMinutes(1);

    /** A call without a response may be counted this much later. */
    private static final Duration TRANSIT = Duration.ofSeconds(5);

    /** After so many in a row, the engine expects nothing of a target's limits. */
    private static final int FAILURES_OF_AN_OUTAGE = 16;

    private static final Set<FailureKind> SIGNS =
            EnumSet.of(FailureKind.RATE_LIMITED, FailureKind.TOO_LARGE, FailureKind.FILTERED, FailureKind.REJECTED);

    private final Facts facts;
    private final long stallNanos;
    private final long mostQuietNanos;
    private final Set<Asked> marked = new LinkedHashSet<>();

    /** When each target was last seen to work, and until when it said that it takes no calls. */
    private final Map<String, Long> signs = new HashMap<>();

    private final Map<String, Long> stated = new HashMap<>();
    private final Map<String, Integer> failuresInARow = new HashMap<>();

    /** When a call began or ended last before which the engine may have waited for a limit, or of which a part came. */
    private long hopeNanos;

    EndsWhenStalled(Facts facts) {
        this.facts = facts;
        Duration whole = facts.scenario.route().timeouts().longest(false);
        Duration longestWindow = facts.scenario.accounts().stream()
                .map(EndsWhenStalled::longestWindow)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        this.stallNanos = whole.plus(MARGIN).toNanos();
        // Before the time without a sign, a limit may have to have room, and after it a call may be under way.
        this.mostQuietNanos = facts.scenario.tellsTheTruth()
                ? whole.multipliedBy(2)
                        .plus(MARGIN)
                        .plus(TRANSIT)
                        .plus(longestWindow)
                        .toNanos()
                : Long.MAX_VALUE;
    }

    /** The engine takes a window whose length isn't said for a usual one. */
    private static Duration longestWindow(SimulatedAccount account) {
        Duration longest = account.limits().stream()
                .map(limit -> limit.limit().window())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
        return account.declared() || longest.compareTo(USUAL_WINDOW) > 0 ? longest : USUAL_WINDOW;
    }

    @Override
    public void asking(Asked asked) {
        if (asked.ask.prompt().endsWhenStalled()) {
            marked.add(asked);
        }
    }

    /** A call whose connection turns out to be stale uses up a limit too, and isn't seen to end. */
    @Override
    public void sending(Call call) {
        if (failuresInARow.getOrDefault(call.target(), 0) < FAILURES_OF_AN_OUTAGE) {
            hopeNanos = facts.nowNanos;
        }
    }

    @Override
    public void answered(Call call, AnswerEnd end) {
        works(call);
    }

    @Override
    public void failed(Call call, Failure failure) {
        if (SIGNS.contains(failure.kind())) {
            works(call);
        } else {
            broken(call);
        }
        failure.retryAfter().ifPresent(wait -> stated.merge(call.target(), facts.nowNanos + wait.toNanos(), Math::max));
    }

    @Override
    public void cancelled(Call call) {
        broken(call);
    }

    private void works(Call call) {
        signs.put(call.target(), facts.nowNanos);
        failuresInARow.remove(call.target());
        hopeNanos = facts.nowNanos;
    }

    private void broken(Call call) {
        if (failuresInARow.merge(call.target(), 1, Integer::sum) < FAILURES_OF_AN_OUTAGE || call.admitted) {
            hopeNanos = facts.nowNanos;
        }
    }

    @Override
    public void refused(Asked asked, PromptException failure) {
        boolean stalled = failure.reason() == PromptException.Reason.DEADLINE
                && String.valueOf(failure.getMessage()).startsWith("no account has accepted a call for");
        if (!stalled) {
            return;
        }
        facts.check(marked.contains(asked), NAME, () -> "#" + asked.ask.id() + " ended although it isn't marked");
        facts.check(facts.nowNanos - asked.atNanos >= stallNanos, NAME, () -> "#" + asked.ask.id() + " ended too soon");
        signs.forEach((target, at) -> facts.check(
                facts.nowNanos - at >= stallNanos || !mayUse(asked, target),
                NAME,
                () -> "#" + asked.ask.id() + " ended although " + target + " worked at " + Duration.ofNanos(at)));
        stated.forEach((target, until) -> facts.check(
                until <= facts.nowNanos || !mayUse(asked, target) || !facts.scenario.closesByLimitsAlone(),
                NAME,
                () -> "#" + asked.ask.id() + " ended although " + target + " said when it works"));
    }

    private boolean mayUse(Asked asked, String target) {
        return asked.flight.failures.stream().noneMatch(failed -> rulesOut(failed, target))
                && asked.ask.prompt().account().map(target::startsWith).orElse(true);
    }

    /** A prompt that is too large for a model isn't sent to that model of another account. */
    private static boolean rulesOut(Asked.Failed failed, String target) {
        String model = target.substring(target.indexOf('/'));
        return failed.target().equals(target)
                || (failed.failure().kind() == FailureKind.TOO_LARGE
                        && failed.target().endsWith(model));
    }

    @Override
    public void step(StatusSnapshot status) {
        marked.removeIf(Asked::hasEnded);
        long told = stated.values().stream().mapToLong(Long::longValue).max().orElse(0);
        for (Asked asked : marked) {
            long quiet = facts.nowNanos - Math.max(asked.atNanos, Math.max(hopeNanos, told));
            facts.check(
                    quiet <= mostQuietNanos,
                    NAME,
                    () -> "#" + asked.ask.id() + " goes on after " + Duration.ofNanos(quiet));
        }
    }
}
