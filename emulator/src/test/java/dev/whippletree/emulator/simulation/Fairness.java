package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Limit;
import dev.whippletree.settings.TenantWeights;

/**
 * Invariant 8: a tenant with many prompts waiting can't starve one with a single prompt, nor a session another of its
 * tenant.
 *
 * <p>While a prompt waits, no other tenant is served oftener than its own, but for the turn that each has begun. Within
 * its tenant, by start-time fair queueing a prompt's turn begins at most as many turns after the one being served as
 * its session has prompts ahead of it, and one more. Until then another session is served once a turn of its own, and
 * once more for those of the very same turn.
 */
final class Fairness implements Invariant {

    /**
     * One of each of two tenants that start at the same moment, one that was the other's due before, and the two turns
     * that a tenant falls behind at most when its batch goes before people's prompts.
     */
    private static final int MOST_BEFORE = 4;

    private final Facts facts;
    private boolean decidable;

    Fairness(Facts facts) {
        this.facts = facts;
        Scenario scenario = facts.scenario;
        this.decidable = scenario.isCalm()
                && scenario.isDeclared()
                && scenario.route().tiers().size() == 1
                && scenario.route().deadline().isEmpty()
                && scenario.closing().isEmpty()
                && scenario.reloads().stream()
                        .allMatch(reload -> reload.weights().equals(TenantWeights.EQUAL))
                && scenario.engine().lineSize() >= scenario.asks().size()
                && scenario.accounts().stream()
                        .flatMap(account -> account.limits().stream())
                        .noneMatch(limit -> limit.limit().unit() == Limit.Unit.TOKENS)
                && scenario.asks().stream()
                        .allMatch(ask -> ask.prompt().account().isEmpty()
                                && ask.prompt().deadline().isEmpty()
                                && ask.patience().isEmpty());
    }

    @Override
    public void asking(Asked asked) {
        if (decidable && asked.opener) {
            asked.aheadInItsQueue = (int) facts.fresh.stream()
                    .filter(other -> other != asked && other.queue().equals(asked.queue()))
                    .count();
        }
    }

    @Override
    public void sending(Call call) {
        // A prompt that somebody in a hurry joins changes its turn, and its session pays for both.
        decidable &= facts.asked.stream().noneMatch(asked -> asked.hurried);
        if (!decidable || !call.asked.isFresh()) {
            return;
        }
        for (Asked waiting : facts.fresh) {
            boolean own = waiting.tenant().equals(call.asked.tenant());
            if (waiting == call.asked || (waiting.isBatch() && !call.asked.isBatch())) {
                continue;
            }
            if (waiting.isBatch() != call.asked.isBatch()) {
                // What a tenant's batch takes before people's prompts is a turn of theirs.
                waiting.firstCallsOfTenants.merge(waiting.tenant(), own ? 1 : 0, Integer::sum);
                continue;
            }
            if (!own) {
                checkTenants(waiting, call);
                continue;
            }
            waiting.firstCallsOfTenants.merge(waiting.tenant(), 1, Integer::sum);
            if (!waiting.queue().equals(call.asked.queue())) {
                int turns = waiting.firstCallsOfOthers.merge(call.asked.queue(), 1, Integer::sum);
                facts.checkWhileWaiting(
                        waiting,
                        turns <= waiting.aheadInItsQueue + 2,
                        "fairness",
                        () -> "#" + waiting.ask.id() + ", with "
                                + waiting.aheadInItsQueue + " of its own ahead, has been passed by " + turns + " of "
                                + call.asked.queue());
            }
        }
    }

    private void checkTenants(Asked waiting, Call call) {
        int turns = waiting.firstCallsOfTenants.merge(call.asked.tenant(), 1, Integer::sum);
        int own = waiting.firstCallsOfTenants.getOrDefault(waiting.tenant(), 0);
        facts.checkWhileWaiting(
                waiting,
                turns <= own + MOST_BEFORE,
                "fairness",
                () -> "while #" + waiting.ask.id() + " waits, its tenant has had " + own + " turns and "
                        + call.asked.tenant() + " " + turns);
    }
}
