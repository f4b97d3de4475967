package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static org.mockito.Mockito.mock;

import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import dev.whippletree.provider.openai.dialect.Dialect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class PromptWriterTest {

    private static final Dialect DIALECT = () -> URI.create("http://localhost/v1");

    @Test
    void prompt_isModelFirst_thenMessages_thenParameters_andExtrasAsTheyAre() {
        Prompt prompt = Prompt.builder()
                .user("Hi 👋")
                .maxTokens(7)
                .temperature(0)
                .topP(0.9)
                .seed(42)
                .stop(List.of("END"))
                .extra("response_format", Collections.singletonMap("default", null))
                .build();

        assertThat(body(prompt, false, DIALECT))
                .isEqualTo("{\"model\":\"m:groq\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi 👋\"}],"
                        + "\"max_tokens\":7,\"temperature\":0.0,\"top_p\":0.9,\"seed\":42,\"stop\":[\"END\"],"
                        + "\"response_format\":{\"default\":null}}");
    }

    @Test
    void streaming_asksForUsage_unlessTheDialectNeedsNotTo() {
        String asked = "\"stream\":true,\"stream_options\":{\"include_usage\":true}";
        Dialect telling = mock(Dialect.class);

        assertThat(body(Prompt.of("Hi"), true, DIALECT)).endsWith(asked + "}");
        assertThat(body(Prompt.of("Hi"), true, telling)).endsWith("\"stream\":true}");
    }

    static Stream<Arguments> messages() {
        Map<String, Object> signature = Map.of("signature", "s");
        ToolCall function = new ToolCall("c1", "f", "{}", ToolCall.Type.FUNCTION, signature);
        ToolCall custom = new ToolCall("c1", "exec", "x", ToolCall.Type.CUSTOM, signature);
        return Stream.of(
                arguments(
                        new Message(Role.ASSISTANT, "", List.of(), List.of(function), Optional.empty()),
                        "\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":"
                                + "{'name':'f','arguments':'{}'},\"signature\":\"s\"}]"),
                arguments(
                        new Message(Role.ASSISTANT, "Hm", List.of(), List.of(custom), Optional.empty()),
                        "\"content\":\"Hm\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"custom\",\"custom\":"
                                + "{'name':'exec','input':'x'},\"signature\":\"s\"}]"),
                arguments(
                        new Message(Role.TOOL, "42", List.of(), List.of(), Optional.of("c1")),
                        "\"content\":\"42\",\"tool_call_id\":\"c1\""),
                arguments(
                        with("function_call", Map.of("name", "f")),
                        "\"content\":null,\"function_call\":{\"name\":\"f\"}"),
                arguments(with("refusal", "No."), "\"content\":null,\"refusal\":\"No.\""),
                arguments(with("audio", Map.of("id", "a")), "\"content\":null,\"audio\":{\"id\":\"a\"}"),
                arguments(with("name", "f"), "\"content\":\"\",\"name\":\"f\""),
                arguments(with("reasoning_content", "Hm"), "\"content\":\"\",\"reasoning_content\":\"Hm\""),
                arguments(
                        new Message(Role.USER, "", List.of(Map.of("type", "text")), List.of(), Optional.empty()),
                        "\"content\":[{\"type\":\"text\"}]"));
    }

    private static Message with(String field, Object value) {
        return new Message(Role.ASSISTANT, "", List.of(), List.of(), Optional.empty(), Map.of(field, value));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void message_keepsItsForm(Message message, String json) {
        String told = body(Prompt.builder().message(message).build(), false, DIALECT);
        // The fields of a function come in any order.
        String[] parts = json.split("[{]'|'[}]", -1);
        assertThat(told).contains(parts[0]).endsWith(parts[parts.length - 1] + "}]}");
        if (parts.length > 1) {
            assertThat(told).contains(parts[1].replace('\'', '"').split(","));
        }
    }

    @Test
    void reasoning_isLeftOutWhereItIsNotTakenBack() {
        assertThat(body(
                        Prompt.builder()
                                .message(with("reasoning_content", "Hm"))
                                .build(),
                        false,
                        mock(Dialect.class)))
                .contains("\"content\":\"\"}");
    }

    private static String body(Prompt prompt, boolean streaming, Dialect dialect) {
        return new String(PromptWriter.body(prompt, "m:groq", streaming, dialect), StandardCharsets.UTF_8);
    }
}
