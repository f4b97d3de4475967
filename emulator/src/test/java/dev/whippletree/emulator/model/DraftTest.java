package dev.whippletree.emulator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class DraftTest {

    private static final ChatRequest ASKED = ChatRequest.of("m", "Why us?");
    private static final Map<String, ?> TEXT = Map.of("type", "string");

    private static Draft draft(ChatRequest request) {
        return Draft.of(request, 0, Optional.empty());
    }

    private static Map<String, ?> tool(String name) {
        return Map.of(
                "type",
                "function",
                "function",
                Map.of("name", name, "parameters", Map.of("type", "object", "properties", Map.of("city", TEXT))));
    }

    private static Map<?, ?> json(String text) {
        return JsonMapper.shared().readValue(text, Map.class);
    }

    private static int depth(@Nullable Object person) {
        return person instanceof Map<?, ?> fields ? 1 + depth(fields.get("spouse")) : 0;
    }

    private static boolean belongs(@Nullable Object text) {
        return Answers.matches(List.of(Message.user("Why us?")), String.valueOf(text));
    }

    @Test
    void tools_areAnsweredByACallOfTheFirst_withArgumentsOfItsSchema() {
        Draft draft = draft(ASKED.with("tools", List.of(tool("weather"), tool("time"))));

        ToolCall call = draft.call().orElseThrow();
        assertThat(call.name()).isEqualTo("weather");
        assertThat(call.id()).startsWith("call_");
        assertThat(belongs(json(call.arguments()).get("city"))).isTrue();
        assertThat(draft.text()).isEmpty();
        assertThat(draft.finish()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void toolChoice_namesWhichOfThemOrNone() {
        ChatRequest request = ASKED.with("tools", List.of(tool("weather"), tool("time")));

        assertThat(draft(request.with("tool_choice", Map.of("type", "function", "function", Map.of("name", "time"))))
                        .call())
                .hasValueSatisfying(call -> assertThat(call.name()).isEqualTo("time"));
        assertThat(draft(request.with("tool_choice", "none")).call()).isEmpty();
        assertThat(belongs(draft(request.with("tool_choice", "none")).text())).isTrue();
    }

    @Test
    void toolsResult_isAnsweredByProse() {
        List<ChatMessage> messages = new ArrayList<>(ASKED.messages());
        messages.add(new ChatMessage("assistant", ""));
        messages.add(new ChatMessage("tool", "21 degrees"));
        ChatRequest request = new ChatRequest(
                "m", messages, ASKED.maxTokens(), false, false, Map.of("tools", List.of(tool("weather"))));

        assertThat(draft(request).call()).isEmpty();
        assertThat(draft(request).text()).isNotEmpty();
        assertThat(draft(request).finish()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void jsonObject_isAnObject() {
        Draft draft = draft(ASKED.with("response_format", Map.of("type", "json_object")));

        assertThat(belongs(json(draft.text()).get("answer"))).isTrue();
    }

    @Test
    void jsonSchema_isKept() {
        Map<String, Object> schema = Map.of(
                "type",
                "object",
                "properties",
                Map.of(
                        "name", TEXT,
                        "nickname", Map.of("type", List.of("string", "null")),
                        "age", Map.of("type", "integer", "minimum", 18),
                        "married", Map.of("type", "boolean"),
                        "grade", Map.of("enum", List.of("good", "bad")),
                        "either", Map.of("anyOf", List.of(Map.of("type", "boolean"), TEXT)),
                        "cities", Map.of("type", "array", "items", Map.of("$ref", "#/$defs/City")),
                        "spouse", Map.of("$ref", "#")),
                "$defs",
                Map.of("City", Map.of("type", "object", "properties", Map.of("kind", Map.of("const", "city")))));

        Map<?, ?> answer = json(draft(ASKED.with(
                        "response_format",
                        Map.of("type", "json_schema", "json_schema", Map.of("name", "person", "schema", schema))))
                .text());

        assertThat(belongs(answer.get("name"))).isTrue();
        assertThat(answer.get("nickname")).isInstanceOf(String.class);
        assertThat(answer.get("age")).isEqualTo(18);
        assertThat(answer.get("married")).isEqualTo(true);
        assertThat(answer.get("grade")).isEqualTo("good");
        assertThat(answer.get("either")).isEqualTo(true);
        assertThat(answer.get("cities")).isEqualTo(List.of(Map.of("kind", "city")));
        assertThat(depth(answer)).as("persons in each other").isEqualTo(9);
    }
}
