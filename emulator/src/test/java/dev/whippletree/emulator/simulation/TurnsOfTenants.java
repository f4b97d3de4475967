package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Limit;
import dev.whippletree.settings.EngineSettings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Invariant 8 between tenants and priorities, where all may go to the same targets and nothing but limits holds anybody
 * up.
 *
 * <ul>
 *   <li>Between an interactive prompt's arrival and its start, batch prompts take at most their share of the starts,
 *       and one, on targets that could have taken it.
 *   <li>Between the arrival and the start of an interactive prompt whose tenant has nothing else waiting, each other
 *       tenant of its weight starts at most two there.
 *   <li>Of tenants that always have people's prompts waiting, once each has had 20 starts, of batch too, Jain's index
 *       of starts for their weight is 0.99 at least (Jain, Chiu and Hawe, DEC TR-301, 1984); where batch isn't given
 *       more than its usual share, which may be more than a tenant's.
 * </ul>
 *
 * <p>A target could have taken a prompt if it had room for it beside what is held back for a larger one. From outside
 * that is certain of the largest of those who wait.
 */
final class TurnsOfTenants implements Invariant {

    private static final String NAME = "turns of tenants";
    private static final int MOST_BEFORE_A_LONE_ONE = 2;
    private static final int ENOUGH_STARTS = 20;
    private static final double LEAST_INDEX = 0.99;

    private final Facts facts;
    private final boolean decidable;
    private final boolean tokensLimited;
    private final Map<Asked, Wait> waits = new HashMap<>();

    /** The tenants that have waited since they were all here, and their starts since. */
    private final Map<String, Integer> alwaysWaiting = new HashMap<>();

    /** What has started while a prompt waits. */
    private static final class Wait {
        private final Map<String, Integer> startsOfTenants = new HashMap<>();
        private boolean lone = true;
        private long starts;
        private long batch;
    }

    TurnsOfTenants(Facts facts) {
        this.facts = facts;
        Scenario scenario = facts.scenario;
        this.tokensLimited = scenario.accounts().stream()
                .flatMap(account -> account.limits().stream())
                .anyMatch(limit -> limit.limit().unit().countsTokens());
        this.decidable = scenario.isCalm()
                && scenario.isDeclared()
                && !scenario.cached()
                && scenario.route().tiers().size() == 1
                && scenario.closing().isEmpty()
                && scenario.asks().stream()
                        .allMatch(ask -> ask.prompt().account().isEmpty())
                && scenario.asks().stream().map(Ask::key).distinct().count()
                        == scenario.asks().size();
    }

    @Override
    public void asking(Asked asked) {
        if (!decidable || !asked.opener) {
            return;
        }
        boolean alone = true;
        for (Asked other : facts.fresh) {
            if (other != asked && other.tenant().equals(asked.tenant())) {
                alone = false;
                waits.computeIfAbsent(other, unused -> new Wait()).lone = false;
            }
        }
        waits.computeIfAbsent(asked, unused -> new Wait()).lone = alone && !asked.isBatch();
    }

    @Override
    public void sending(Call call) {
        if (!decidable) {
            return;
        }
        waits.keySet().removeIf(asked -> !asked.isFresh());
        long largest =
                waits.keySet().stream().mapToLong(asked -> asked.tokens).max().orElse(0);
        waits.forEach((waiting, wait) -> {
            // What starts at the instant at which it is asked may have been decided before.
            if (waiting == call.asked || waiting.isBatch() || waiting.atNanos == facts.nowNanos) {
                return;
            }
            wait.starts++;
            if (waiting.tokens >= largest && hasRoom(call, waiting)) {
                checkBatch(waiting, wait, call);
                checkLone(waiting, wait, call);
            }
        });
        waits.remove(call.asked);
        checkIndex(call);
    }

    private void checkBatch(Asked waiting, Wait wait, Call call) {
        wait.batch += call.asked.isBatch() ? 1 : 0;
        double most = facts.scenario.engine().batchShare() * wait.starts + 1;
        facts.checkWhileWaiting(
                waiting,
                wait.batch <= most + 1e-6,
                NAME,
                () -> "while #" + waiting.ask.id() + " waits, " + wait.batch + " of " + wait.starts
                        + " starts are batch prompts");
    }

    private void checkLone(Asked waiting, Wait wait, Call call) {
        String passing = call.asked.tenant();
        if (!wait.lone
                || passing.equals(waiting.tenant())
                || facts.weights.of(passing) != facts.weights.of(waiting.tenant())) {
            return;
        }
        int starts = wait.startsOfTenants.merge(passing, 1, Integer::sum);
        facts.checkWhileWaiting(
                waiting,
                starts <= MOST_BEFORE_A_LONE_ONE,
                NAME,
                () -> "while #" + waiting.ask.id() + " waits, the only one of " + waiting.tenant() + ", " + passing
                        + " has started " + starts);
    }

    /** Whether a target that takes a call has certainly room for another prompt instead. */
    private boolean hasRoom(Call call, Asked waiting) {
        return Books.owners(call.account, call.model).stream()
                .filter(owner -> owner.limit().unit() != Limit.Unit.REQUESTS)
                .allMatch(owner -> facts.books
                        .left(owner, facts.nowNanos)
                        .filter(left -> left.least() >= 2 * waiting.tokens)
                        .isPresent());
    }

    private void checkIndex(Call call) {
        if (tokensLimited || facts.scenario.engine().batchShare() > EngineSettings.DEFAULT_BATCH_SHARE) {
            return;
        }
        Set<String> waiting = new HashSet<>();
        waits.keySet().stream().filter(asked -> !asked.isBatch()).forEach(asked -> waiting.add(asked.tenant()));
        alwaysWaiting.computeIfPresent(call.asked.tenant(), (tenant, starts) -> starts + 1);
        alwaysWaiting.keySet().retainAll(waiting);
        if (facts.weightsChanged) {
            facts.weightsChanged = false;
            alwaysWaiting.clear();
        }
        if (alwaysWaiting.size() < 2) {
            alwaysWaiting.clear();
            waiting.forEach(tenant -> alwaysWaiting.put(tenant, 0));
        } else if (alwaysWaiting.values().stream().allMatch(starts -> starts >= ENOUGH_STARTS)) {
            double index = index();
            facts.check(index >= LEAST_INDEX, NAME, () -> "Jain's index of starts is " + index + ": " + alwaysWaiting);
        }
    }

    private double index() {
        double sum = 0;
        double squares = 0;
        for (Map.Entry<String, Integer> tenant : alwaysWaiting.entrySet()) {
            double share = (double) tenant.getValue() / facts.weights.of(tenant.getKey());
            sum += share;
            squares += share * share;
        }
        return sum * sum / (squares * alwaysWaiting.size());
    }
}
