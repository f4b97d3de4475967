package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.OtherVersionException;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.spi.Settings;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class ProblemTest {

    private static final String CHECK = "check that it runs and can be reached from here";

    @Test
    void problem_saysWhatIsWrong_whatItMeans_andWhatToDo() {
        RedisSettings redis = RedisSettings.from(new Settings("coordinator redis", Map.of("uri", "redis://host")));
        String share = "this process grants its own share of each limit, one of 4; ";
        assertThat(new Problem(redis, 4).ofContact(new RedisUnavailableException("coordinator redis: gone (why)")))
                .isEqualTo("coordinator redis: gone (why); meanwhile " + share + CHECK);
        assertThat(new Problem(redis, 4).ofLimits(new RefusedCommandException("OOM", new IllegalStateException())))
                .isEqualTo("coordinator redis: Redis at host:6379 refuses commands (OOM); for some limits " + share
                        + "give it more memory, or the coordinator a Redis of its own");
        RedisSettings cluster =
                RedisSettings.from(new Settings("coordinator redis", Map.of("uri", "redis-cluster://host")));
        assertThat(new Problem(cluster, 4)
                        .ofLimits(new ShardUnavailableException(new TimeoutException("it doesn't answer"))))
                .startsWith("coordinator redis: a shard of Redis at cluster host:6379 can't be used (it doesn't"
                        + " answer); for some limits " + share + "check that its nodes run");
        assertThat(new Problem(cluster, 4)
                        .ofLimits(new ShardUnavailableException(
                                new RefusedCommandException("OOM", new IllegalStateException()))))
                .contains("a shard of Redis at cluster host:6379 refuses commands (OOM)");
        assertThat(new Problem(redis, 4).ofContact(new OtherVersionException("others are at work")))
                .isEqualTo("coordinator redis: others are at work");
        assertThat(new Problem(redis, 0).ofContact(new IllegalStateException("silence")))
                .isEqualTo(
                        "coordinator redis: Redis at host:6379 can't be used (silence); meanwhile this process counts"
                                + " only its own use of limits, because the number of processes is unknown (set 'processes'); "
                                + CHECK);
    }
}
