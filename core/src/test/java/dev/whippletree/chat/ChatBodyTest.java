package dev.whippletree.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Message;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChatBodyTest {

    private static ChatBody read(Map<String, ?> message, Map<String, ?> others) {
        Map<String, Object> body = new HashMap<>(others);
        body.put("messages", List.of(message));
        return ChatBody.read(new Fields("", body));
    }

    private static Message message(Map<String, ?> message) {
        return read(message, Map.of()).messages().get(0);
    }

    private static Map<String, Object> parameters(Map<String, ?> others) {
        return read(Map.of("role", "user", "content", "Hi"), others)
                .parameters()
                .extras();
    }

    @Test
    void customToolCall_keepsItsInput() {
        Map<String, Object> call =
                Map.of("id", "c1", "type", "custom", "custom", Map.of("name", "exec", "input", "print(1)"));

        assertThat(message(Map.of("role", "assistant", "tool_calls", List.of(call)))
                        .toolCalls())
                .containsExactly(new ToolCall("c1", "exec", "print(1)", ToolCall.Type.CUSTOM));
    }

    @Test
    void toolCallWithoutType_isAFunctions() {
        Map<String, Object> call = Map.of("function", Map.of("name", "f", "arguments", "{}"));

        assertThat(message(Map.of("role", "assistant", "tool_calls", List.of(call)))
                        .toolCalls())
                .containsExactly(new ToolCall("", "f", "{}"));
    }

    @Test
    void furtherFieldsOfAToolCall_areKept_butNotItsPlaceInAStream() {
        Map<String, Object> call = Map.of(
                "index", 0, "id", "c", "extra_content", Map.of("signature", "s"), "function", Map.of("name", "f"));

        assertThat(message(Map.of("role", "assistant", "tool_calls", List.of(call)))
                        .toolCalls()
                        .get(0)
                        .extras())
                .isEqualTo(Map.of("extra_content", Map.of("signature", "s")));
    }

    @Test
    void customToolCallWithoutItsTool_isRefused() {
        Map<String, Object> call = Map.of("id", "c1", "type", "custom", "function", Map.of("name", "f"));

        assertThatThrownBy(() -> message(Map.of("role", "assistant", "tool_calls", List.of(call))))
                .hasMessageContaining("tool_calls[0].custom");
    }

    @Test
    void legacyFunctions_passThrough() {
        Map<String, Object> function = Map.of("name", "f", "arguments", "{}");
        Message call = message(Map.of("role", "assistant", "function_call", function));
        Message result = message(Map.of("role", "function", "name", "f", "content", "42"));

        assertThat(call.extras()).containsEntry("function_call", function);
        assertThat(result.role()).isEqualTo(Role.FUNCTION);
        assertThat(result.text()).isEqualTo("42");
        assertThat(result.extras()).containsEntry("name", "f");
    }

    @Test
    void reasoningInHistory_passesThrough_underTheNameItHas() {
        Message said =
                message(Map.of("role", "assistant", "content", "Hi", "reasoning_content", "Hm", "reasoning", "Hm"));

        assertThat(said.extras()).containsOnly(Map.entry("reasoning_content", "Hm"), Map.entry("reasoning", "Hm"));
    }

    @Test
    void severalAnswersAndLogprobs_areParameters_andTheirDefaultsAreNone() {
        assertThat(parameters(Map.of("n", 3, "logprobs", true, "top_logprobs", 2)))
                .containsOnly(Map.entry("n", 3L), Map.entry("logprobs", true), Map.entry("top_logprobs", 2));
        assertThat(parameters(Map.of("n", 1, "logprobs", false))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 129, Long.MAX_VALUE})
    void impossibleNumberOfAnswers_isRefused(long count) {
        assertThatThrownBy(() -> parameters(Map.of("n", count))).hasMessageContaining("must be 1 to 128");
    }
}
