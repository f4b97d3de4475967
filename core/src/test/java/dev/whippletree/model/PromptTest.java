package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class PromptTest {

    private static final Map<String, Object> SCHEMA =
            Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string")));

    /** Each sets one value to something that a new prompt doesn't have. */
    private static Stream<UnaryOperator<Prompt.Builder>> values() {
        return Stream.of(
                prompt -> prompt.system("Be kind"),
                prompt -> prompt.temperature(0.5),
                prompt -> prompt.topP(0.5),
                prompt -> prompt.maxTokens(7),
                prompt -> prompt.seed(7),
                prompt -> prompt.stop(List.of("\n")),
                prompt -> prompt.extra("top_k", 5),
                prompt -> prompt.tool(Tool.of("weather", "Tells it", SCHEMA)),
                prompt -> prompt.responseSchema(SCHEMA),
                prompt -> prompt.route("r"),
                prompt -> prompt.tenant("t"),
                prompt -> prompt.session("s"),
                prompt -> prompt.account("a"),
                prompt -> prompt.accounts(List.of("a", "b")),
                prompt -> prompt.model("m"),
                prompt -> prompt.priority(Priority.BATCH),
                prompt -> prompt.deadline(Duration.ofSeconds(3)),
                prompt -> prompt.firstPieceWithin(Duration.ofSeconds(3)),
                prompt -> prompt.callerTimeout(Duration.ofSeconds(3)),
                Prompt.Builder::noCache,
                Prompt.Builder::noStore,
                prompt -> prompt.ttl(Duration.ofSeconds(3)),
                prompt -> prompt.question("q"),
                prompt -> prompt.endWhenStalled(),
                prompt -> prompt.operation(Prompt.Operation.EMBEDDING));
    }

    @ParameterizedTest
    @MethodSource("values")
    void toBuilder_keepsTheValue(UnaryOperator<Prompt.Builder> value) {
        Prompt plain = Prompt.of("q");
        Prompt changed = value.apply(Prompt.builder().user("q")).build();

        assertThat(changed).isNotEqualTo(plain);
        assertThat(changed.toBuilder().build()).isEqualTo(changed).hasSameHashCodeAs(changed);
        assertThat(value.apply(plain.toBuilder()).build()).isEqualTo(changed);
    }

    @Test
    void builderThatIsUsedAgain_doesntChangeWhatItBuilt() {
        Prompt.Builder builder = Prompt.builder().user("one").tool(Tool.of("a", "", Map.of()));
        Prompt first = builder.build();
        builder.user("two").tool(Tool.of("b", "", Map.of())).build();

        assertThat(first.messages()).containsExactly(Message.user("one"));
        assertThat((List<?>) first.parameters().extras().get("tools")).hasSize(1);
    }

    @Test
    void tools_areTheProtocolsFunctions_behindThoseAmongTheExtras() {
        Map<String, Object> own = Map.of("type", "browser_search");
        Prompt prompt = Prompt.builder()
                .user("q")
                .extra("tools", List.of(own))
                .tool(Tool.of("weather", "Tells it", SCHEMA))
                .tool(Tool.of("now", "Tells the time", Map.of()))
                .build();

        assertThat(prompt.parameters().extras().get("tools"))
                .isEqualTo(List.of(
                        own,
                        function("weather", "Tells it", SCHEMA),
                        function("now", "Tells the time", Map.of("type", "object", "properties", Map.of()))));
    }

    @Test
    void nullsInSchemas_areKept() {
        Map<String, Object> schema = new HashMap<>(SCHEMA);
        schema.put("default", null);
        Prompt prompt = Prompt.builder()
                .user("q")
                .tool(Tool.of("weather", "Tells it", schema))
                .responseSchema(schema)
                .build();

        assertThat(prompt.parameters().extras())
                .containsEntry("tools", List.of(function("weather", "Tells it", schema)))
                .extractingByKey("response_format")
                .isEqualTo(Map.of("type", "json_schema", "json_schema", Map.of("name", "answer", "schema", schema)));
    }

    private static Map<String, Object> function(String name, String description, Map<String, Object> parameters) {
        return Map.of(
                "type",
                "function",
                "function",
                Map.of("name", name, "description", description, "parameters", parameters));
    }

    @Test
    void responseSchema_isTheProtocolsResponseFormat() {
        assertThat(Prompt.builder()
                        .user("q")
                        .responseSchema(SCHEMA)
                        .build()
                        .parameters()
                        .extras())
                .isEqualTo(Map.of(
                        "response_format",
                        Map.of("type", "json_schema", "json_schema", Map.of("name", "answer", "schema", SCHEMA))));
        assertThatThrownBy(() -> Prompt.builder().responseSchema(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("schema");
    }

    @Test
    void images_areTheProtocolsParts_behindTheText() {
        Message message = Message.user(
                "What is it?",
                Image.of(URI.create("https://example.com/a.png")),
                Image.of(new byte[] {1, 2}, "image/png"));

        assertThat(message.text()).isEmpty();
        assertThat(message.parts())
                .containsExactly(
                        Map.of("type", "text", "text", "What is it?"),
                        Map.of("type", "image_url", "image_url", Map.of("url", "https://example.com/a.png")),
                        Map.of("type", "image_url", "image_url", Map.of("url", "data:image/png;base64,AQI=")));
        assertThat(Message.user("", Image.of(URI.create("https://example.com/a.png")))
                        .parts())
                .hasSize(1);
        assertThat(Message.user("q", new Image[0])).isEqualTo(Message.user("q"));
    }

    @Test
    void answerAsMessage_hasWhatTheServiceHasToKnow() {
        ToolCall call = new ToolCall("c1", "weather", "{}", ToolCall.Type.FUNCTION, Map.of("signature", "x"));
        Origin origin = new Origin(Origin.Source.CALL, "a", "m", 1, Duration.ZERO, Optional.empty());
        Completion answer = new Completion(
                "Let me see.",
                Optional.of("Hm."),
                Optional.of("No."),
                List.of(call),
                FinishReason.TOOL_CALLS,
                Optional.empty(),
                AnswerExtras.NONE,
                origin);

        Message message = Message.assistant(answer);

        assertThat(message)
                .isEqualTo(new Message(
                        Role.ASSISTANT,
                        "Let me see.",
                        List.of(),
                        List.of(call),
                        Optional.empty(),
                        Map.of("refusal", "No.")));
        assertThat(Message.tool("c1", "sunny"))
                .isEqualTo(new Message(Role.TOOL, "sunny", List.of(), List.of(), Optional.of("c1")));
    }

    @ParameterizedTest
    @CsvSource({
        "NO_ROOM_IN_TIME, , false, true",
        "DEADLINE, , false, true",
        "CALLER_TIMEOUT, , false, true",
        "LINE_FULL, , false, true",
        "STREAM_INTERRUPTED, , false, true",
        "FILTERED, FILTERED, true, false",
        "TOO_LARGE, TOO_LARGE, true, false",
        "ATTEMPTS_EXHAUSTED, UNAVAILABLE, false, true",
        "NO_ACCOUNT, , false, false",
        "NO_ACCOUNT, , true, true",
        "NO_ACCOUNT, QUOTA_EXHAUSTED, true, true",
        "NO_ACCOUNT, UNAUTHORIZED, true, false",
        "NO_ACCOUNT, MODEL_UNAVAILABLE, true, false",
        "REJECTED, REJECTED, false, false",
        "CLOSED, , false, false"
    })
    void askingAgain_helpsIfTimeDoes(
            PromptException.Reason reason, @Nullable FailureKind kind, boolean roomKnown, boolean retryable) {
        PromptException failure = new PromptException(
                reason,
                "no",
                List.of(),
                roomKnown ? Optional.of(Instant.EPOCH) : Optional.empty(),
                Optional.ofNullable(kind),
                Duration.ZERO);

        assertThat(failure.isRetryable()).isEqualTo(retryable);
    }

    static Stream<Arguments> mistakes() {
        Duration zero = Duration.ZERO;
        Duration least = Duration.ofSeconds(Long.MIN_VALUE);
        String ofParameters = "model messages temperature top_p max_tokens max_completion_tokens seed stop stream"
                + " stream_options";
        Stream<Arguments> reserved = Stream.of(ofParameters.split(" "))
                .map(field -> mistake("'" + field + "' has its own field", prompt -> prompt.extra(field, 1)));
        Stream<Arguments> reservedOfMessages = Stream.of("role", "content", "tool_calls", "tool_call_id")
                .map(field -> mistake(
                        "'" + field + "' has its own field",
                        prompt -> prompt.message(message("", List.of(), Map.of(field, "x")))));
        Stream<Arguments> others = Stream.of(
                mistake(
                        "either text or parts",
                        prompt -> prompt.message(message("x", List.of(Map.of("type", "text")), Map.of()))),
                mistake("a deadline must be positive, not 0 ms", prompt -> prompt.deadline(zero)),
                mistake("a deadline must be positive", prompt -> prompt.deadline(least)),
                mistake("a caller's timeout must be positive", prompt -> prompt.callerTimeout(zero)),
                mistake("must be positive", prompt -> prompt.ttl(zero)),
                mistake(
                        "a ttl was given for an answer that mustn't be stored",
                        prompt -> prompt.noStore().ttl(Duration.ofHours(1))),
                mistake("temperature must be 0 to 2, not -0.1", prompt -> prompt.temperature(-0.1)),
                mistake("temperature must be 0 to 2, not 2.1", prompt -> prompt.temperature(2.1)),
                mistake("top_p must be above 0", prompt -> prompt.topP(0)),
                mistake("top_p must be above 0", prompt -> prompt.topP(1.1)),
                mistake("max tokens must be 1 or more, not 0", prompt -> prompt.maxTokens(0)),
                mistake("stop must be at most 4 texts, not 5", prompt -> prompt.stop(List.of("1", "2", "3", "4", "5"))),
                mistake("a tool needs a name", prompt -> prompt.tool(Tool.of(" ", "", Map.of()))));
        return Stream.of(reserved, reservedOfMessages, others).flatMap(Function.identity());
    }

    private static Message message(String text, List<Map<String, Object>> parts, Map<String, Object> extras) {
        return new Message(Role.USER, text, parts, List.of(), Optional.empty(), extras);
    }

    private static Arguments mistake(String message, UnaryOperator<Prompt.Builder> setting) {
        return arguments(message, setting);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void valueThatCannotBe_isRefusedByName(String message, UnaryOperator<Prompt.Builder> setting) {
        assertThatThrownBy(() -> setting.apply(Prompt.builder().user("q")).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
        assertThatThrownBy(() -> Prompt.builder().build()).hasMessage("a prompt needs at least one message");
        assertThatThrownBy(() -> Image.of(new byte[1], "png")).hasMessage("a media type is like image/png, not png");
    }

    @Test
    void values_areThoseThatWereSet_alsoAtTheEndsOfTheirRanges() {
        Prompt prompt = Prompt.builder()
                .user("q")
                .temperature(2)
                .topP(1)
                .maxTokens(1)
                .stop(List.of("1", "2", "3", "4"))
                .extra("n", 3)
                .tenant("t")
                .session("s")
                .accounts(List.of("a", "b"))
                .deadline(Duration.ofSeconds(3))
                .callerTimeout(Duration.ofSeconds(4))
                .question("w")
                .build();

        assertThat(prompt.parameters().choices()).isEqualTo(3);
        assertThat(prompt.tenant()).contains("t");
        assertThat(prompt.session()).contains("s");
        assertThat(prompt.accounts()).containsExactlyInAnyOrder("a", "b");
        assertThat(prompt.deadline()).contains(Duration.ofSeconds(3));
        assertThat(prompt.deadlineForFirstPiece()).isFalse();
        assertThat(prompt.callerTimeout()).contains(Duration.ofSeconds(4));
        assertThat(prompt.question()).contains("w");
        assertThat(List.of(Message.user("secret"), Tool.of("t", "secret", Map.of()), new Image("secret")))
                .hasToString("[user message of 6 characters, tool t, image with an address of 6 characters]");
        assertThat(prompt.toString()).isEqualTo("prompt of 1 messages, 1 characters, for the default route");
        Prompt.Builder other = Prompt.builder().user("p").extra("top_k", 5).firstPieceWithin(Duration.ofSeconds(9));
        assertThat(other.build().deadlineForFirstPiece()).isTrue();
        assertThat(other.messages(List.of(Message.user("q")))
                        .parameters(Parameters.NONE)
                        .endWhenStalled()
                        .endWhenStalled(false)
                        .deadline(Duration.ofSeconds(3))
                        .build())
                .isEqualTo(Prompt.builder()
                        .user("q")
                        .deadline(Duration.ofSeconds(3))
                        .build());
        assertThat(other.noCache().build().cache()).isEqualTo(new CachePolicy(false, true, Optional.empty()));
        assertThat(prompt.toBuilder().noStore().build().cache())
                .isEqualTo(new CachePolicy(true, false, Optional.empty()));
        assertThat(message("", List.of(Map.of("tokens", List.of(1)), Map.of("type", "text")), Map.of())
                        .tokens())
                .isEmpty();
        assertThat(Message.tokens(List.of(1, 2)).tokens()).contains(List.of(1, 2));
    }
}
