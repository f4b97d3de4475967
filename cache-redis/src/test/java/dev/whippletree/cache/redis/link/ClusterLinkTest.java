package dev.whippletree.cache.redis.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The link to a cluster in virtual time: what fails for one node leaves the others alone. */
class ClusterLinkTest {

    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration TIMEOUT = Duration.ofMillis(250);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final ScriptedConnector connector = new ScriptedConnector();
    private final RedisLink link = new RedisLink(
            RedisSettings.from(new Settings("coordinator redis", Map.of("uri", "redis-cluster://a:7000,b:7001"))),
            new RedisLink.Effect("nothing is shared", "all is shared"),
            connector,
            FakeServices.on(timeline));

    @BeforeEach
    void connect() {
        connector.cluster = true;
        link.connect();
        timeline.runAll();
        connector.connect(0);
        timeline.advance(SECOND);
    }

    @Test
    void nodeThatIsAway_makesAnotherConnection_andTheFormerOneServesUntilThen() {
        fail(new RedisException("Currently not connected. Commands are rejected."));
        timeline.advance(SOON);
        assertThat(connector.attempts).hasSize(2);
        assertThat(answer("from another node")).isCompletedWithValue("from another node");
        verify(connector.connection(0), never()).closeAsync();

        connector.connect(1);
        assertThat(answer("hello")).isCompletedWithValue("hello");
        timeline.advance(TIMEOUT.minusNanos(1));
        verify(connector.connection(0), never()).closeAsync();
        timeline.advance(Duration.ofNanos(1));
        verify(connector.connection(0)).closeAsync();
        verify(connector.connection(1), never()).closeAsync();
    }

    @Test
    void manyFailures_makeOneConnectionASecond() {
        for (int n = 0; n < 10; n++) {
            fail(new RedisException("refused"));
            timeline.advance(SOON);
        }
        assertThat(connector.attempts).hasSize(2);
        connector.connect(1);
        fail(new RedisException("refused"));
        timeline.advance(SECOND.minusMillis(1));
        fail(new RedisException("refused"));
        timeline.advance(SOON);
        assertThat(connector.attempts).hasSize(2);

        fail(new RedisException("refused"));
        timeline.advance(SOON);
        assertThat(connector.attempts).hasSize(3);
    }

    @Test
    void commandThatIsNotAnswered_countsAsItsNodesTrouble() {
        CompletableFuture<String> silent =
                link.send(redis -> new CompletableFuture<String>()).toCompletableFuture();
        timeline.advance(TIMEOUT);
        assertThat(silent).isCompletedExceptionally();
        timeline.advance(SOON);

        assertThat(connector.attempts).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OOM command not allowed", "NOPERM no", "WRONGTYPE key"})
    void refusedCommand_saysNothingAboutItsNode(String message) {
        fail(new RedisCommandExecutionException(message));
        timeline.advance(SECOND);

        assertThat(connector.attempts).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLUSTERDOWN The cluster is down", "READONLY replica", "MOVED 1 c:7002"})
    void nodeThatDoesNotServeTheKey_makesAnotherConnection(String message) {
        fail(new RedisCommandExecutionException(message));
        timeline.advance(SOON);

        assertThat(connector.attempts).hasSize(2);
    }

    @Test
    void clusterOfWhichNoNodeCanBeAsked_isAway_forTheFirstReasonOfAll() {
        RedisException none = new RedisException("Cannot retrieve cluster partitions from [...]");
        none.addSuppressed(new RedisException("Unable to connect to [b]", new ConnectException("refused by b")));
        none.addSuppressed(new RedisException("Unable to connect to [a]", new ConnectException("refused by a")));
        fail(new RedisException("gone"));
        timeline.advance(SOON);

        try (LoggedLines log = new LoggedLines("dev.whippletree.cache.redis")) {
            connector.fail(1, none);
            assertThat(log.all())
                    .containsExactly("WARN coordinator redis: Redis at cluster a:7000, b:7001 can't be used (refused by"
                            + " b); until it is back, nothing is shared; check that its nodes run and can be reached"
                            + " from here, by the addresses that CLUSTER NODES shows");
            assertThat(answer("hello"))
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withMessageContaining("refused by b");
            timeline.advance(TIMEOUT);
            verify(connector.connection(0)).closeAsync();
            timeline.runAll();
            connector.connect(2);
        }
        assertThat(answer("hello")).isCompletedWithValue("hello");
    }

    @Test
    void connectionThatComesAfterClose_isClosed() {
        fail(new RedisException("gone"));
        timeline.advance(SOON);
        link.close();
        connector.connect(1);

        verify(connector.connection(1)).closeAsync();
    }

    private void fail(RuntimeException failure) {
        assertThat(link.send(redis -> CompletableFuture.<String>failedFuture(failure))
                        .toCompletableFuture())
                .isCompletedExceptionally();
    }

    private CompletableFuture<String> answer(String text) {
        return link.send(redis -> CompletableFuture.completedFuture(text)).toCompletableFuture();
    }
}
