package dev.whippletree.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.Limit;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientTest {

    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final Client client = new Client("acme", List.of(Limit.parse("1000 tokens / 1h")), new Client.Used());

    private Optional<ApiError> refusal(long tokens, long now) {
        try {
            client.begin(new TokenCount(tokens, 0), now).release(now);
            return Optional.empty();
        } catch (RequestException e) {
            return Optional.of(e.error());
        }
    }

    @Test
    void requestsUnderWay_neverHoldMoreThanTheLimit() {
        List<Client.Charge> underWay = new ArrayList<>();
        for (int count = 0; count < 40; count++) {
            try {
                underWay.add(client.begin(new TokenCount(111, 0), 0));
            } catch (RequestException e) {
                assertThat(e.error().retryAfter()).contains(Duration.ofSeconds(1));
            }
        }
        assertThat(underWay).hasSize(9);
        underWay.forEach(charge -> charge.settle(new TokenCount(50, 0), 1));
        assertThat(refusal(550, 2)).isEmpty();
        ApiError full = refusal(551, 2).orElseThrow();
        assertThat(full.retryAfter().orElseThrow()).isGreaterThan(Duration.ofMinutes(59));
        assertThat(refusal(551, HOUR + 1)).isEmpty();
    }

    @Test
    void requestLargerThanTheLimit_runsAlone() {
        Client.Charge large = client.begin(new TokenCount(5_000, 0), 0);
        assertThat(refusal(1, 0)).isPresent();
        large.settle(new TokenCount(10, 0), 1);
        assertThat(refusal(990, 1)).isEmpty();
        assertThat(refusal(5_000, 1)).isPresent();
    }

    @Test
    void whatWasUsedBeyondTheEstimate_countsBeforeTheNextRequest() {
        List<Client.Charge> underWay = new ArrayList<>();
        for (int count = 0; count < 4; count++) {
            underWay.add(client.begin(new TokenCount(50, 200), 0));
        }
        assertThat(refusal(1, 0)).as("four estimates are the limit").isPresent();

        underWay.forEach(charge -> charge.settle(new TokenCount(50, 2_000), 1));

        assertThat(client.json(1)).containsEntry("tokens", 4 * 2_050L);
        assertThat(refusal(1, HOUR)).isPresent();
        assertThat(refusal(1_000, HOUR + 2)).isEmpty();
    }

    @Test
    void charge_endsOnce() {
        Client.Charge charge = client.begin(new TokenCount(400, 0), 0);
        charge.settle(new TokenCount(300, 0), 1);
        charge.keep(0, 2);
        charge.release(3);
        assertThat(client.json(3)).containsEntry("tokens", 300L);
        assertThat(refusal(700, 3)).isEmpty();
        assertThat(refusal(701, 3)).isPresent();
    }

    @Test
    void figures_areThoseOfTheWindow_andWhenThereIsMore() {
        client.begin(new TokenCount(1_000, 0), 0).settle(new TokenCount(600, 400), 0);
        assertThat(client.json(HOUR / 2).get("limits"))
                .isEqualTo(List.of(Map.of(
                        "unit",
                        "tokens",
                        "amount",
                        1_000L,
                        "window_ms",
                        3_600_000L,
                        "left",
                        0L,
                        "more_in_ms",
                        1_800_000L)));
    }

    @ParameterizedTest
    @CsvSource({"1 requests / 1h, 1 requests / 1m", "1 requests / 1m, 1 requests / 1h"})
    void ofSeveralUsedUpLimits_theLongestWaitIsTold(String one, String other) {
        Client limited = new Client("acme", List.of(Limit.parse(one), Limit.parse(other)), new Client.Used());
        limited.begin(TokenCount.NONE, 0);
        assertThatThrownBy(() -> limited.admit(0))
                .hasMessage("this key's own limit of 1 requests / 1h is used up")
                .isInstanceOfSatisfying(
                        RequestException.class,
                        refused -> assertThat(refused.error().retryAfter()).contains(Duration.ofHours(1)));
    }

    @Test
    void timeForMoreRequests_isTheLongestOfItsLimits_howeverManyTheyAre() {
        List<Limit> limits =
                List.of(Limit.parse("2 requests / 1m"), Limit.parse("3 requests / 1h"), Limit.parse("1 tokens / 1d"));
        Client limited = new Client("acme", limits, new Client.Used());

        assertThat(limited.timeFor(2, TokenCount.NONE, 0)).isZero();
        assertThat(limited.timeFor(3, TokenCount.NONE, 0)).isEqualTo(Duration.ofMinutes(1));
        assertThat(limited.timeFor(4, TokenCount.NONE, 0)).isEqualTo(Duration.ofHours(1));
        assertThat(limited.timeFor(Long.MAX_VALUE, TokenCount.NONE, 0)).isGreaterThan(Duration.ofDays(10_000));
        assertThat(limited.timeFor(3, new TokenCount(20, 30), 0))
                .as("each uses a day's tokens, as far as there are any")
                .isEqualTo(Duration.ofDays(2));
    }

    @Test
    void timeForMoreRequests_reckonsWithWhatThoseInProgressReturn() {
        Client limited = new Client("acme", List.of(Limit.parse("100 tokens / 1h")), new Client.Used());
        Client.Charge charge = limited.begin(new TokenCount(90, 0), 0);
        assertThat(limited.timeFor(4, new TokenCount(10, 15), 0)).isZero();
        charge.settle(new TokenCount(80, 0), 0);
        assertThat(limited.timeFor(4, new TokenCount(10, 15), 0)).isEqualTo(Duration.ofHours(1));
    }

    /** By its deadline a call may have been under way, and its service worked on it; no other failure used anything. */
    @ParameterizedTest
    @CsvSource({
        "DEADLINE, PT1S, 600",
        "DEADLINE, PT0S, 1000",
        "ATTEMPTS_EXHAUSTED, PT1S, 1000",
        "NO_ACCOUNT, PT1S, 1000"
    })
    void charge_thatFails_countsAsEstimated_ifACallHadBegunByTheDeadline(
            PromptException.Reason reason, Duration tried, long left) {
        PromptException failure =
                new PromptException(reason, "over", List.of(), Optional.empty(), Optional.empty(), tried);
        client.begin(new TokenCount(400, 0), 0).failed(new CompletionException(failure), 1);
        assertThat(refusal(left, 1)).isEmpty();
        client.begin(new TokenCount(left, 0), 1).keep(0, 1);
        assertThat(refusal(1, 1)).isPresent();
        assertThat(client.json(1)).as("nobody counted any").containsEntry("tokens", 0L);
    }
}
