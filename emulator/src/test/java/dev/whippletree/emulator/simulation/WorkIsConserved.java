package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.Admission.Counting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Invariant 3: no ready target idles while somebody waits whom it could take, and the large aren't starved by the
 * small.
 */
final class WorkIsConserved implements Invariant {

    private static final long TURN_KEPT_NANOS = Duration.ofMinutes(2).toNanos();
    private static final String NAME = "work is conserved";

    /** Until so many answers have come, what a provider estimates is reserved for a prompt. */
    private static final int FEWEST_LEARNED_FROM = 59;

    private final Facts facts;
    private final boolean singleFile;
    private final boolean pinned;

    WorkIsConserved(Facts facts) {
        this.facts = facts;
        Scenario scenario = facts.scenario;
        this.pinned =
                scenario.asks().stream().anyMatch(ask -> ask.prompt().account().isPresent());
        long queues = scenario.asks().stream()
                .map(ask -> ask.prompt().session() + "|" + ask.prompt().priority() + "|"
                        + ask.prompt().tenant())
                .distinct()
                .count();
        this.singleFile = queues == 1
                && scenario.route().tiers().size() == 1
                && preferred().size() == 1
                && scenario.route().leave() == 0
                && scenario.isDeclared()
                && scenario.isCalm();
    }

    private List<TargetSettings> preferred() {
        return facts.route.tiers().get(0).targets();
    }

    @Override
    public void step(StatusSnapshot status) {
        if (status.waiting() == 0 || pinned) {
            return;
        }
        Optional<Asked> waiting = facts.fresh.stream().findFirst();
        waiting.ifPresent(one -> preferred().forEach(target -> check(one, target, status)));
    }

    private void check(Asked waiting, TargetSettings target, StatusSnapshot status) {
        StatusSnapshot.AccountStatus account = status.accounts().stream()
                .filter(other -> other.id().equals(target.account()))
                .findFirst()
                .orElseThrow();
        // Of an organization that has refused a call in spite of its limits, how many at once is doubted as well.
        boolean slot = facts.scenario.isCalm() && facts.scenario.isDeclared() && !facts.hasHitLimits(account.id())
                ? account.inFlight() < account.maxConcurrency()
                : account.inFlight() == 0;
        // Somebody who failed elsewhere may hold back room on its organization for a target that isn't ready.
        int together = facts.scenario.isCalm() ? 1 : 2;
        boolean ready = slot
                && account.state() == AccountState.OPEN
                && account.limits().stream()
                        .filter(limit -> limit.scope()
                                .model()
                                .map(target.model()::equals)
                                .orElse(true))
                        .allMatch(limit -> limit.left()
                                >= (together + hidingCalls(account, limit))
                                                * (limit.unit() == Limit.Unit.REQUESTS ? 1 : mostTokens())
                                        + leftToOthers(waiting, limit.amount()));
        facts.check(!ready, NAME, () -> "#" + waiting.ask.id() + " waits while " + target + " is ready: " + account);
    }

    /**
     * Once calls were refused, others may use a reported limit too, and each call under way may hide as much that they
     * have used.
     */
    private long hidingCalls(StatusSnapshot.AccountStatus account, LimitStatus limit) {
        return limit.source() == LimitStatus.LimitSource.REPORTED ? facts.hidingCalls(account.id()) : 0;
    }

    private long leftToOthers(Asked waiting, long amount) {
        return waiting.isBatch() ? (long) Math.ceil(facts.route.leave() * amount) : 0;
    }

    /** Room for the largest of those who wait is room for each. */
    private long mostTokens() {
        return facts.asked.stream()
                .filter(asked -> !asked.hasEnded())
                .mapToLong(asked -> asked.tokens)
                .max()
                .orElse(0);
    }

    /** Of completions less than their bound is reserved from the first answers on, unless they are counted on entry. */
    private boolean isReservedAsDeclared(Call call) {
        boolean tokensDoNotMatter =
                call.account.limits().stream().allMatch(limit -> limit.limit().unit() == Limit.Unit.REQUESTS);
        return facts.answers == 0
                || tokensDoNotMatter
                || (facts.answers < FEWEST_LEARNED_FROM && call.admission.counting() == Counting.ON_ENTRY);
    }

    /** Whoever asks again what he gave up waiting for goes back to the turn that he had. */
    private boolean goesBack(Asked asked) {
        return facts.asked.stream()
                .anyMatch(earlier -> earlier != asked
                        && earlier.key.equals(asked.key)
                        && earlier.firstCallNanos == Asked.NEVER
                        && earlier.hasEnded()
                        && asked.atNanos - earlier.endedNanos <= TURN_KEPT_NANOS);
    }

    /** Whoever came first may not have to wait longer because of somebody who came later. */
    @Override
    public void sending(Call call) {
        Asked first = singleFile ? facts.fresh.stream().findFirst().orElse(null) : null;
        if (first == null
                || first == call.asked
                || !call.asked.isFresh()
                || !isReservedAsDeclared(call)
                || goesBack(call.asked)) {
            return;
        }
        long alone = facts.books.waitNanos(call.account, call.model, 1, first.tokens, facts.nowNanos);
        long behind = facts.books.waitNanos(call.account, call.model, 2, first.tokens + call.tokens(), facts.nowNanos);
        facts.check(
                behind <= alone,
                NAME,
                () -> "the " + call + " delays #" + first.ask.id() + ", which came first, from " + alone + " to "
                        + behind + " ns");
    }
}
