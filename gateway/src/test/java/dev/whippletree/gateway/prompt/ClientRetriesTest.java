package dev.whippletree.gateway.prompt;

import static dev.whippletree.gateway.RunningGateway.HI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider.Call;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What errors tell the retries of client libraries. Time is the test's. */
final class ClientRetriesTest {

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final ManualTimeline timeline = new ManualTimeline();

    @AutoClose
    private final RunningGateway running =
            new RunningGateway(GatewaySettings.DEFAULT, timeline, builder -> builder.timeline(timeline));

    private static Optional<String> shouldRetry(HttpResponse<String> response) {
        return response.headers().firstValue("x-should-retry");
    }

    private static long retryAfter(HttpResponse<String> response) {
        return response.headers().firstValueAsLong("retry-after").orElseThrow();
    }

    private CompletableFuture<HttpResponse<String>> ask(String... headers) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return running.post(HI, headers);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Waits for the next call, however long the gateway pauses before it. */
    private Call nextCall() {
        return timeline.advanceUntil(CompletableFuture.supplyAsync(() -> {
            try {
                return running.provider.call();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
    }

    @ParameterizedTest
    @CsvSource({"400, false", "404, false", "422, false", "451, false", "408,", "409,", "425,", "429,"})
    void refusalByTheService_isFinal_unlessItMayPass(int status, @Nullable String shouldRetry) throws Exception {
        running.provider.usually(call -> call.fail(new Failure(
                FailureKind.REJECTED,
                "no",
                OptionalInt.of(status),
                Optional.of("their_code"),
                Optional.of("messages[0].content"),
                Optional.empty(),
                Reach.ACCOUNT)));
        HttpResponse<String> refused = running.post(HI);
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(shouldRetry(refused)).isEqualTo(Optional.ofNullable(shouldRetry));
        assertThat(RunningGateway.json(refused))
                .extracting("error")
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("code", "their_code")
                .containsEntry("param", "messages[0].content");
    }

    @Test
    void ourOwnRefusal_isFinal() throws Exception {
        assertThat(shouldRetry(running.get("/nowhere"))).contains("false");
        assertThat(shouldRetry(running.post("{}"))).contains("false");
        assertThat(shouldRetry(running.get("/v1/chat/completions"))).contains("false");
    }

    /** Two calls fail, the second one so long after the first one began, or longer if this machine is slow. */
    @ParameterizedTest
    @ValueSource(longs = {1, 55, 61})
    void failedAttempts_areFinal_onlyAfterAMinuteOfTrying(long seconds) throws Exception {
        running.provider.usually(call -> {});
        CompletableFuture<HttpResponse<String>> answer = ask();
        Call first = running.provider.call();
        long beganNanos = timeline.nanoTime();
        first.fail(Failure.of(FailureKind.UNAVAILABLE, "down"));
        Call second = nextCall();
        timeline.advance(Duration.ofSeconds(seconds));
        boolean tooLong = timeline.nanoTime() - beganNanos >= A_MINUTE.toNanos();
        second.fail(Failure.of(FailureKind.UNAVAILABLE, "down"));
        HttpResponse<String> failed = answer.join();
        assertThat(failed.statusCode()).isEqualTo(502);
        assertThat(shouldRetry(failed)).isEqualTo(tooLong ? Optional.of("false") : Optional.empty());
        assertThat(retryAfter(failed)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"30s,", "61s, false"})
    void passedDeadline_isFinal_onlyAfterAMinuteOfTrying(String deadline, @Nullable String shouldRetry) {
        running.provider.usually(call -> {});
        CompletableFuture<HttpResponse<String>> answer = ask("x-whippletree-deadline", deadline);
        nextCall();
        HttpResponse<String> failed = timeline.advanceUntil(answer);
        assertThat(failed.statusCode()).isEqualTo(504);
        assertThat(shouldRetry(failed)).isEqualTo(Optional.ofNullable(shouldRetry));
        assertThat(retryAfter(failed)).isEqualTo(1);
    }

    /** By the service's word, or by our own cooldown. */
    @ParameterizedTest
    @ValueSource(longs = {7, 20})
    void retryAfter_isWhenTheNextTargetOpens(long seconds) {
        running.provider.usually(call -> {});
        CompletableFuture<HttpResponse<String>> answer = ask();
        for (int attempt = 0; attempt < 2; attempt++) {
            nextCall()
                    .fail(new Failure(
                            FailureKind.OVERLOADED,
                            "later",
                            OptionalInt.of(503),
                            Optional.empty(),
                            Optional.of(Duration.ofSeconds(seconds)),
                            Reach.ACCOUNT));
        }
        HttpResponse<String> failed = answer.join();
        assertThat(failed.statusCode()).isEqualTo(502);
        assertThat(shouldRetry(failed)).isEmpty();
        assertThat(retryAfter(failed)).isEqualTo(seconds);
    }

    @Test
    void closedAccounts_mayOpen() throws Exception {
        running.provider.usually(call -> call.fail(Failure.of(FailureKind.UNAUTHORIZED, "no such token")));
        HttpResponse<String> failed = running.post(HI);
        assertThat(failed.statusCode()).isEqualTo(503);
        assertThat(shouldRetry(failed)).isEmpty();
        assertThat(retryAfter(failed)).isGreaterThanOrEqualTo(1);
    }
}
