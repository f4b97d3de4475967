package dev.whippletree.testkit.strategy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import dev.whippletree.testkit.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Attempts that start and end, as the engine would tell a picker of them. Confined. */
final class Traffic {

    static final int OFTEN = 2_000;

    private static final int MOST_IN_FLIGHT = 8;

    private final Picker picker;
    private final RandomGenerator random;
    private final List<TargetView> targets;
    private final List<String> inFlight = new ArrayList<>();
    private long nowNanos;

    Traffic(Picker picker, long seed, List<TargetView> targets) {
        this.picker = picker;
        this.random = new SplittableRandom(~seed);
        this.targets = targets;
    }

    /** Returns two to nine targets of various weights; the same for the same seed. */
    static List<TargetView> randomTargets(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        List<TargetView> targets = new ArrayList<>();
        for (int i = random.nextInt(2, 10); i > 0; i--) {
            targets.add(Samples.target("t" + i, random.nextInt(1, 20)));
        }
        return targets;
    }

    /** Returns at least one target, in configured order. */
    List<TargetView> someReady() {
        List<TargetView> ready = new ArrayList<>(targets);
        ready.removeIf(target -> random.nextBoolean());
        return ready.isEmpty() ? List.of(targets.get(random.nextInt(targets.size()))) : ready;
    }

    int pick(List<TargetView> ready) {
        nowNanos += random.nextLong(1_000_000);
        List<TargetView> now = ready.stream().map(this::asItIsNow).toList();
        int index = picker.pick(now, nowNanos);
        if (index >= 0 && index < ready.size()) {
            inFlight.add(ready.get(index).id());
        }
        while (inFlight.size() > MOST_IN_FLIGHT) {
            end();
        }
        return index;
    }

    Map<String, Integer> pickOften(List<TargetView> ready) {
        Map<String, Integer> picks = new HashMap<>();
        for (int n = 0; n < OFTEN; n++) {
            picks.merge(ready.get(pick(ready)).id(), 1, Integer::sum);
        }
        return picks;
    }

    private void end() {
        String target = inFlight.remove(random.nextInt(inFlight.size()));
        Picker.Outcome[] outcomes = Picker.Outcome.values();
        picker.ended(target, outcomes[random.nextInt(outcomes.length)], random.nextLong(2_000_000_000L), nowNanos);
    }

    private TargetView asItIsNow(TargetView target) {
        int busy = (int) inFlight.stream().filter(target.id()::equals).count();
        return new TargetView(target.id(), target.weight(), busy, target.maxConcurrency(), target.headroom());
    }
}
