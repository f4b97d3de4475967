package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.Retries;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Invariant 9: there is an end to everything. */
final class Bounded implements Invariant {

    private static final String NAME = "bounded";

    /** Calls of one flight on one target whose limit is hit again and again. */
    private static final int MOST_LIMITED = 20;

    /** So many in a row that tell no wait, or one of 0 s, may be taken for chance, and aren't counted then. */
    private static final long TAKEN_FOR_CHANCE = 8;

    /**
     * Of those in a row that tell a wait, all but the first come when the service had asked them to, and aren't
     * counted.
     */
    private static final long COUNTED_OF_TOLD = 1;

    /** Calls of one flight that hit a limit of one target, those too that aren't counted. */
    private static final long MOST_LIMITED_IN_ALL = 100;

    private static final int SAVINGS_SECONDS = 10;

    private static final Set<FailureKind> RETRIED = EnumSet.of(
            FailureKind.OVERLOADED,
            FailureKind.TIMEOUT,
            FailureKind.UNAVAILABLE,
            FailureKind.UNAUTHORIZED,
            FailureKind.MODEL_UNAVAILABLE);

    private final Facts facts;

    /** The failures after which there was a retry, which a stale connection may bring back once. */
    private final Set<Asked.Failed> retried = Collections.newSetFromMap(new IdentityHashMap<>());

    Bounded(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void sending(Call call) {
        facts.check(
                failuresOn(call).noneMatch(Bounded::isOfThePrompt),
                NAME,
                () -> "the " + call + " comes after a refusal there that named nothing");
        Retries policy = facts.scenario.route().retries();
        long failedThere = failedOn(call, true);
        facts.check(
                failedThere < policy.attemptsPerTarget(),
                NAME,
                () -> "the " + call + " comes after " + failedThere + " attempts there");
        long limitedInAll = failedOn(call, false);
        facts.check(
                limitedInAll + failedThere < MOST_LIMITED_IN_ALL + policy.attemptsPerTarget(),
                NAME,
                () -> "the " + call + " comes after " + limitedInAll + " limits hit there in all");
        long limitedThere = limitedInAll - notCountedOn(call);
        facts.check(
                limitedThere + failedThere < MOST_LIMITED + policy.attemptsPerTarget(),
                NAME,
                () -> "the " + call + " comes after " + limitedThere + " limits hit there");
        countRetry(call, policy);
    }

    private long failedOn(Call call, boolean retried) {
        return failuresOn(call)
                .filter(failed -> isRetried(failed) == retried && failed.counts())
                .count();
    }

    /**
     * Each other target is asked once, and the budget isn't charged: no prompt has to wait for one that may itself be
     * at fault.
     */
    private static boolean isOfThePrompt(Asked.Failed failed) {
        return failed.failure().reach() == Reach.PROMPT;
    }

    private static boolean isRetried(Asked.Failed failed) {
        return RETRIED.contains(failed.failure().kind()) && !isOfThePrompt(failed);
    }

    private long notCountedOn(Call call) {
        return failuresOn(call)
                .filter(failed -> failed.failure().kind() == FailureKind.RATE_LIMITED)
                .collect(Collectors.groupingBy(Asked.Failed::row))
                .values()
                .stream()
                .mapToLong(Bounded::notCounted)
                .sum();
    }

    private static long notCounted(List<Asked.Failed> row) {
        long untold = row.stream()
                .filter(failed ->
                        failed.failure().retryAfter().orElse(Duration.ZERO).isZero())
                .count();
        long told = row.size() - untold;
        return Math.min(untold, TAKEN_FOR_CHANCE) + Math.max(0, told - COUNTED_OF_TOLD);
    }

    private Stream<Asked.Failed> failuresOn(Call call) {
        return call.asked.failures.stream().filter(failed -> failed.target().equals(call.target()));
    }

    private void countRetry(Call call, Retries policy) {
        List<Asked.Failed> failures = call.asked.failures;
        if (failures.isEmpty()) {
            return;
        }
        Asked.Failed latest = failures.get(failures.size() - 1);
        if (!latest.counts() || !isRetried(latest)) {
            return;
        }
        retried.add(latest);
        double seconds = Duration.ofNanos(facts.nowNanos).toMillis() / 1_000.0;
        double most = Math.max(1, policy.budgetPerSecond() * SAVINGS_SECONDS)
                + policy.budgetPerSecond() * (seconds + 1)
                + policy.budgetShare() * facts.flights;
        facts.check(retried.size() <= most, NAME, () -> retried.size() + " retries, of at most " + most);
    }

    @Override
    public void step(StatusSnapshot status) {
        facts.check(
                facts.fresh.size() <= facts.scenario.engine().lineSize(),
                NAME,
                () -> facts.fresh.size() + " wait in a line of "
                        + facts.scenario.engine().lineSize());
    }

    @Override
    public void failed(Call call, Failure failure) {
        long counted = call.asked.failures.stream().filter(Asked.Failed::counts).count();
        facts.check(
                counted <= mostFailures(), NAME, () -> "#" + call.asked.ask.id() + " has failed " + counted + " times");
    }

    private long mostFailures() {
        long targets = facts.scenario.route().tiers().stream()
                .mapToLong(tier -> tier.targets().size())
                .sum();
        // What is connected anew is another target.
        long anew = 1 + facts.scenario.reloads().size();
        return anew * targets * (facts.scenario.route().retries().attemptsPerTarget() + MOST_LIMITED_IN_ALL);
    }
}
