package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Limit;

/**
 * Invariant 8: a tenant with many prompts waiting can't starve one with a single prompt, nor a session another of its tenant.
 *
 * <p>While a prompt waits, no other tenant is served oftener than its own, but for the turn that each has begun. Within its tenant, by start-time fair queueing a prompt's turn begins at most as many turns after the one being served as its session has
 * prompts ahead of it, and one more. Until then another session is served once a turn of its own, and once more for those of
 * the very same turn.
 */
final class Fairness implements Invariant {

    private static final int TURNS_OF_A_BATCH = 8;

    /** One of each of two tenants that start at the same moment, and one that was its due before. */
    private static final int MOST_BEFORE = 2;

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
            if (waiting == call.asked) {
                continue;
            }
            if (!waiting.tenant().equals(call.asked.tenant())) {
                checkTenants(waiting, call);
                continue;
            }
            waiting.firstCallsOfTenants.merge(waiting.tenant(), 1, Integer::sum);
            if (!waiting.queue().equals(call.asked.queue())) {
                int turns = waiting.firstCallsOfOthers.merge(call.asked.queue(), 1, Integer::sum);
                facts.check(
                        turns <= most(waiting, call.asked),
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
        facts.check(
                turns <= own + MOST_BEFORE,
                "fairness",
                () -> "while #" + waiting.ask.id() + " waits, its tenant has had " + own + " turns and "
                        + call.asked.tenant() + " " + turns);
    }

    private static int most(Asked waiting, Asked passing) {
        int turns = (waiting.aheadInItsQueue + 1) * (waiting.isBatch() ? TURNS_OF_A_BATCH : 1);
        return turns / (passing.isBatch() ? TURNS_OF_A_BATCH : 1) + 1;
    }
}
