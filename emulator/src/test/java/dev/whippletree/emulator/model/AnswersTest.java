package dev.whippletree.emulator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {

    private final List<Message> prompt = List.of(Message.system("Be brief."), Message.user("Why us?"));
    private final String answer = Answers.text(ChatMessage.of(prompt), "m-1");

    @Test
    void answer_matchesItsPromptAlone() {
        assertThat(Answers.matches(prompt, answer)).isTrue();
        assertThat(Answers.matches(List.of(Message.user("Why us?")), answer)).isFalse();
        assertThat(Answers.matches(List.of(Message.user("Be brief."), Message.user("Why us?")), answer))
                .isFalse();
    }

    @Test
    void cutOrSplicedAnswer_matchesNothing() {
        assertThat(Answers.matches(prompt, answer.substring(0, answer.length() - 1)))
                .isFalse();
        assertThat(Answers.matches(prompt, answer.substring(1))).isFalse();
        assertThat(Answers.matches(prompt, answer + answer)).isFalse();
        assertThat(Answers.matches(prompt, "")).isFalse();
    }

    @Test
    void otherModel_answersDifferently_andIsRightToo() {
        String other = Answers.text(ChatMessage.of(prompt), "m-2");

        assertThat(other).isNotEqualTo(answer);
        assertThat(Answers.matches(prompt, other)).isTrue();
    }

    @Test
    void whiteSpaceAndUnicodeForm_dontChangeTheAnswer() {
        List<ChatMessage> composed = List.of(new ChatMessage("user", "Caf\u00e9  or\ntea?"));
        List<ChatMessage> decomposed = List.of(new ChatMessage("user", " Cafe\u0301 or tea? "));

        assertThat(Answers.text(composed, "m")).isEqualTo(Answers.text(decomposed, "m"));
    }
}
