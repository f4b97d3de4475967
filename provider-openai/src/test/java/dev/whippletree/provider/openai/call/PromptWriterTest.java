package dev.whippletree.provider.openai.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import dev.whippletree.provider.openai.dialect.Dialect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PromptWriterTest {

    private static final Dialect DIALECT = () -> URI.create("http://localhost/v1");

    @Test
    void plainPrompt_isModelFirstAndMessages() {
        assertThat(body(Prompt.of("Hi 👋"), false))
                .isEqualTo("{\"model\":\"m:groq\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi 👋\"}]}");
    }

    @Test
    void parameters_areSentUnchanged_andExtrasAsTheyAre() {
        Prompt prompt = Prompt.builder()
                .system("Be kind")
                .user("Hi")
                .maxTokens(7)
                .temperature(0)
                .topP(0.9)
                .seed(42)
                .stop(List.of("END"))
                .extra("reasoning_effort", "low")
                .extra("response_format", Map.of("type", "json_object"))
                .build();

        assertThat(body(prompt, false))
                .endsWith(",\"max_tokens\":7,\"temperature\":0.0,\"top_p\":0.9,\"seed\":42,\"stop\":[\"END\"],"
                        + "\"reasoning_effort\":\"low\",\"response_format\":{\"type\":\"json_object\"}}");
    }

    @Test
    void streaming_asksForUsage() {
        assertThat(body(Prompt.of("Hi"), true)).contains("\"stream\":true,\"stream_options\":{\"include_usage\":true}");
    }

    @Test
    void maxTokensField_isTheDialects() {
        Dialect newer = new Dialect() {
            @Override
            public URI chatCompletions() {
                return DIALECT.chatCompletions();
            }

            @Override
            public String maxTokensField() {
                return "max_completion_tokens";
            }
        };
        Prompt prompt = Prompt.builder().user("Hi").maxTokens(7).build();

        assertThat(new String(PromptWriter.body(prompt, "m", false, newer), StandardCharsets.UTF_8))
                .endsWith(",\"max_completion_tokens\":7}");
    }

    @Test
    void toolCallsAndResults_keepTheirForm() {
        Message call = new Message(
                Role.ASSISTANT, "", List.of(), List.of(new ToolCall("c1", "f", "{\"a\":1}")), Optional.empty());
        Message result = new Message(Role.TOOL, "42", List.of(), List.of(), Optional.of("c1"));

        assertThat(body(Prompt.builder().message(call).message(result).build(), false))
                .contains(
                        "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",")
                .contains("\"name\":\"f\"", "\"arguments\":\"{\\\"a\\\":1}\"")
                .contains("{\"role\":\"tool\",\"content\":\"42\",\"tool_call_id\":\"c1\"}");
    }

    @Test
    void customToolCalls_keepTheirForm() {
        ToolCall call = new ToolCall("c1", "exec", "print(1)", ToolCall.Type.CUSTOM, Map.of("signature", "s"));
        Message message = new Message(Role.ASSISTANT, "", List.of(), List.of(call), Optional.empty());

        assertThat(body(Prompt.builder().message(message).build(), false))
                .contains("\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"custom\",\"custom\":{")
                .contains("\"name\":\"exec\"", "\"input\":\"print(1)\"", "\"signature\":\"s\"}")
                .doesNotContain("function");
    }

    @Test
    void legacyFunctions_keepTheirForm() {
        Message call = new Message(
                Role.ASSISTANT,
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                Map.of("function_call", Map.of("name", "f")));
        Message result = new Message(Role.FUNCTION, "42", List.of(), List.of(), Optional.empty(), Map.of("name", "f"));

        assertThat(body(Prompt.builder().message(call).message(result).build(), false))
                .contains("{\"role\":\"assistant\",\"content\":null,\"function_call\":{\"name\":\"f\"}}")
                .contains("{\"role\":\"function\",\"content\":\"42\",\"name\":\"f\"}");
    }

    @Test
    void parts_areTheWholeContent() {
        Message message = new Message(Role.USER, "", List.of(Map.of("type", "text")), List.of(), Optional.empty());

        assertThat(body(Prompt.builder().message(message).build(), false))
                .contains("\"content\":[{\"type\":\"text\"}]");
    }

    private static String body(Prompt prompt, boolean streaming) {
        return new String(PromptWriter.body(prompt, "m:groq", streaming, DIALECT), StandardCharsets.UTF_8);
    }
}
