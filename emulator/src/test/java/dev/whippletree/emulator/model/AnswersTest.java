package dev.whippletree.emulator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    @Test
    void answers_areAsLongAsWanted_onAverage_andMatchTheirPrompts() {
        long tokens = 0;
        for (int question = 0; question < 500; question++) {
            List<Message> asked = List.of(Message.user("question " + question));
            Draft draft =
                    Draft.of(ChatRequest.of("m", asked.get(0).text()), 0, Optional.of(new AnswerLength(200, 0.5)));
            tokens += draft.completionTokens();
            assertThat(draft.text()).endsWith("+" + draft.completionTokens() + " m]");
            assertThat(Answers.matches(asked, draft.text())).isTrue();
        }

        // 500 lognormal draws of deviation 0.5 have a mean that is off by 2.4 % (one sigma).
        assertThat(tokens / 500.0).isBetween(180.0, 220.0);
    }

    @Test
    void serviceWhoseAnswersDiffer_neverRepeatsItself_andEveryAnswerMatches() {
        EmulatedService service = new EmulatedService(
                ServiceSettings.builder(ServiceKind.OPENAI)
                        .account("a", "token")
                        .answersDiffer()
                        .build(),
                0);
        Set<String> texts = new HashSet<>();
        for (int call = 0; call < 20; call++) {
            Outcome outcome = service.receive(Optional.of("token"), ChatRequest.of("m", "Why us?"), 0);
            texts.add(((Outcome.Answered) outcome).answer().draft().text());
        }

        assertThat(texts).hasSize(20);
        assertThat(texts).allMatch(text -> Answers.matches(List.of(Message.user("Why us?")), text));
        assertThat(texts.stream().map(text -> text.substring(0, 20)).distinct().count())
                .isGreaterThan(5);
    }
}
