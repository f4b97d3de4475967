package dev.whippletree.stress.interviews;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InterviewDriverTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Interviews FIFTY = Interviews.STANDARD.withInterviews(50);

    private final VirtualTimeline timeline = new VirtualTimeline(1);

    @Test
    void everyInterview_asksItsQuestionsOneAfterTheOther() {
        FakeAnswerer answerer = new FakeAnswerer(timeline, SECOND);

        InterviewResults results = run(new InterviewDriver(InterviewPlan.of(FIFTY), answerer, timeline));

        assertThat(results.answered()).isEqualTo(850).isEqualTo(results.prompts());
        assertThat(results.wrong()).isZero();
        assertThat(results.failed()).isZero();
        assertThat(results.interviewTimes()).hasSize(50).containsOnly(Duration.ofSeconds(17));
        assertThat(results.elapsed()).isEqualTo(Duration.ofSeconds(17));
        assertThat(answerer.mostUnderWay()).isEqualTo(50);
    }

    @Test
    void pauses_standBetweenQuestions() {
        Interviews settings = FIFTY.withThink(Duration.ofSeconds(2));

        InterviewResults results =
                run(new InterviewDriver(InterviewPlan.of(settings), new FakeAnswerer(timeline, SECOND), timeline));

        assertThat(results.interviewTime(0.5)).isEqualTo(Duration.ofSeconds(17 + 16 * 2));
    }

    /** Ten seconds for fifty: one starts every 0.2 s. */
    @Test
    void interviewsThatStartLater_areTimedFromTheirOwnStarts() {
        InterviewDriver driver = new InterviewDriver(
                        InterviewPlan.of(FIFTY), new FakeAnswerer(timeline, SECOND), timeline)
                .withOver(Duration.ofSeconds(10));

        InterviewResults results = run(driver);

        assertThat(results.interviewTimes()).hasSize(50).containsOnly(Duration.ofSeconds(17));
        assertThat(results.elapsed()).isEqualTo(Duration.ofMillis(26_800));
    }

    /** The second question of the first interview comes at its time, the third only after the second's answer. */
    @Test
    void questionsWithTimes_areAskedThen_butNotBeforeTheAnswerBefore() {
        long second = SECOND.toNanos();
        InterviewPlan plan = InterviewPlan.ofQuestions(
                        Interviews.STANDARD.withInterviews(2).withQuestions(3), new int[][] {{0, 1, 2}, {3}})
                .withTimes(
                        new long[][] {{2 * second, 5 * second, 5 * second + second / 2}, {4 * second}},
                        (prompt, interview) -> prompt.tenant("tenant-" + interview));
        List<String> asked = new ArrayList<>();
        FakeAnswerer answerer = new FakeAnswerer(timeline, SECOND);

        InterviewResults results = run(new InterviewDriver(
                plan,
                prompt -> {
                    asked.add(Duration.ofNanos(timeline.nanoTime()) + " " + prompt.tenant());
                    return answerer.apply(prompt);
                },
                timeline));

        assertThat(asked).containsExactly("PT2S tenant-0", "PT4S tenant-1", "PT5S tenant-0", "PT6S tenant-0");
        assertThat(results.answered()).isEqualTo(4);
        assertThat(results.elapsed()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void wrongAnswer_isCaught() {
        FakeAnswerer answerer = new FakeAnswerer(
                timeline,
                SECOND,
                number -> number == 123 ? Optional.of("An answer to something else.") : Optional.empty());

        InterviewResults results = run(new InterviewDriver(InterviewPlan.of(FIFTY), answerer, timeline));

        assertThat(results.answered()).isEqualTo(850);
        assertThat(results.wrong()).isEqualTo(1);
        assertThat(results.errors())
                .singleElement()
                .asString()
                .contains("interview ", "account account-1", "doesn't belong");
    }

    @Test
    void failures_areCounted_andTheInterviewGoesOn() {
        FakeAnswerer answerer =
                new FakeAnswerer(timeline, SECOND, number -> number <= 10 ? Optional.of("fail") : Optional.empty());

        InterviewDriver driver = new InterviewDriver(InterviewPlan.of(FIFTY), answerer, timeline);

        InterviewResults results = run(driver);

        assertThat(driver.progress()).isEqualTo(results);
        assertThat(results.prompts()).isEqualTo(850);
        assertThat(results.interviewTimes()).hasSize(50);
        assertThat(results.elapsed()).isEqualTo(Duration.ofSeconds(17));
        assertThat(results.failed()).isEqualTo(10);
        assertThat(results.answered()).isEqualTo(840);
        assertThat(results.errors()).hasSize(5).first().asString().contains("question 1: nobody answered");
    }

    @Test
    void answererThatThrows_isAFailure() {
        InterviewDriver driver = new InterviewDriver(
                InterviewPlan.of(FIFTY),
                prompt -> {
                    throw new IllegalStateException("closed");
                },
                timeline);

        assertThat(run(driver).failed()).isEqualTo(850);
    }

    private InterviewResults run(InterviewDriver driver) {
        CompletableFuture<InterviewResults> results = driver.start();
        timeline.runAll();
        assertThat(results).isCompleted();
        return results.join();
    }
}
