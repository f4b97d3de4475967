package dev.whippletree.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import dev.whippletree.model.Role;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Requests of the protocol, for chats and for vectors. */
final class ChatBodyTest {

    private static Fields fields(String json) {
        Map<String, Object> object = JsonMapper.shared().readValue(json, new TypeReference<>() {});
        return new Fields("", object);
    }

    private static ChatBody chat(String others) {
        return ChatBody.read(fields("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" + others + "}"));
    }

    @Test
    void wholeBody_isRead_andWhatIsNotKnownIsKept() {
        ChatBody body = ChatBody.read(fields("""
                {"model":"m","stop":["a","b"],"temperature":0,"top_p":0.5,"seed":7,"max_tokens":8,"n":3,"logprobs":true,
                "top_logprobs":2,"messages":[
                {"role":"SYSTEM","content":"Be kind","name":"x"},
                {"role":"user","content":[{"type":"text","text":"Hi"}]},
                {"role":"assistant","content":null,"reasoning_content":"Hm","reasoning":"Hm","tool_calls":[
                {"id":"c1","type":"custom","custom":{"name":"exec","input":"print(1)"}},
                {"index":1,"extra_content":{"signature":"s"},"function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"c1","content":"42"},
                {"role":"assistant","function_call":{"name":"f","arguments":"{}"}},
                {"role":"function","name":"f","content":"42"}]}"""));

        ToolCall custom = new ToolCall("c1", "exec", "print(1)", ToolCall.Type.CUSTOM);
        ToolCall function =
                new ToolCall("", "f", "{}", ToolCall.Type.FUNCTION, Map.of("extra_content", Map.of("signature", "s")));
        assertThat(body)
                .isEqualTo(new ChatBody(
                        Optional.of("m"),
                        List.of(
                                message(Role.SYSTEM, "Be kind", Map.of("name", "x")),
                                new Message(
                                        Role.USER,
                                        "",
                                        List.of(Map.of("type", "text", "text", "Hi")),
                                        List.of(),
                                        Optional.empty()),
                                new Message(
                                        Role.ASSISTANT,
                                        "",
                                        List.of(),
                                        List.of(custom, function),
                                        Optional.empty(),
                                        Map.of("reasoning_content", "Hm", "reasoning", "Hm")),
                                Message.tool("c1", "42"),
                                message(
                                        Role.ASSISTANT,
                                        "",
                                        Map.of("function_call", Map.of("name", "f", "arguments", "{}"))),
                                message(Role.FUNCTION, "42", Map.of("name", "f"))),
                        new Parameters(
                                OptionalDouble.of(0),
                                OptionalDouble.of(0.5),
                                OptionalInt.of(8),
                                OptionalLong.of(7),
                                List.of("a", "b"),
                                Map.of("n", 3L, "logprobs", true, "top_logprobs", 2))));
    }

    private static Message message(Role role, String text, Map<String, Object> extras) {
        return new Message(role, text, List.of(), List.of(), Optional.empty(), extras);
    }

    @Test
    void fieldThatIsNull_isAbsent_butWhatAValueHoldsIsKeptAsItIs() {
        String schema = "{\"enum\":[\"a\",null],\"default\":null,\"anyOf\":[{\"const\":null}]}";
        String values = "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"strict\":null,\"schema\":"
                + schema + "}},\"tools\":[{\"function\":{\"name\":\"f\",\"parameters\":" + schema + "}}]";
        String part = "{\"type\":\"text\",\"text\":\"Hi\",\"cache_control\":null}";
        ChatBody body = ChatBody.read(fields("{\"messages\":[{\"role\":\"user\",\"name\":null,\"content\":[" + part
                + "]}],\"logit_bias\":null," + values + "}"));

        assertThat(body.parameters().extras())
                .isEqualTo(fields("{" + values + "}").rest());
        assertThat(body.messages())
                .containsExactly(
                        new Message(Role.USER, "", List.of(fields(part).whole()), List.of(), Optional.empty()));
    }

    @Test
    void defaultsAndBlanks_areNone() {
        assertThat(chat(",\"model\":\" \",\"n\":1,\"logprobs\":false,\"seed\":null"))
                .isEqualTo(new ChatBody(Optional.empty(), List.of(Message.user("Hi")), Parameters.NONE));
        assertThat(chat(",\"stop\":\"END\",\"max_tokens\":5,\"max_completion_tokens\":99999999999")
                        .parameters())
                .isEqualTo(new Parameters(
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        OptionalInt.of(Integer.MAX_VALUE),
                        OptionalLong.empty(),
                        List.of("END"),
                        Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"model\":5 | 'model' must be a string",
                "\"n\":0 | 'n' must be 1 to 128, not 0",
                "\"n\":129 | 'n' must be 1 to 128, not 129",
                "\"n\":1.5 | 'n' must be a whole number",
                "\"temperature\":\"hot\" | 'temperature' must be a number",
                "\"temperature\":2.5 | 'temperature' must be 0 to 2, not 2.5",
                "\"top_p\":0 | 'top_p' must be above 0 and at most 1, not 0.0",
                "\"max_tokens\":0 | 'max_tokens' must be 1 or more, not 0",
                "\"max_tokens\":5,\"max_completion_tokens\":-4294967295"
                        + " | 'max_completion_tokens' must be 1 or more, not -4294967295",
                "\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"] | 'stop' must be at most 4 texts, not 5",
                "\"logprobs\":1 | 'logprobs' must be true or false",
                "\"stop\":[1] | 'stop' must be a string or a list of strings",
                "\"messages\":null | 'messages' is missing",
                "\"messages\":{} | 'messages' must be a list",
                "\"messages\":[] | 'messages' must have at least one message",
                "\"messages\":[{\"role\":\"user\"},7] | 'messages[1]' must be an object",
                "\"messages\":[{}] | 'messages[0].role' is missing",
                "\"messages\":[{\"role\":\"x\"}] | 'messages[0].role' must be system, developer, user, assistant,"
                        + " tool or function, not 'x'",
                "\"messages\":[{\"role\":\"user\",\"content\":5}] | 'messages[0].content' must be a string or a list of parts",
                "\"messages\":[{\"role\":\"user\",\"content\":[5]}] | 'messages[0].content[0]' must be an object",
                "\"messages\":[{\"role\":\"user\",\"tool_calls\":[{\"type\":\"custom\",\"function\":{\"name\":\"f\"}}]}]"
                        + " | 'messages[0].tool_calls[0].custom' must be an object",
                "\"messages\":[{\"role\":\"user\",\"tool_calls\":[{\"function\":{}}]}]"
                        + " | 'messages[0].tool_calls[0].function.name' is missing"
            })
    void wrongField_isNamedWithItsPlace(String field, String problem) {
        assertThatThrownBy(() -> chat("," + field))
                .isInstanceOf(WrongFieldException.class)
                .hasMessage(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"input\":\"a\" | 1",
                "\"input\":[\"a\",\"b\"] | 2",
                "\"input\":[0,2] | 1",
                "\"input\":[[1],[2,3]],\"encoding_format\":\"base64\",\"dimensions\":5,\"user\":\"u\" | 2"
            })
    void textsToEmbed_areTextsOrTokens(String body, int count) {
        EmbeddingBody read = EmbeddingBody.read(fields("{\"model\":\"m\"," + body + "}"), 2);

        assertThat(read.prompt().model()).contains("m");
        assertThat(read.prompt().messages()).hasSize(count);
        assertThat(read.prompt().messages().get(0).tokens().isPresent()).isEqualTo(!body.contains("\"a\""));
        assertThat(read.asBase64()).isEqualTo(body.contains("base64"));
        assertThat(read.prompt().parameters().extras())
                .isEqualTo(body.contains("user") ? Map.of("dimensions", 5L, "user", "u") : Map.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"input\":null | 'input' is missing",
                "\"input\":[] | 'input' must have 1 to 2 texts, not 0; send more in several requests",
                "\"input\":[\"a\",\"b\",\"c\"] | 'input' must have 1 to 2 texts, not 3; send more in several requests",
                "\"input\":7 | 'input' isn't right",
                "\"input\":[-1] | 'input' isn't right",
                "\"input\":[1.5] | 'input' isn't right",
                "\"input\":[\"a\",[1]] | 'input[1]' isn't right",
                "\"input\":[\"a\",null] | 'input[1]' isn't right",
                "\"input\":[[1],[]] | 'input[1]' isn't right",
                "\"input\":\"a\",\"encoding_format\":\"int8\" | 'encoding_format' must be float or base64",
                "\"input\":\"a\",\"stop\":\"x\" | 'stop' is for chats and has no meaning for vectors; leave it out"
            })
    void textsThatCannotBeEmbedded_areNamedWithTheirPlace(String body, String problem) {
        assertThatThrownBy(() -> EmbeddingBody.read(fields("{" + body + "}"), 2))
                .isInstanceOf(WrongFieldException.class)
                .hasMessageStartingWith(problem);
    }

    @Test
    void usage_isOfTheProtocol_withWhatElseTheServiceSaid() {
        AnswerExtras more = new AnswerExtras(
                Map.of("usage", Map.of("time", 0.5, "prompt_tokens_details", Map.of("audio_tokens", 4L))),
                Map.of(),
                Map.of());

        assertThat(ChatUsage.of(Optional.of(new TokenUsage(9, 5, 4, 2)), more))
                .isEqualTo(Map.of(
                        "prompt_tokens",
                        9L,
                        "completion_tokens",
                        5L,
                        "total_tokens",
                        14L,
                        "prompt_tokens_details",
                        Map.of("cached_tokens", 4L, "audio_tokens", 4L),
                        "completion_tokens_details",
                        Map.of("reasoning_tokens", 2L),
                        "time",
                        0.5));
        assertThat(ChatUsage.of(Optional.empty(), more)).isEqualTo(more.answer().get("usage"));
        assertThat(ChatUsage.of(Optional.empty(), AnswerExtras.NONE)).isEmpty();
    }
}
