package dev.whippletree.stress.interviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterviewPlanTest {

    @ParameterizedTest
    @CsvSource({
        "500, 17, 0.8, 1700",
        "500, 17, 0, 8500",
        "500, 17, 0.998, 17",
        "500, 17, 0.9999, 1",
        "500, 17, 1, 1",
        "20, 17, 0.8, 68",
        "3, 7, 0.5, 11",
        "1, 1, 0, 1",
        "7, 3, 0.9, 2"
    })
    void distinctPrompts_areExactlyAsManyAsTheShareSays(int interviews, int questions, double repeat, int distinct) {
        Interviews settings = Interviews.STANDARD
                .withInterviews(interviews)
                .withQuestions(questions)
                .withRepeat(repeat);

        List<List<Message>> prompts = messages(settings);

        assertThat(prompts).hasSize(interviews * questions);
        assertThat(settings.distinct()).isEqualTo(distinct);
        assertThat(new HashSet<>(prompts)).hasSize(distinct);
    }

    @Test
    void sameSeed_asksTheSame_andAnotherSomethingElse() {
        assertThat(messages(Interviews.STANDARD)).isEqualTo(messages(Interviews.STANDARD));
        assertThat(messages(Interviews.STANDARD)).isNotEqualTo(messages(Interviews.STANDARD.withSeed(2)));
    }

    @Test
    void stages_shareNoQuestion_soThatNobodyIsAheadOfTheTime() {
        InterviewPlan plan = InterviewPlan.of(Interviews.STANDARD);

        Set<List<Message>> earlier = new HashSet<>();
        for (int stage = 0; stage < 17; stage++) {
            Set<List<Message>> asked = new HashSet<>();
            for (int interview = 0; interview < 500; interview++) {
                asked.add(plan.prompt(interview, stage).messages());
            }
            assertThat(asked).as("stage %s", stage).hasSize(100).noneMatch(earlier::contains);
            earlier.addAll(asked);
        }
    }

    @Test
    void everyInterview_isASession() {
        InterviewPlan plan = InterviewPlan.of(Interviews.STANDARD);
        Prompt prompt = plan.prompt(16, 3);

        assertThat(prompt.session()).contains("interview-17");
    }

    @Test
    void interviewsOfGivenQuestions_mayDifferInLength() {
        Interviews two = Interviews.STANDARD.withInterviews(2);
        InterviewPlan plan = InterviewPlan.ofQuestions(two, new int[][] {{0}, {1, 0, 2}});
        assertThat(List.of(plan.prompts(), plan.distinct(), plan.questions(0), plan.questions(1)))
                .containsExactly(4, 3, 1, 3);
        assertThatThrownBy(() -> InterviewPlan.ofQuestions(two, new int[][] {{0}}))
                .hasMessage("there are 2 interviews, but questions of 1");
    }

    @Test
    void bank_hasAsManyQuestionsAsAnybodyWants() {
        Set<String> questions = new HashSet<>();
        for (int number = 0; number < 50_000; number++) {
            questions.add(QuestionBank.question(number));
        }

        assertThat(questions)
                .hasSize(50_000)
                .allSatisfy(text -> assertThat(text).doesNotContain("%"));
    }

    @Test
    void sharesOutOfRange_areRefused() {
        assertThatThrownBy(() -> Interviews.STANDARD.withRepeat(1.1)).hasMessageContaining("0 to 1");
        assertThatThrownBy(() -> Interviews.STANDARD.withInterviews(0)).hasMessageContaining("1 or more");
    }

    private static List<List<Message>> messages(Interviews settings) {
        InterviewPlan plan = InterviewPlan.of(settings);
        List<List<Message>> messages = new ArrayList<>();
        for (int interview = 0; interview < settings.interviews(); interview++) {
            for (int question = 0; question < settings.questions(); question++) {
                messages.add(plan.prompt(interview, question).messages());
            }
        }
        return messages;
    }
}
