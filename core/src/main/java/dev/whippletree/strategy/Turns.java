package dev.whippletree.strategy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Gives turns by weight, smoothly; see {@link RoundRobin}. Confined, as pickers are. Its map has one entry for each
 * target of the tier at most.
 */
final class Turns implements Picker {

    private final Map<String, TurnBalance> credits = new HashMap<>();
    private final FirstTurn start;
    private final RandomGenerator random;

    Turns(FirstTurn start, RandomGenerator random) {
        this.start = start;
        this.random = random;
    }

    @Override
    public int pick(List<TargetView> ready, long nowNanos) {
        boolean spread = start == FirstTurn.SPREAD && credits.isEmpty();
        long paid = 0;
        int chosen = 0;
        TurnBalance most = creditOf(ready.get(0));
        for (int i = 0; i < ready.size(); i++) {
            TargetView target = ready.get(i);
            TurnBalance credit = creditOf(target);
            credit.amount += target.weight();
            paid += target.weight();
            if (credit.isBefore(most)) {
                most = credit;
                chosen = i;
            }
        }
        if (spread) {
            chosen = FirstTurn.leastUsed(ready, random);
            most = creditOf(ready.get(chosen));
        }
        most.amount -= paid;
        return chosen;
    }

    private TurnBalance creditOf(TargetView target) {
        return credits.computeIfAbsent(
                target.id(), id -> new TurnBalance(start == FirstTurn.SPREAD ? random.nextInt() : 0));
    }

    /** What a target has earned and not yet spent; negative while it has had more than its share. */
    private static final class TurnBalance {
        private final int lot;
        private long amount;

        TurnBalance(int lot) {
            this.lot = lot;
        }

        boolean isBefore(TurnBalance other) {
            return amount > other.amount || (amount == other.amount && lot > other.lot);
        }
    }
}
