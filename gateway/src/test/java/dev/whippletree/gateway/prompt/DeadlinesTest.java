package dev.whippletree.gateway.prompt;

import static dev.whippletree.gateway.RunningGateway.HI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a request waits. */
final class DeadlinesTest extends OverGateway {

    DeadlinesTest() {
        super(new RunningGateway(
                GatewaySettings.DEFAULT.withBounds(GatewaySettings.Bounds.DEFAULT.withDeadline(Duration.ofMinutes(90))),
                builder -> builder.route(RouteSettings.builder(
                                "hasty", List.of(new Tier(List.of(new TargetSettings("one", "small-model")))))
                        .deadline(Duration.ofMinutes(2))
                        .ttl(Optional.empty())
                        .build())));
    }

    private Prompt asked(String body, String... headers) throws Exception {
        assertThat(running.post(body, headers).statusCode()).isEqualTo(200);
        return running.provider.call().prompt();
    }

    /** The service refuses all calls, saying for how long. */
    private void closeFor(Duration wait) {
        running.provider.usually(call -> call.fail(new Failure(
                FailureKind.RATE_LIMITED,
                "no more for now",
                OptionalInt.of(429),
                Optional.empty(),
                Optional.of(wait),
                Reach.ACCOUNT)));
    }

    private static String streamed(String body) {
        return body.replaceFirst("\\{", "{\"stream\":true,");
    }

    /** Each header as {@code name=value}, with a semicolon between. What a library says is no deadline. */
    @ParameterizedTest
    @CsvSource({
        "x-whippletree-deadline=30s;X-Stainless-Timeout=40;X-Stainless-Read-Timeout=50, fast, PT30S, PT40S",
        "X-Stainless-Timeout=40;X-Stainless-Read-Timeout=50, hasty, PT2M, PT40S",
        "x-whippletree-deadline=10m;X-Stainless-Timeout=40, hasty, PT10M, PT40S",
        "X-Stainless-Read-Timeout=600, fast, PT1H30M, PT10M",
        "X-Stainless-Read-Timeout=60.0, hasty, PT2M, PT1M",
        "X-Stainless-Read-Timeout=0.5, fast, PT1H30M, PT0.5S",
        "X-Stainless-Timeout=0;X-Stainless-Read-Timeout=5, fast, PT1H30M, PT5S",
        "X-Stainless-Timeout=-1, fast, PT1H30M,",
        "X-Stainless-Timeout=604801, fast, PT1H30M,",
        "X-Stainless-Timeout=99999999999999999999, fast, PT1H30M,",
        "X-Stainless-Timeout=0.0009, fast, PT1H30M,",
        "X-Stainless-Timeout=NOT_GIVEN, fast, PT1H30M,",
        "X-Stainless-Lang=js, fast, PT1H30M,",
        "x-whippletree-keep-alive=true;X-Stainless-Timeout=40, fast, PT1H30M,",
        "x-whippletree-keep-alive=true;X-Stainless-Timeout=8, fast, PT1H30M, PT8S",
    })
    void deadlineAndTimeout_areTheFirstThatAreSaid(String headers, String model, Duration deadline, Duration timeout)
            throws Exception {
        String[] names = Stream.of(headers.split(";"))
                .flatMap(header -> Stream.of(header.split("=")))
                .toArray(String[]::new);
        String body = HI.replace("fast", model);

        Prompt unstreamed = asked(body.replace("Hi", "Whole"), names);
        assertThat(unstreamed.deadline()).contains(deadline);
        assertThat(unstreamed.deadlineForFirstPiece()).isFalse();
        assertThat(unstreamed.callerTimeout()).isEqualTo(Optional.ofNullable(timeout));

        Prompt streamed = asked(streamed(body), names);
        assertThat(streamed.deadline()).contains(deadline);
        assertThat(streamed.deadlineForFirstPiece()).isTrue();
        assertThat(streamed.callerTimeout()).isEqualTo(Optional.ofNullable(timeout));
    }

    @Test
    void deadline_isAWeekAtMost() throws Exception {
        assertThat(asked(HI, "x-whippletree-deadline", "7d").deadline()).contains(Duration.ofDays(7));

        HttpResponse<String> refused = running.post(HI, "x-whippletree-deadline", "604800001ms");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("x-whippletree-deadline must be at most 7 days, not 604800001ms");
    }

    /** Of a limit's day the library hears no more than a minute: it would not wait longer. */
    @ParameterizedTest
    @ValueSource(
            strings = {HI, "{\"stream\":true,\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
            })
    void promptThatWaits_isRefusedBeforeItsLibraryGivesUp_withAWaitThatTheLibraryObeys(String body) throws Exception {
        closeFor(Duration.ofHours(1));
        HttpResponse<String> refused = running.post(body, "X-Stainless-Timeout", "0.4");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).contains("60");
        assertThat(refused.body())
                .contains("no room for 1 h", "the caller's own timeout is 400 ms; raise it", "timeout");
        assertThat(running.whippletree.status().waiting()).isZero();
    }

    @Test
    void anotherDeadlineOfTheGateway_needsARestart() {
        assertThat(running.gateway.reload(running.settings())).isFalse();
        assertThat(running.gateway.reload(running.settings().withBounds(GatewaySettings.Bounds.DEFAULT)))
                .isTrue();
    }

    @Test
    void roomThatComesTooLate_isToldAtOnce() throws Exception {
        closeFor(Duration.ofDays(1));
        for (String body : new String[] {HI, streamed(HI)}) {
            HttpResponse<String> refused = running.post(body);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
            assertThat(refused.body()).contains("rate_limit_exceeded");
            assertThat(Long.parseLong(
                            refused.headers().firstValue("retry-after").orElseThrow()))
                    .isBetween(86_000L, 86_401L);
        }
    }

    /** The client may send two. */
    @Test
    void requestThatIsToComeAgain_countsOnlyWhenItIsAnswered() throws Exception {
        running.gateway.reload(running.settings(new GatewaySettings.Client(
                "acme", Secret.of("key-of-acme-0123"), List.of(Limit.parse("2 requests / 1h")))));
        closeFor(Duration.ofHours(1));
        for (int count = 0; count < 4; count++) {
            assertThat(running.post(HI, "X-Stainless-Timeout", "0.2", "Authorization", "Bearer key-of-acme-0123")
                            .body())
                    .contains("the caller's own timeout");
        }
    }
}
