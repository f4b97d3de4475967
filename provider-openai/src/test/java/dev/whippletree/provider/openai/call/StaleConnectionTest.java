package dev.whippletree.provider.openai.call;

import static dev.whippletree.provider.openai.call.RawService.closedAfter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.OpenAiProvider;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.testkit.provider.RecordingSink;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A kept connection that the service has closed is replaced, and nothing else is. */
final class StaleConnectionTest {

    private static final String BODY = "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";
    static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY;

    @AutoClose
    private final RawService service = new RawService();

    /** Ends a kept connection: in order, or by a reset. */
    private void close(int connection, boolean reset) throws IOException {
        Socket kept = service.connections().get(connection);
        if (reset) {
            kept.setSoLinger(true, 0);
        }
        kept.close();
    }

    private static void assertAnswered(RecordingSink sink, int staleConnections) {
        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
        assertThat(sink.staleConnections()).isEqualTo(staleConnections);
        assertThat(sink.violations()).isEmpty();
    }

    private static void assertFailed(RecordingSink sink, int staleConnections) {
        Failure failure = sink.awaitFailure();
        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(sink.staleConnections()).isEqualTo(staleConnections);
        assertThat(sink.violations()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void connectionClosedWhileIdle_isReplacedAtOnce(boolean streaming, boolean reset) throws IOException {
        service.reply(0, ANSWER);
        service.reply(1, ANSWER);
        assertAnswered(service.send(streaming), 0);
        close(0, reset);

        assertAnswered(service.send(streaming), 1);

        assertThat(service.connections()).hasSize(2);
    }

    /** Leaves so many connections idle, and closes them. */
    private void leaveStale(int count) throws Exception {
        CountDownLatch allThere = new CountDownLatch(count);
        for (int connection = 0; connection < count; connection++) {
            service.reply(connection, out -> {
                allThere.countDown();
                RawService.await(allThere);
                out.write(RawService.bytes(ANSWER));
            });
        }
        List<RecordingSink> sinks =
                IntStream.range(0, count).mapToObj(call -> service.begin(false)).toList();
        sinks.forEach(sink -> assertAnswered(sink, 0));
        assertThat(service.connections()).hasSize(count);
        for (int connection = 0; connection < count; connection++) {
            close(connection, connection % 2 == 0);
        }
    }

    @Test
    void severalStaleConnections_costNoCall_oneAfterTheOther() throws Exception {
        leaveStale(5);
        service.reply(5, ANSWER);
        service.reply(6, ANSWER);
        service.reply(6, ANSWER);

        assertAnswered(service.send(), 1);
        assertAnswered(service.send(), 0);
        assertAnswered(service.send(), 0);

        assertThat(service.connections()).hasSize(7);
    }

    @Test
    void requestThatMayNotBeSentAgain_fails_andNoneFollowsItOnAnotherStaleConnection() throws Exception {
        leaveStale(2);
        service.reply(2, ANSWER);
        RecordingSink sink = new RecordingSink(false) {
            @Override
            public synchronized boolean staleConnection(boolean begun) {
                return !super.staleConnection(begun);
            }
        };

        service.client().send(Prompt.of("How are you?"), "test/model", sink);

        assertFailed(sink, 1);
        assertAnswered(service.send(), 0);
        assertThat(service.connections()).hasSize(3);
    }

    /** With one attempt, there is none to make up for a connection. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void promptWithOneAttempt_isAnsweredOverAStaleConnection_byTheAccountOfItsFirstTier(boolean reset)
            throws Exception {
        service.reply(0, ANSWER);
        service.reply(1, ANSWER);
        try (Whippletree whippletree = Whippletree.builder()
                .provider(new OpenAiProvider())
                .account(Bench.account(service.address(), Map.of()))
                .account(AccountSettings.builder("other", "openai")
                        .setting("base-url", "http://127.0.0.1:1/v1")
                        .build())
                .route(RouteSettings.builder("default")
                        .tier(new TargetSettings("local-1", "model"))
                        .tier(new TargetSettings("other", "model"))
                        .retries(new Retries(1, Duration.ofMillis(500), Duration.ofSeconds(15), 0.2, 10))
                        .build())
                .build()) {
            whippletree.complete(Prompt.of("one")).get(30, TimeUnit.SECONDS);
            close(0, reset);

            Completion answer = whippletree.complete(Prompt.of("two")).get(30, TimeUnit.SECONDS);

            assertThat(answer.origin().account()).isEqualTo("local-1");
            assertThat(answer.origin().attempts()).isEqualTo(1);
            StatusSnapshot.AccountStatus account =
                    whippletree.status().accounts().get(0);
            assertThat(account.calls()).isEqualTo(2);
            assertThat(account.failures()).isEmpty();
            assertThat(account.staleConnections()).isEqualTo(1);
        }
    }

    /** The service may have counted the request whose connection it closed without a word. */
    @ParameterizedTest
    @CsvSource({"2, 1", "3, 2"})
    void requestIsSentAgain_onlyIfTheLimitHasRoomForBoth_andIsNoFailureIfItHasnt(int limit, int connections)
            throws Exception {
        service.reply(0, ANSWER);
        service.reply(0, closedAfter(""));
        service.reply(1, ANSWER);
        AccountSettings account = Bench.account(service.address(), Map.of()).toBuilder()
                .limit(limit + " / 1h")
                .build();
        try (Whippletree whippletree = Whippletree.builder()
                .provider(new OpenAiProvider())
                .account(account)
                .route(RouteSettings.builder("default")
                        .tier(new TargetSettings("local-1", "model"))
                        .retries(new Retries(1, Duration.ofMillis(500), Duration.ofSeconds(15), 0.2, 10))
                        .build())
                .build()) {
            whippletree.complete(Prompt.of("one")).get(30, TimeUnit.SECONDS);

            whippletree
                    .complete(Prompt.builder()
                            .user("two")
                            .deadline(Duration.ofSeconds(10))
                            .build())
                    .handle((answer, failure) -> true)
                    .get(30, TimeUnit.SECONDS);

            assertThat(service.connections()).hasSize(connections);
            StatusSnapshot.AccountStatus status =
                    whippletree.status().accounts().get(0);
            assertThat(status.failures()).isEmpty();
            assertThat(status.limits().get(0).left()).isZero();
            assertThat(status.answered()).isEqualTo(connections);
        }
    }

    @Test
    void replacementThatIsClosed_isAFailure_andIsNotReplaced() throws IOException {
        service.reply(0, ANSWER);
        service.reply(1, closedAfter(""));
        assertAnswered(service.send(), 0);
        close(0, false);

        assertFailed(service.send(), 1);

        assertThat(service.connections()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "H",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n",
                "no HTTP at all\r\n\r\n"
            })
    void connectionClosedWithinAResponse_isAFailure(String start) {
        service.reply(0, ANSWER);
        service.reply(0, closedAfter(start));
        service.reply(1, ANSWER);
        assertAnswered(service.send(), 0);

        assertFailed(service.send(), 0);

        assertThat(service.connections()).hasSize(1);
    }

    @Test
    void cancelledCall_isNotSentAgain() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        service.reply(0, ANSWER);
        service.reply(0, out -> {
            arrived.countDown();
            service.keptOpen("").write(out);
            gone.countDown();
        });
        service.reply(1, ANSWER);
        assertAnswered(service.send(), 0);
        RecordingSink sink = new RecordingSink(false);
        var call = service.client().send(Prompt.of("How are you?"), "test/model", sink);
        arrived.await();
        // The service may have read the request before the client's thread has told that it is sent.
        sink.awaitSent();

        sink.cancelled();
        call.cancel();

        gone.await();
        assertAnswered(service.send(), 0);
        assertThat(sink.violations()).isEmpty();
        assertThat(sink.staleConnections()).isZero();
        assertThat(service.connections()).hasSize(2);
    }
}
