package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.board.Snapshots;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusJsonTest {

    @Test
    void snapshot_isWrittenInFull() {
        JsonNode json = JsonMapper.shared().readTree(Json.write(StatusJson.of(Snapshots.busy())));
        assertThat(json.get("at").asString()).isEqualTo("2026-11-25T14:03:22Z");
        assertThat(json.at("/prompts/under_way").asInt()).isEqualTo(1695);
        assertThat(json.at("/response/p95_ms").asInt()).isEqualTo(4211);
        assertThat(json.at("/caches/1/faults").asInt()).isEqualTo(7);
        assertThat(json.at("/accounts/0/state").asString()).isEqualTo("closed");
        assertThat(json.at("/accounts/0/until").asString()).isEqualTo("2026-11-25T14:03:45Z");
        assertThat(json.at("/accounts/0/failures/overloaded").asInt()).isEqualTo(2);
        assertThat(json.at("/accounts/0/limits/0/more_in_ms").asInt()).isEqualTo(23_400);
        assertThat(json.at("/accounts/1/limits/0/source").asString()).isEqualTo("reported");
        assertThat(json.get("notes")).hasSize(1);
    }
}
