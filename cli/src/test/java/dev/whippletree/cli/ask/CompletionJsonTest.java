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
                new AnswerExtras(Map.of("service_tier", "flex"), Map.of("c", 2), Map.of("m", 3)),
                new Origin(Origin.Source.CACHE, "hf-1", "m", 0, Duration.ofMillis(12), Optional.of("ehcache")));
        JsonMapper mapper = JsonMapper.shared();
        assertThat(mapper.readTree(Json.write(CompletionJson.of(completion)))).isEqualTo(mapper.readTree("""
                        {"text":"Grüße \\"you\\"","reasoning":"hm","refusal":"no","tool_calls":[{"id":"call_1",\
                        "type":"function","name":"f","arguments":"{\\"a\\":1}"}],"finish_reason":"tool_calls",\
                        "usage":{"prompt_tokens":18,"completion_tokens":5,"total_tokens":23,"cached_prompt_tokens":3,\
                        "reasoning_tokens":2},"extras":{"choice":{"c":2},"message":{"m":3},\
                        "answer":{"service_tier":"flex"}},"origin":{"source":"cache","account":"hf-1","model":"m",\
                        "attempts":0,"waited_ms":12,"cache":"ehcache"}}"""));
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
