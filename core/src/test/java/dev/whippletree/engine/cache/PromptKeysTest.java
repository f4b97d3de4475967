package dev.whippletree.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.cache.PromptKeys.CanonicalJson;
import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.CacheKey;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PromptKeysTest {

    private static final List<List<String>> MODELS = List.of(List.of("m1"), List.of("m2"));

    private static CacheKey key(Prompt prompt) {
        return PromptKeys.of(prompt, "default", MODELS);
    }

    private static CacheKey key(UnaryOperator<Prompt.Builder> change) {
        return key(change.apply(Prompt.builder().user("question")).build());
    }

    private static CacheKey ofText(String text) {
        return key(Prompt.of(text));
    }

    /** No two of these are equal: neither does one pass for another. */
    static Stream<UnaryOperator<Prompt.Builder>> whatMatters() {
        return Stream.of(
                prompt -> prompt,
                prompt -> prompt.operation(Prompt.Operation.EMBEDDING),
                prompt -> prompt.user("more"),
                prompt -> prompt.message(Message.of(Role.ASSISTANT, "more")),
                prompt -> prompt.message(
                        new Message(Role.USER, "more", List.of(), List.of(), Optional.of("call"), Map.of())),
                prompt -> prompt.message(new Message(
                        Role.USER, "", List.of(Map.of("type", "image")), List.of(), Optional.empty(), Map.of())),
                prompt -> prompt.system("be brief"),
                prompt -> prompt.temperature(0.5),
                prompt -> prompt.temperature(0),
                prompt -> prompt.topP(0.5),
                prompt -> prompt.maxTokens(7),
                prompt -> prompt.seed(1),
                prompt -> prompt.stop(List.of("END")),
                prompt -> prompt.tenant("acme"),
                prompt -> prompt.account("hf-1"),
                prompt -> prompt.accounts(List.of("hf-1")),
                prompt -> prompt.accounts(List.of("hf-1", "hf-2")),
                prompt -> prompt.model("one of several"),
                prompt -> prompt.message(
                        new Message(Role.USER, "", List.of(), List.of(), Optional.empty(), Map.of("name", "someone"))),
                prompt -> prompt.extra("n", 2),
                prompt -> prompt.extra("logprobs", true),
                prompt -> prompt.extra("reasoning_effort", "high"),
                prompt -> prompt.extra("nobody_has_heard_of", true),
                prompt -> prompt.extra("response_format", Map.of("type", "json_object")),
                prompt -> prompt.extra("x", Map.of()),
                prompt -> prompt.extra("x", Collections.singletonMap("const", null)));
    }

    @Test
    void whatChangesTheAnswer_changesTheKey() {
        assertThat(whatMatters().map(change -> key(change).digest())).doesNotHaveDuplicates();
        assertThat(key(prompt -> prompt.accounts(List.of("b", "a"))))
                .isEqualTo(key(prompt -> prompt.accounts(List.of("a", "b"))));
    }

    /** Sets are in another order in each process. */
    @Test
    void accounts_haveTheSameKeyInEveryProcess() {
        assertThat(key(prompt -> prompt.accounts(List.of("a", "b", "c", "d", "e", "f", "g", "h")))
                        .digest())
                .isEqualTo("eb3401b79df9c81e88f981e04dae5257269e3fd54f422fb122596002357c96b7");
    }

    static Stream<UnaryOperator<Prompt.Builder>> whatDoesNot() {
        return Stream.of(
                prompt -> prompt.session("interview"),
                prompt -> prompt.priority(Priority.BATCH),
                prompt -> prompt.deadline(Duration.ofSeconds(1)),
                prompt -> prompt.noStore(),
                prompt -> prompt.ttl(Duration.ofSeconds(1)),
                prompt -> prompt.question("question"),
                prompt -> prompt.extra("user", "somebody"),
                prompt -> prompt.extra("metadata", Map.of("trace", "1")),
                prompt -> prompt.extra("store", true).extra("safety_identifier", "x"),
                prompt -> prompt.extra("prompt_cache_key", "x").extra("prompt_cache_retention", "24h"),
                prompt -> prompt.extra("service_tier", "flex"));
    }

    @ParameterizedTest
    @MethodSource("whatDoesNot")
    void whatDoesNotChangeTheAnswer_leavesTheKey(UnaryOperator<Prompt.Builder> change) {
        assertThat(key(change).digest()).isEqualTo(key(same -> same).digest());
    }

    static Stream<ToolCall> otherCalls() {
        return Stream.of(
                new ToolCall("2", "f", "{}"),
                new ToolCall("1", "g", "{}"),
                new ToolCall("1", "f", "{\"city\":\"Rome\"}"),
                new ToolCall("1", "f", "{}", ToolCall.Type.CUSTOM),
                new ToolCall("1", "f", "{}", ToolCall.Type.FUNCTION, Map.of("signature", "s")));
    }

    @ParameterizedTest
    @MethodSource("otherCalls")
    void toolCalls_matter(ToolCall other) {
        ToolCall call = new ToolCall("1", "f", "{}");
        assertThat(called(call, other)).isNotEqualTo(called(call, call)).isNotEqualTo(called(other, call));
    }

    private static CacheKey called(ToolCall... calls) {
        Message message = new Message(Role.ASSISTANT, "", List.of(), List.of(calls), Optional.empty(), Map.of());
        return key(prompt -> prompt.message(message));
    }

    @Test
    void whiteSpaceThatNobodySees_andHowLettersAreComposed_dontMatter() {
        assertThat(ofText("a\r\nb  \n\n")).isEqualTo(ofText("a\nb"));
        assertThat(ofText("a \rb")).isEqualTo(ofText("a\nb"));
        assertThat(ofText("  a ")).isEqualTo(ofText("a"));
        assertThat(ofText("caf\u00e9")).isEqualTo(ofText("cafe\u0301"));
    }

    @Test
    void anythingElseInATextOrAValue_matters() {
        assertThat(ofText("a  b")).isNotEqualTo(ofText("a b"));
        assertThat(ofText("x\n  a")).isNotEqualTo(ofText("x\na"));
        assertThat(key(prompt -> prompt.user("  x ").operation(Prompt.Operation.EMBEDDING)))
                .isNotEqualTo(key(prompt -> prompt.user("x").operation(Prompt.Operation.EMBEDDING)));
        assertThat(ofText("a\n\nb")).isNotEqualTo(ofText("a\nb"));
        assertThat(ofText("a\ud800b")).isNotEqualTo(ofText("a?b")).isNotEqualTo(ofText("a\ud801b"));
        assertThat(ofText("a\",\"x\":\"b")).isNotEqualTo(key(prompt -> prompt.extra("x", "b")));
        assertThat(key(prompt -> prompt.extra("n", 1))).isNotEqualTo(key(prompt -> prompt.extra("n", "1")));
    }

    @Test
    void routeAndItsModelsInOrder_matter() {
        Prompt prompt = Prompt.of("q");
        assertThat(PromptKeys.of(prompt, "other", MODELS)).isNotEqualTo(key(prompt));
        assertThat(Stream.of(
                                MODELS,
                                List.of(List.of("m2"), List.of("m1")),
                                List.of(List.of("m1"), List.of("m3")),
                                List.of(List.of("m1", "m2")),
                                List.of(List.of("m1")))
                        .map(models -> PromptKeys.of(prompt, "default", models).digest()))
                .doesNotHaveDuplicates();
    }

    @Test
    void questionsOfOneScope_differInTextOnly() {
        CacheKey.Question one = question("Answer briefly: how old are you?", "how old are you?", 0.5);
        CacheKey.Question two = question("Answer briefly: what is your age?", "what is your age?", 0.5);
        assertThat(one.scope()).isEqualTo(two.scope());
        assertThat(one.text()).isEqualTo("how old are you?");
        assertThat(question("Answer at length: what is your age?", "what is your age?", 0.5)
                        .scope())
                .isNotEqualTo(two.scope());
        assertThat(question("Answer briefly: what is your age?", "what is your age?", 1)
                        .scope())
                .isNotEqualTo(two.scope());
    }

    private static CacheKey.Question question(String text, String question, double temperature) {
        return key(Prompt.builder()
                        .user(text)
                        .question(question)
                        .temperature(temperature)
                        .build())
                .question()
                .orElseThrow();
    }

    @Test
    void keysAreSortedAtEveryDepth_andTextsEscaped() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("c", null);
        object.put("b", Map.of("z", 1, "y", "\"\\\n\u0001\u000f\u0010\u001f "));
        object.put("a", Arrays.asList(true, null, List.of(), Map.of(), ""));
        assertThat(CanonicalJson.write(object))
                .isEqualTo("{\"a\":[true,null,[],{},\"\"],"
                        + "\"b\":{\"y\":\"\\\"\\\\\\u000a\\u0001\\u000f\\u0010\\u001f \",\"z\":1},\"c\":null}");
    }

    @Test
    void numbers_areWrittenByValue() {
        for (Number one : new Number[] {1, 1L, 1.0, 1f, new BigDecimal("1.000")}) {
            assertThat(CanonicalJson.write(Map.of("n", one))).isEqualTo("{\"n\":1}");
        }
        assertThat(CanonicalJson.write(Map.of("n", 1e21)))
                .isEqualTo(CanonicalJson.write(Map.of("n", new BigDecimal("1000000000000000000000"))));
    }

    @Test
    void numberOfAbsurdSize_takesNoMemory() {
        assertThat(CanonicalJson.write(Map.of("n", new BigDecimal("1E+1000000000"))))
                .hasSizeLessThan(100);
    }
}
