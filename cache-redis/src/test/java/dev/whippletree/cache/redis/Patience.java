package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.link.RedisSettings;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waits for what is to happen, so long that a machine that stalls for seconds fails no test. Stateless. */
final class Patience {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private Patience() {}

    static ConditionFactory await() {
        return Awaitility.await().atMost(LONGEST_WAIT);
    }

    /** Returns the settings with more time for a command than users may give it, for a Redis that is never away. */
    static RedisSettings patient(RedisSettings settings) {
        return new RedisSettings(
                settings.where(),
                settings.keyPrefix(),
                LONGEST_WAIT,
                settings.isCluster(),
                settings.uris(),
                settings.caCertificate(),
                settings.unclear());
    }
}
