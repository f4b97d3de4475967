package dev.whippletree.cli.ask;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.terminal.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CompletionJsonTest {

    @Test
    void everything_isThere() {
        Completion completion = new Completion(
                "Grüße \"you\"",
                Optional.of("hm"),
                Optional.of("no"),
                List.of(new ToolCall("call_1", "f", "{\"a\":1}")),
                FinishReason.TOOL_CALLS,
                Optional.of(new TokenUsage(18, 5, 3, 2)),
                new AnswerExtras(Map.of("service_tier", "flex"), Map.of(), Map.of()),
                new Origin(Origin.Source.CACHE, "hf-1", "m", 0, Duration.ofMillis(12), Optional.of("ehcache")));
        JsonNode json = JsonMapper.shared().readTree(Json.write(CompletionJson.of(completion)));
        assertThat(json.get("text").asString()).isEqualTo("Grüße \"you\"");
        assertThat(json.get("reasoning").asString()).isEqualTo("hm");
        assertThat(json.at("/tool_calls/0/arguments").asString()).isEqualTo("{\"a\":1}");
        assertThat(json.get("refusal").asString()).isEqualTo("no");
        assertThat(json.at("/tool_calls/0/type").asString()).isEqualTo("function");
        assertThat(json.at("/extras/answer/service_tier").asString()).isEqualTo("flex");
        assertThat(json.get("finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(json.at("/usage/total_tokens").asInt()).isEqualTo(23);
        assertThat(json.at("/origin/source").asString()).isEqualTo("cache");
        assertThat(json.at("/origin/waited_ms").asInt()).isEqualTo(12);
        assertThat(json.at("/origin/cache").asString()).isEqualTo("ehcache");
    }

    @Test
    void absentParts_haveNoKey() {
        Completion completion = new Completion(
                "hi",
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.empty(),
                new Origin(Origin.Source.CALL, "hf-1", "m", 1, Duration.ZERO, Optional.empty()));
        assertThat(CompletionJson.of(completion)).containsOnlyKeys("text", "finish_reason", "origin");
    }
}
