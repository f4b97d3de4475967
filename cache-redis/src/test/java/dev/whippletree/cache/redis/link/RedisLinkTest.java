package dev.whippletree.cache.redis.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The link in virtual time, over connections that exist only here. */
class RedisLinkTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final PausedTimeline clock = new PausedTimeline(timeline);
    private final ScriptedConnector connector = new ScriptedConnector();
    private final RedisLink link = new RedisLink(
            RedisSettings.from(new Settings("cache redis", Map.of("uri", "redis://host:6379"))),
            new RedisLink.Effect("nothing is stored", "it is stored again"),
            connector,
            FakeServices.on(clock));

    @Test
    void commandsBeforeTheFirstConnection_areSentOnceItIsThere() {
        link.connect();
        CompletableFuture<String> early = answer("hello");
        timeline.runAll();
        assertThat(early).isNotDone();

        connector.connect(0);

        assertThat(early).isCompletedWithValue("hello");
    }

    @Test
    void commandsBeforeTheFirstConnection_failWithTheFirstAttempt() {
        link.connect();
        CompletableFuture<String> early = answer("hello");
        timeline.runAll();

        connector.fail(0, new RedisConnectionException("outer", new ConnectException("refused")));

        assertFailed(early, "cache redis: Redis at host:6379 can't be used (refused)");
        assertFailed(answer("hello"), "refused");
    }

    @Test
    void connectorThatThrows_isAFailedAttemptLikeAnyOther() {
        connector.throwing = true;
        link.connect();
        timeline.runNext();
        assertFailed(answer("hello"), "thrown");

        connector.throwing = false;
        timeline.runNext();
        connector.connect(1);

        assertThat(answer("hello")).isCompletedWithValue("hello");
    }

    @Test
    void failedAttempts_areRepeatedEverLessOftenUpToASecond() {
        link.connect();
        timeline.runNext();
        List<Duration> pauses = new ArrayList<>();
        for (int attempt = 0; attempt < 10; attempt++) {
            long before = timeline.nanoTime();
            connector.fail(attempt, new RedisConnectionException("refused"));
            timeline.runNext();
            pauses.add(Duration.ofNanos(timeline.nanoTime() - before));
        }

        assertThat(pauses.get(0)).isBetween(Duration.ofMillis(25), Duration.ofMillis(50));
        assertThat(pauses.get(3)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(pauses.subList(5, 10))
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1)));
        assertThat(connector.attempts).hasSize(11);
    }

    @Test
    void processesThatLoseRedisTogether_comeBackApart() {
        Set<Long> moments = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            VirtualTimeline time = new VirtualTimeline(seed);
            ScriptedConnector there = new ScriptedConnector();
            RedisLink process = new RedisLink(
                    RedisSettings.from(new Settings("cache redis", Map.of("uri", "redis://host:6379"))),
                    new RedisLink.Effect("nothing is stored", "it is stored again"),
                    there,
                    FakeServices.on(time));
            process.connect();
            time.runNext();
            there.fail(0, new RedisConnectionException("refused"));
            time.runNext();
            moments.add(Duration.ofNanos(time.nanoTime()).toMillis());
        }
        assertThat(moments).hasSizeGreaterThan(10);
    }

    @Test
    void brokenConnection_refusesAtOnceAndIsMadeAnew() {
        connected();

        try (LoggedLines log = new LoggedLines("dev.whippletree.cache.redis")) {
            connector.breakConnection(0);

            assertFailed(answer("hello"), "the connection broke");
            timeline.advance(Duration.ofMillis(50));
            connector.fail(1, new RedisConnectionException("refused"));
            assertFailed(answer("hello"), "refused");
            assertThat(link.trouble())
                    .hasValue("cache redis: Redis at host:6379 can't be used (refused); until it is back, nothing is"
                            + " stored; check that it runs and can be reached from here");
            timeline.runAll();
            connector.connect(2);
            assertThat(log.all())
                    .containsExactly(
                            "WARN cache redis: Redis at host:6379 can't be used (refused); until it is back, nothing is"
                                    + " stored; check that it runs and can be reached from here",
                            "WARN cache redis: Redis at host:6379 is back; it is stored again");
        }
        assertThat(answer("hello")).isCompletedWithValue("hello");
        assertThat(link.trouble()).isEmpty();

        connector.breakConnection(2);
        timeline.advance(Duration.ofMillis(50));
        assertThat(connector.attempts)
                .as("a link that has worked is made anew soon")
                .hasSize(4);
    }

    /** With its setting timeout, Redis closes connections that are idle. */
    @Test
    void connectionThatIsMadeAnewAtOnce_isNoOutage_unlessItBreaksUnused() {
        connected();
        try (LoggedLines log = new LoggedLines("dev.whippletree.cache.redis")) {
            for (int n = 0; n < 100; n++) {
                assertThat(answer("hello")).isCompleted();
                connector.breakConnection(n);
                assertThat(link.trouble()).isPresent();
                timeline.advance(Duration.ofMillis(50));
                connector.connect(n + 1);
                assertThat(link.trouble()).isEmpty();
            }
            for (int n = 100; n < 110; n++) {
                timeline.advance(Duration.ofMinutes(5));
                connector.breakConnection(n);
                timeline.advance(Duration.ofSeconds(1));
                connector.connect(n + 1);
            }
            assertThat(log.all()).isEmpty();

            connector.breakConnection(110);
            assertThat(log.all()).singleElement().asString().contains("can't be used (the connection broke)");
        }
    }

    @Test
    void redisThatComesAndGoes_isLoggedOnceAMinute_andAgainIfItIsStillAwayThen() {
        link.connect();
        timeline.runAll();
        try (LoggedLines log = new LoggedLines("dev.whippletree.cache.redis")) {
            int attempt = 0;
            for (int seconds = 0; seconds < 50; seconds += 10) {
                connector.fail(attempt, new RedisConnectionException("refused"));
                timeline.advance(Duration.ofSeconds(5));
                connector.connect(attempt + 1);
                assertThat(answer("hello")).isCompleted();
                timeline.advance(Duration.ofSeconds(5));
                connector.breakConnection(attempt + 1);
                timeline.advance(Duration.ofMillis(50));
                attempt += 2;
            }
            assertThat(log.all()).hasSize(2);
            while (connector.attempts.size() < 40) {
                connector.fail(attempt++, new RedisConnectionException("refused"));
                timeline.advance(Duration.ofSeconds(1));
            }
            assertThat(log.all()).hasSize(3).last().asString().contains("can't be used (refused)");
        }
    }

    static List<Throwable> breaks() {
        return List.of(
                new ClosedChannelException(),
                new IOException("Broken pipe"),
                new RedisException("Connection closed"),
                new RedisException("Connection is already closed"),
                new RedisException("Connection disconnected"),
                new RedisException("Currently not connected. Commands are rejected."),
                new RedisException(new IOException("Connection reset by peer")));
    }

    /** However Lettuce says it, some before the link hears that the connection broke. */
    @ParameterizedTest
    @MethodSource("breaks")
    void commandUnderWayWhenTheConnectionBreaks_failsAsThoseThatComeLater(Throwable said) {
        connected();
        CompletableFuture<String> before = failed(new CompletionException(said));
        connector.breakConnection(0);
        for (CompletableFuture<String> each : List.of(before, answer("hello"))) {
            assertThat(each)
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(RedisUnavailableException.class)
                    .withMessage("cache redis: Redis at host:6379 can't be used (the connection broke)");
        }
    }

    @Test
    void connectionThatBreaksAgainAndAgain_isNotMadeInAHurry() {
        connected();
        for (int n = 0; n < 10; n++) {
            connector.breakConnection(n);
            timeline.runNext();
            connector.connect(n + 1);
        }
        long before = timeline.nanoTime();
        connector.breakConnection(10);
        timeline.runNext();

        assertThat(Duration.ofNanos(timeline.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
    }

    @Test
    void connectionClosedBeforeAnybodyListened_isNoticed() {
        link.connect();
        timeline.runAll();
        when(connector.connection(0).isOpen()).thenReturn(false);
        connector.connect(0);

        assertFailed(answer("hello"), "the connection broke");
    }

    @Test
    void burstOfTimeouts_isAskedAboutOnce_andAnAnswerEndsTheDoubt() {
        connected();
        for (int n = 0; n < 1_000; n++) {
            timeOut();
        }
        assertThat(connector.questions(0)).hasSize(1);

        connector.questions(0).get(0).complete("PONG");

        timeline.advance(Duration.ofMinutes(1));
        assertThat(connector.attempts).hasSize(1);
        verify(connector.connection(0), never()).closeAsync();
    }

    @ParameterizedTest
    @MethodSource("wrappings")
    void oneTimeout_howeverWrapped_givesTheConnectionUpAfterHalfASecondWithoutAnswer(
            UnaryOperator<Throwable> wrapping) {
        connected();
        assertThat(timeOut(wrapping)).isCompletedExceptionally();
        timeline.advance(Duration.ofMillis(499));
        assertThat(unanswered()).isNotCompletedExceptionally();
        timeline.advance(Duration.ofMillis(1));

        assertFailed(answer("hello"), "it doesn't answer");
        verify(connector.connection(0)).closeAsync();
        timeline.advance(Duration.ofMillis(50));
        assertThat(connector.attempts).hasSize(2);
    }

    static List<UnaryOperator<Throwable>> wrappings() {
        return List.of(
                failure -> failure,
                CompletionException::new,
                failure -> new CompletionException(new CompletionException(failure)),
                failure -> new ExecutionException(new CompletionException(failure)),
                RedisException::new);
    }

    @Test
    void moreTimeoutsWhileInDoubt_renewNothingTwice() {
        connected();
        for (int n = 0; n < 10; n++) {
            timeOut();
            timeline.advance(Duration.ofMillis(50));
        }
        for (int n = 0; n < 10; n++) {
            connector.questions(0).get(0).completeExceptionally(new RedisCommandTimeoutException("timed out"));
            timeline.advance(Duration.ofMillis(50));
        }

        assertThat(connector.attempts).hasSize(2);
    }

    @Test
    void refusalWhileInDoubt_isAnAnswer() {
        connected();
        timeOut();
        assertThat(failed(new CompletionException(new RedisCommandExecutionException("NOPERM no"))))
                .isCompletedExceptionally();
        timeline.advance(Duration.ofMinutes(1));

        assertThat(connector.attempts).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"250, 1", "251, 2", "290, 2"})
    void questionAnsweredLaterThanACommandMayBe_endsNoDoubt(long millis, int connections) {
        connected();
        timeOut();
        timeline.advance(Duration.ofMillis(millis));
        connector.questions(0).get(0).complete("PONG");

        timeline.advance(Duration.ofMillis(1_000 - millis));

        assertThat(connector.attempts).hasSize(connections);
    }

    @Test
    void answerBetweenTimeouts_startsTheSilenceAnew() {
        connected();
        timeOut();
        timeline.advance(Duration.ofMillis(400));
        assertThat(answer("hello")).isCompleted();
        timeOut();
        timeline.advance(Duration.ofMillis(400));

        assertThat(answer("hello")).isCompleted();
        assertThat(connector.questions(0)).hasSize(2);
    }

    /** A timer may be a tenth of a second late. */
    @ParameterizedTest
    @CsvSource({"100, 1, 2", "101, 2, 1", "10000, 2, 1"})
    void pauseOfThisProcess_isNotTakenForSilence(long millis, int questions, int connections) {
        connected();
        timeOut();
        timeline.advance(Duration.ofMillis(300));

        clock.pause(Duration.ofMillis(millis));
        timeline.advance(Duration.ofMillis(300));

        assertThat(connector.questions(0)).hasSize(questions);
        connector.questions(0).get(questions - 1).complete("PONG");
        timeline.advance(Duration.ofMinutes(1));
        assertThat(connector.attempts).hasSize(connections);
    }

    @Test
    void processThatIsPausedAllTheTime_stillLeavesADeadConnection() {
        connected();
        timeOut();
        for (int n = 0; n < 3; n++) {
            clock.pause(Duration.ofMillis(150));
            timeline.advance(Duration.ofMillis(500));
        }

        assertThat(connector.questions(0)).hasSize(3);
        assertFailed(answer("hello"), "it doesn't answer");
    }

    /** Behind a name that leads to whoever is the master, the old one may go on as a replica. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "READONLY You can't write against a read only replica.",
                "ERR Error running script (call to f_1): @user_script:7: -READONLY You can't write against a replica."
            })
    void serverThatHasBecomeAReplica_isLeft_onceThereIsAnotherConnection(String message) {
        connected();
        timeline.advance(Duration.ofSeconds(1));
        for (int n = 0; n < 10; n++) {
            assertThat(failed(new RedisCommandExecutionException(message))).isCompletedExceptionally();
        }
        timeline.advance(Duration.ofMillis(50));
        assertThat(connector.attempts).hasSize(2);
        assertThat(answer("what a replica can")).isCompletedWithValue("what a replica can");
        verify(connector.connection(0), never()).closeAsync();

        connector.connect(1);
        timeline.advance(Duration.ofMillis(250));
        verify(connector.connection(0)).closeAsync();
        assertThat(answer("hello")).isCompletedWithValue("hello");
        assertThat(connector.attempts).hasSize(2);
    }

    @Test
    void lateNewsOfAnOldConnection_isIgnored() {
        connected();
        connector.breakConnection(0);
        timeline.runAll();
        connector.connect(1);

        connector.breakConnection(0);

        assertThat(answer("hello")).isCompletedWithValue("hello");
    }

    @Test
    void connectionThatComesAfterClose_isClosed() {
        link.connect();
        CompletableFuture<String> early = answer("hello");
        timeline.runAll();
        link.close();
        assertFailed(early, "cache redis is closed");

        connector.connect(0);

        verify(connector.connection(0)).closeAsync();
        assertFailed(answer("hello"), "cache redis is closed");
    }

    @Test
    void attemptThatFailsAfterClose_isTheLast() {
        link.connect();
        timeline.runAll();
        link.close();
        connector.fail(0, new RedisConnectionException("closed"));
        timeline.runAll();

        assertThat(connector.attempts).hasSize(1);
        assertThat(connector.closed).isTrue();
    }

    @Test
    void serverThatIsANodeOfACluster_isFoundOutByWhatItSays_once() {
        connected();
        assertThat(link.remark()).isEmpty();

        try (LoggedLines log = new LoggedLines("dev.whippletree.cache.redis")) {
            for (int n = 0; n < 3; n++) {
                assertThat(failed(new RedisCommandExecutionException("MOVED 866 10.0.0.7:6379")))
                        .isCompletedExceptionally();
            }
            assertThat(log.all())
                    .containsExactly("WARN cache redis: Redis at host:6379 has only a part of the keys; it is a node of"
                            + " a cluster: uri begins with redis-cluster://, or rediss-cluster:// for TLS");
        }
        assertThat(link.remark()).get().asString().contains("redis-cluster://");
    }

    private void connected() {
        link.connect();
        timeline.runAll();
        connector.connect(0);
    }

    private CompletableFuture<String> answer(String text) {
        return link.send(redis -> CompletableFuture.completedFuture(text)).toCompletableFuture();
    }

    /** Returns a command that is never answered, so that none is counted as answered. */
    private CompletableFuture<String> unanswered() {
        return link.send(redis -> new CompletableFuture<String>()).toCompletableFuture();
    }

    private void timeOut() {
        assertThat(timeOut(failure -> failure)).isCompletedExceptionally();
    }

    private CompletableFuture<String> timeOut(UnaryOperator<Throwable> wrapping) {
        return failed(wrapping.apply(new RedisCommandTimeoutException("timed out")));
    }

    private CompletableFuture<String> failed(Throwable failure) {
        return link.send(redis -> CompletableFuture.<String>failedFuture(failure))
                .toCompletableFuture();
    }

    private static void assertFailed(CompletableFuture<?> future, String message) {
        assertThat(future).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining(message);
    }
}
