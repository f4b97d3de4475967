package dev.whippletree.engine;

import dev.whippletree.engine.pool.Target;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets balancing strategies choose, and chooses in their place when they fail. Guarded by the engine's lock. */
final class Choice {

    private static final Logger LOG = LoggerFactory.getLogger(Choice.class);

    private long faults;

    /** Returns one of the ready targets. */
    Target among(List<Target> ready, Picker picker, long now) {
        List<TargetView> views = new ArrayList<>(ready.size());
        for (Target target : ready) {
            views.add(target.view(now));
        }
        try {
            return ready.get(picker.pick(views, now));
        } catch (Throwable e) {
            faults++;
            LOG.debug(
                    "A balancing strategy failed; the target with the fewest calls for its weight is used instead", e);
            return leastCalled(ready);
        }
    }

    /** Returns the target whose account has had the fewest calls for its weight; of equals the first. */
    private static Target leastCalled(List<Target> ready) {
        return ready.stream()
                .min(Comparator.comparingDouble(
                        target -> (double) target.account().calls()
                                / target.account().settings().weight()))
                .orElseThrow();
    }

    /** Returns how often a strategy failed. */
    long faults() {
        return faults;
    }
}
