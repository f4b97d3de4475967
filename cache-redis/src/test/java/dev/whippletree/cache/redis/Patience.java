package dev.whippletree.cache.redis;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waits for what is to happen, so long that a machine that stalls for seconds fails no test. Stateless. */
final class Patience {

    private Patience() {}

    static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(1));
    }
}
