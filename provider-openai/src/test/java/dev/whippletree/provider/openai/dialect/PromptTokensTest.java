package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PromptTokensTest {

    @Test
    void eachMessageCountsEight_andItsText() {
        assertThat(PromptTokens.estimate(Prompt.of(""))).isEqualTo(8);
        assertThat(PromptTokens.estimate(
                        Prompt.builder().system("abcd").user("2026").build()))
                .isEqualTo(16 + 6);
        assertThat(PromptTokens.estimate(Prompt.of("\ud83d")))
                .as("half of an emoji")
                .isEqualTo(8 + 2);
    }

    @Test
    void toolCalls_countWithNameArgumentsAndFurtherFields() {
        ToolCall call = new ToolCall(
                "c", "f".repeat(30), "a".repeat(300), ToolCall.Type.FUNCTION, Map.of("x", "y".repeat(3_000)));
        Message message = new Message(Role.ASSISTANT, "", List.of(), List.of(call), Optional.empty());

        assertThat(PromptTokens.estimate(Prompt.builder().message(message).build()))
                .isBetween(8 + 1_110L, 8 + 1_120L);
    }

    /** What o200k_base, the tokenizer of GPT-4o and gpt-oss, makes of texts of several kinds. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "13 | Tell me about a time when you disagreed with a colleague.",
                "7 | Was würden Sie heute anders machen?",
                "9 | Mitä tekisit tänään toisin?",
                "7 | Что бы вы сделали сегодня иначе?",
                "10 | ماذا كنت ستفعل بشكل مختلف اليوم؟",
                "6 | आज आप क्या अलग करते?",
                "12 | 如果是今天，您会有什么不同的做法？",
                "6 | 今ならどうしますか。",
                "12 | 오늘이라면 무엇을 다르게 하시겠습니까?",
                "16 | long sum = values.stream().mapToLong(Integer::longValue).sum();",
                "24 | {\"id\":\"4f2a-77\",\"price\":1299.95,\"tags\":[\"a\",\"b\"]}",
                "11 | 31415926535897932384626433832795"
            })
    void textsOfSeveralKinds_areNotUnderestimated(long tokens, String text) {
        assertThat(PromptTokens.estimate(Prompt.of(text)) - 8).isBetween(tokens, tokens * 4);
    }

    @Test
    void imageCountsByItself_notByItsBytes() {
        Message message = new Message(
                Role.USER,
                "",
                List.of(
                        Map.of("type", "text", "text", "abc"),
                        Map.of("type", "image_url", "image_url", Map.of("url", "data:" + "A".repeat(100_000)))),
                List.of(),
                Optional.empty());

        assertThat(PromptTokens.estimate(Prompt.builder().message(message).build()))
                .isEqualTo(8 + 1 + 1_500);
    }

    /** A service may make any field a part of the prompt. */
    @ParameterizedTest
    @ValueSource(strings = {"tools", "documents", "chat_template", "a-field-of-tomorrow"})
    void whatAFieldCarries_counts_alsoItsNames(String field) {
        long without = PromptTokens.estimate(Prompt.of(""));
        Prompt prompt = Prompt.builder()
                .user("")
                .extra(field, List.of(Map.of("type", "x".repeat(300)), Map.of("y".repeat(300), 7)))
                .build();

        assertThat(PromptTokens.estimate(prompt)).isBetween(without + 200, without + 240);
    }

    @Test
    void otherFieldsOfMessagesAndParts_count() {
        Map<String, Object> part = Map.of("type", "text", "text", "abc", "context", "x".repeat(300));
        Message message =
                new Message(Role.USER, "", List.of(part), List.of(), Optional.empty(), Map.of("name", "y".repeat(300)));
        assertThat(PromptTokens.estimate(Prompt.builder().message(message).build()))
                .isBetween(8 + 200L, 8 + 240L);
        Message unknown = new Message(
                Role.USER,
                "",
                List.of(Map.of("type", "document", "source", Map.of("content", "x".repeat(30_000)))),
                List.of(),
                Optional.empty());
        assertThat(PromptTokens.estimate(Prompt.builder().message(unknown).build()))
                .isBetween(8 + 1_500 + 10_000L, 8 + 1_500 + 10_030L);
    }
}
