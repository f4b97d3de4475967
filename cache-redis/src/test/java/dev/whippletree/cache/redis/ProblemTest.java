package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.OtherVersionException;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.spi.Settings;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ProblemTest {

    private static final String CHECK = "check that it runs and can be reached from here";

    @Test
    void problem_saysWhatIsWrong_whatItMeans_andWhatToDo() {
        RedisSettings redis = RedisSettings.from(new Settings("coordinator redis", Map.of("uri", "redis://host:6379")));
        String share = "this process grants its own share of each limit, one of 4; ";
        assertThat(new Problem(redis, 4).ofContact(new RedisUnavailableException("coordinator redis: gone (why)")))
                .isEqualTo("coordinator redis: gone (why); meanwhile " + share + CHECK);
        assertThat(new Problem(redis, 4)
                        .ofLimits(of(new RefusedCommandException("OOM", new IllegalStateException()), "a")))
                .isEqualTo("coordinator redis: Redis at host:6379 refuses commands (OOM); for limits of a " + share
                        + "give it more memory, or the coordinator a Redis of its own");
        assertThat(new Problem(redis, 4).ofContact(new OtherVersionException("others are at work")))
                .isEqualTo("coordinator redis: others are at work");
        assertThat(new Problem(redis, 0).ofContact(new IllegalStateException("silence")))
                .isEqualTo(
                        "coordinator redis: Redis at host:6379 can't be used (silence); meanwhile this process counts"
                                + " only its own use of limits, because the number of processes is unknown (set 'processes'); "
                                + CHECK);
    }

    @Test
    void shardOfACluster_isTheTroubleOfItsLimits_orOfAllIfItCountsTheProcesses() {
        RedisSettings cluster =
                RedisSettings.from(new Settings("coordinator redis", Map.of("uri", "redis-cluster://host:6379")));
        Problem problem = new Problem(cluster, 4);
        ShardUnavailableException silence = new ShardUnavailableException(new TimeoutException("it doesn't answer"));
        assertThat(problem.ofLimits(of(silence, "a", "b", "c")))
                .startsWith(
                        "coordinator redis: a shard of Redis at cluster host:6379 can't be used (it doesn't answer);"
                                + " for limits of a, b, c this process grants its own share of each limit, one of 4; check that"
                                + " its nodes run");
        assertThat(problem.ofLimits(of(silence, "a", "b", "c", "d", "e")))
                .contains("of a, b, c and 2 more this process");
        assertThat(problem.ofContact(silence))
                .startsWith(
                        "coordinator redis: a shard of Redis at cluster host:6379 can't be used (it doesn't answer);"
                                + " meanwhile this process grants its own share of each limit, one of 4, because the processes"
                                + " are counted there; check that its nodes run");
        assertThat(problem.ofLimits(of(refusal("OOM"), "a")))
                .contains("a shard of Redis at cluster host:6379 refuses commands (OOM)");
        assertThat(problem.ofContact(refusal("CLUSTERDOWN Hash slot not served")))
                .contains("a shard of Redis at cluster");
        assertThat(problem.ofContact(refusal("CLUSTERDOWN The cluster is down")))
                .startsWith("coordinator redis: Redis at cluster host:6379 refuses commands (CLUSTERDOWN The cluster is"
                        + " down); meanwhile this process grants its own share of each limit, one of 4; see to it");
    }

    private static ShardUnavailableException refusal(String message) {
        return new ShardUnavailableException(new RefusedCommandException(message, new IllegalStateException()));
    }

    private static SortedMap<String, Throwable> of(Throwable trouble, String... organizations) {
        return new TreeMap<>(Stream.of(organizations).collect(Collectors.toMap(name -> name, name -> trouble)));
    }
}
