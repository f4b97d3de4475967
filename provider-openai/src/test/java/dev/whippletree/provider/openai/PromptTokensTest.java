package dev.whippletree.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PromptTokensTest {

    @Test
    void bytesAreDividedByThreeRoundedUp_andEachMessageCountsEight() {
        assertThat(PromptTokens.estimate(Prompt.of("abcd"))).isEqualTo(8 + 2);
        assertThat(PromptTokens.estimate(Prompt.of("👋"))).isEqualTo(8 + 2);
        assertThat(PromptTokens.estimate(
                        Prompt.builder().system("abc").user("abc").build()))
                .isEqualTo(16 + 2);
    }

    @Test
    void emptyPrompt_stillCounts() {
        assertThat(PromptTokens.estimate(Prompt.of(""))).isEqualTo(8);
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

    @Test
    void toolsCount() {
        Prompt prompt = Prompt.builder()
                .user("")
                .extra("tools", List.of(Map.of("type", "function")))
                .build();

        assertThat(PromptTokens.estimate(prompt)).isEqualTo(8 + "[{\"type\":\"function\"}]".length() / 3);
    }
}
