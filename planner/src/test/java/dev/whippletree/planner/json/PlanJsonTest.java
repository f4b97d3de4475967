package dev.whippletree.planner.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.Plans;
import dev.whippletree.planner.answer.Costs;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlanJsonTest {

    @Test
    void plan_isWrittenAsPrograms_haveComeToReadIt() throws Exception {
        Costs priced = new Costs(Optional.of(Plans.prices()), Plans.AS_OF);

        try (InputStream golden = PlanJsonTest.class.getResourceAsStream("plan.json")) {
            assertThat(PlanJson.write(Plans.several(), priced) + "\n")
                    .isEqualTo(new String(Objects.requireNonNull(golden).readAllBytes(), UTF_8));
        }
    }

    @Test
    void plan_isWrittenInFull() {
        JsonNode plan = json(new Costs(Optional.of(Plans.prices()), Plans.AS_OF));
        assertThat(plan.get("answer").asString())
                .isEqualTo("Yes for 500; no for 1,000 interviews within 1 h if 80 % of the questions repeat, prompts"
                        + " have 300 tokens and answers 200.");
        assertThat(plan.get("holds").asString()).isEqualTo("no");
        assertThat(plan.at("/request/repeat").asDouble()).isEqualTo(0.8);
        assertThat(plan.at("/request/horizon_ms").asLong()).isEqualTo(3_600_000);
        assertThat(plan.at("/sizes/0/waiting/worst_ms").asLong()).isEqualTo(64_000);
        assertThat(plan.at("/sizes/0/timeline")).hasSize(17);
        assertThat(plan.at("/sizes/0/timeline/0/calls_by_account/1").asInt()).isEqualTo(283);
        assertThat(plan.at("/sizes/0/limits/0/share").asDouble()).isEqualTo(0.85);
        assertThat(plan.at("/sizes/0/advice/2/change").asString()).isEqualTo("one_lost");
        assertThat(plan.at("/sizes/0/advice/2/holds").asString()).isEqualTo("no");
        assertThat(plan.at("/sizes/1/fewest/0/comfortable").asInt()).isEqualTo(5);
        assertThat(plan.at("/sizes/1/fewest/1").has("count")).isFalse();
        assertThat(plan.at("/sizes/0/cost/run").decimalValue()).isEqualByComparingTo("0.221");
        assertThat(plan.at("/sizes/0/cost/credits/0/runs_out_in_minute").asInt())
                .isEqualTo(6);
    }

    @Test
    void costThatIsntKnown_isAbsent() {
        JsonNode cost = json(new Costs(Optional.empty(), Plans.AS_OF)).at("/sizes/0/cost");
        assertThat(cost.has("run")).isFalse();
        assertThat(cost.has("currency")).isFalse();
        assertThat(cost.at("/models/0").has("run")).isFalse();
        assertThat(cost.at("/credits/2").has("runs_out_in_minute")).isFalse();
        assertThat(cost.at("/tokens/prompt").asLong()).isEqualTo(510_000);
    }

    private static JsonNode json(Costs costs) {
        return JsonMapper.shared().readTree(PlanJson.write(Plans.several(), costs));
    }
}
