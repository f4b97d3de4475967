package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.Tokens;
import dev.whippletree.model.Prompt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptPaddingTest {

    @ParameterizedTest
    @ValueSource(ints = {40, 300, 4001})
    void everyPrompt_getsExactlySoManyTokens_andKeepsItsBound(int tokens) {
        PromptPadding padding = new PromptPadding(tokens);

        for (String question : new String[] {"Question 1.", "Question 12345.", "Question 1."}) {
            Prompt prompt = padding.of(Prompt.builder()
                    .user(question)
                    .maxTokens(200)
                    .session("any")
                    .build());

            assertThat(Tokens.of(ChatMessage.of(prompt.messages()))).isEqualTo(tokens);
            assertThat(prompt.messages().get(0).text()).startsWith(question);
            assertThat(prompt.parameters().maxTokens()).hasValue(200);
        }
    }

    /** Each has two million characters. */
    @Test
    void longPrompts_areNotAllKept() {
        PromptPadding padding = new PromptPadding(500_000);
        Prompt first = padding.of(Prompt.of("Question 0"));
        assertThat(padding.of(Prompt.of("Question 0"))).isSameAs(first);

        for (int number = 1; number < 60; number++) {
            padding.of(Prompt.of("Question " + number));
        }

        assertThat(padding.of(Prompt.of("Question 0"))).isNotSameAs(first);
    }
}
