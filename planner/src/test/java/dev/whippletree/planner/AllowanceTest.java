package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.Configuration;
import dev.whippletree.model.Limit;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowanceTest {

    private static final Workload BOUNDED = Workload.STANDARD.withMaxTokens(1_024);

    private static PlanRequest request(AccountPool pool) {
        return PlanRequest.of(List.of(10), pool).withWorkload(BOUNDED).withHorizon(Duration.ofHours(1));
    }

    /** Groq counts max_tokens in full; others count what the answer has. */
    @ParameterizedTest
    @CsvSource({
        "groq, TOKENS, 1324",
        "groq, OUTPUT_TOKENS, 1024",
        "groq, INPUT_TOKENS, 300",
        "groq, REQUESTS, 1",
        "huggingface, TOKENS, 500",
        "huggingface, OUTPUT_TOKENS, 200"
    })
    void call_countsForWhatItsServiceCounts(String service, Limit.Unit unit, long amount) {
        Allowance allowance = new Allowance(request(AccountPool.parse(service + ":1x30/min")));
        assertThat(allowance.perCall(service, unit)).isEqualTo(amount);
    }

    /**
     * Two windows of 100. Parts of a call are left to others as whole ones; the product of 0.07 and 100 is a little
     * more than 7.
     */
    @ParameterizedTest
    @CsvSource({
        "huggingface, 0.1, 180",
        "huggingface, 0, 200",
        "huggingface, 0.9, 20",
        "huggingface, 0.055, 188",
        "huggingface, 0.07, 186",
        "groq, 0.1, 180"
    })
    void whatBatchLeavesToOthers_isNotAllowed(String service, double leave, long calls) {
        AccountPool pool = AccountPool.parse(service + ":1x100/h").withReserve(leave);
        assertThat(new Allowance(request(pool).withHorizon(Duration.ofHours(2))).calls(pool))
                .isEqualTo(calls);
    }

    /** A call of Groq's counts for 1,324 tokens. */
    @ParameterizedTest
    @CsvSource({"groq:1x2000tok/h, 1", "groq:1x1324tok/h, 1", "groq:1x1323tok/h, 0", "groq:1x26480tok/h, 2"})
    void whatBatchLeavesToOthers_leavesRoomForACall(String accounts, long calls) {
        AccountPool pool = AccountPool.parse(accounts).withReserve(0.9);
        assertThat(new Allowance(request(pool)).calls(pool)).isEqualTo(calls);
    }

    /**
     * What a limit of a minute refills is known of Groq; of a longer one that headers report it is supposed where
     * nothing else is enough.
     */
    @ParameterizedTest
    @CsvSource({
        "groq, 10/min, 610, 610",
        "groq, 100/d, 100, 104",
        "groq, 132400tok/d, 100, 100",
        "groq, 100/h, 100, 100",
        "openai, 100/h, 100, 100",
        "huggingface, 100/h, 100, 100"
    })
    void limits_refillWhereThatIsKnownOrSupposed(String service, String limit, long byWindow, long gradually) {
        AccountPool pool = AccountPool.parse(service + ":1x" + limit);
        Allowance allowance = new Allowance(request(pool));
        assertThat(allowance.calls(pool)).isEqualTo(byWindow);
        assertThat(allowance.calls(pool.refilling())).isEqualTo(gradually);
    }

    /** Groq counts 100 an hour of each model. */
    @ParameterizedTest
    @CsvSource({"groq, a, 100", "groq, a b, 200", "groq, a b c, 300", "huggingface, a b c, 100"})
    void limit_holdsOnceForEachModelWhereItsServiceCountsSo(String service, String models, long calls) {
        assertThat(calls(service, models.split(" "))).isEqualTo(calls);
    }

    @ParameterizedTest
    @CsvSource({"10/h+100/h, 10", "100/h+10/h, 10", "100/h+5000tok/h+50/h, 10"})
    void ofSeveralLimits_theTightestDecides(String limits, long calls) {
        AccountPool pool = AccountPool.parse("huggingface:1x" + limits);
        assertThat(new Allowance(request(pool)).calls(pool)).isEqualTo(calls);
    }

    private static long calls(String service, String... models) {
        AccountSettings account = AccountSettings.builder("g", service)
                .limit(Limit.requests(100, Duration.ofHours(1)))
                .build();
        List<TargetSettings> targets = List.of(models).stream()
                .map(model -> new TargetSettings("g", model))
                .toList();
        AccountPool pool = AccountPool.of(new Configuration(
                List.of(account),
                List.of(RouteSettings.of("default", List.of(new Tier(targets)))),
                List.of(),
                EngineSettings.DEFAULT,
                List.of()));
        return new Allowance(request(pool)).calls(pool.groups().get(0));
    }
}
