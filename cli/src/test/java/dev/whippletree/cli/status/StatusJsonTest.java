package dev.whippletree.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.status.PricedStatus;
import dev.whippletree.terminal.Json;
import dev.whippletree.terminal.board.Snapshots;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusJsonTest {

    @Test
    void snapshot_isWrittenInFull() {
        JsonNode json =
                JsonMapper.shared().readTree(Json.write(new PricedStatus(Snapshots.busy(), Snapshots.bill()).json()));
        assertThat(json.get("at").asString()).isEqualTo("2026-11-25T14:03:22Z");
        assertThat(json.at("/prompts/under_way").asInt()).isEqualTo(1695);
        assertThat(json.at("/response/p95_ms").asInt()).isEqualTo(4211);
        assertThat(json.at("/caches/1/faults").asInt()).isEqualTo(7);
        assertThat(json.at("/accounts/0/state").asString()).isEqualTo("busy");
        assertThat(json.at("/accounts/0/until").asString()).isEqualTo("2026-11-25T14:03:45Z");
        assertThat(json.at("/accounts/0/failures/overloaded").asInt()).isEqualTo(2);
        assertThat(json.at("/accounts/0/limits/0/more_in_ms").asInt()).isEqualTo(23_400);
        assertThat(json.at("/accounts/1/limits/0/source").asString()).isEqualTo("reported");
        assertThat(json.get("notes")).hasSize(1);
    }

    @Test
    void cost_isWrittenForEachAccountAndModel_andLeftOutWhereItIsntKnown() {
        JsonNode cost = JsonMapper.shared()
                .readTree(Json.write(new PricedStatus(Snapshots.busy(), Snapshots.bill()).json()))
                .get("cost");
        assertThat(cost.get("currency").asString()).isEqualTo("usd");
        assertThat(cost.get("prices_as_of").asString()).isEqualTo("2026-11-01");
        assertThat(cost.get("prices_stale").asBoolean()).isFalse();
        assertThat(cost.at("/items/0/model").asString()).isEqualTo("fast");
        assertThat(cost.at("/items/0").has("cost")).isFalse();
        assertThat(cost.at("/items/0/credit").asString()).isEqualTo("0.10 usd / month");
        assertThat(cost.at("/items/1/cost").decimalValue()).isEqualByComparingTo("0.008");
        assertThat(cost.has("total")).isFalse();
    }
}
