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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
     * Of an hour of 8,000 tokens a minute: what is left of a minute is too little for one more call of 4,001 or 3,200
     * tokens. A bucket goes on filling; a call of more than 8,000 fits neither.
     */
    @ParameterizedTest
    @CsvSource({
        "openai, 3801, 200, 0, 60",
        "openai, 3000, 200, 0, 120",
        "openai, 3000, 200, 0.5, 60",
        "openai, 7961, 40, 0, 0",
        "groq, 2976, 200, 0, 122",
        "groq, 7000, 200, 0, 0"
    })
    void callsAreWhole_inEachWindow(String service, int prompt, int answer, double leave, long calls) {
        AccountPool pool = AccountPool.parse(service + ":1x8000tok/min").withReserve(leave);
        PlanRequest request = request(pool).withWorkload(Workload.STANDARD.withTokens(prompt, answer));
        assertThat(new Allowance(request).calls(pool)).isEqualTo(calls);
    }

    /** Calls of 2,000, 2,000 and 4,000 tokens fill a minute, which has room for only two of 2,667, their mean. */
    @Test
    void callsOfSeveralLengths_mayFillEachOthersWindows() {
        PromptList list = new PromptList.Builder()
                .add(Optional.empty(), 1, 1_800, OptionalInt.empty())
                .add(Optional.empty(), 2, 1_800, OptionalInt.empty())
                .add(Optional.empty(), 3, 3_800, OptionalInt.empty())
                .build();
        AccountPool pool = AccountPool.parse("openai:1x8000tok/min");
        PlanRequest request = PlanRequest.of(List.of(3), pool).withWorkload(Workload.STANDARD.withPrompts(list));
        assertThat(new Allowance(request).calls(pool)).as("480,000 / 2,667").isEqualTo(179);
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

    /** What single models allow adds up; what is declared without a model, all of them share. */
    @ParameterizedTest
    @CsvSource({
        "100/h, a b, 100",
        "100/h of a + 1000/h of b, a b, 1100",
        "100/h of a + 1000/h of b, a, 100",
        "100/h of a + 50/h of a + 1000/h of b, a b, 1050",
        "100/h of a + 1000/h of b + 500/h, a b, 500",
        "100/h of a, a b, 9223372036854775807",
        "100/h of a + 500/h, a b, 500"
    })
    void limits_boundTheirModelAlone_orAllTogether(String limits, String models, long calls) {
        for (String service : new String[] {"groq", "huggingface", "openai"}) {
            AccountPool pool = pool(service, limits, models);
            assertThat(new Allowance(request(pool)).calls(pool)).isEqualTo(calls);
            assertThat(new Allowance(request(pool)).atOnce(pool.groups().get(0)))
                    .isEqualTo(calls);
        }
    }

    @ParameterizedTest
    @CsvSource({"100/h, a b, false", "100/h of a, a, false", "100/h of b, a, true", "100/h of a, a b, true"})
    void accountIsUnknown_ifNoLimitBoundsAModelThatIsAsked(String limits, String models, boolean unknown) {
        assertThat(pool("groq", limits, models).groups().get(0).isUnknown()).isEqualTo(unknown);
    }

    @ParameterizedTest
    @CsvSource({"10/h+100/h, 10", "100/h+10/h, 10", "100/h+5000tok/h+50/h, 10"})
    void ofSeveralLimits_theTightestDecides(String limits, long calls) {
        AccountPool pool = AccountPool.parse("huggingface:1x" + limits);
        assertThat(new Allowance(request(pool)).calls(pool)).isEqualTo(calls);
    }

    /**
     * Returns one account that is asked for some models.
     *
     * @param limits by plus signs, each of all models or of one: {@code 100/h + 10/min of a}
     * @param models divided by blanks
     */
    static AccountPool pool(String service, String limits, String models) {
        AccountSettings.Builder account = AccountSettings.builder("one", service);
        for (String limit : limits.split(" \\+ ")) {
            String[] parts = limit.split(" of ");
            if (parts.length == 1) {
                account.limit(Limit.parse(parts[0]));
            } else {
                account.limit(Limit.parse(parts[0]), parts[1]);
            }
        }
        List<TargetSettings> targets = Stream.of(models.split(" "))
                .map(model -> new TargetSettings("one", model))
                .toList();
        return AccountPool.of(new Configuration(
                List.of(account.build()),
                List.of(RouteSettings.of("default", List.of(new Tier(targets)))),
                List.of(),
                EngineSettings.DEFAULT,
                List.of()));
    }
}
