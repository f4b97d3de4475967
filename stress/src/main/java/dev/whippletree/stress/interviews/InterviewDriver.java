package dev.whippletree.stress.interviews;

import dev.whippletree.emulator.model.Answers;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs the interviews: all start at the same moment unless they are spread, each asks its questions in sequence, and
 * every answer is checked against its prompt.
 *
 * <p>No interview has a thread: each continues when its answer arrives, on the timeline's executor. Thread-safe once
 * started; call its {@code with…} methods before that.
 */
public final class InterviewDriver {

    private final InterviewPlan plan;
    private final Function<Prompt, ? extends CompletionStage<Completion>> ask;
    private final Timeline timeline;
    private final CompletableFuture<InterviewResults> results = new CompletableFuture<>();
    private BiPredicate<Prompt, Completion> right =
            (prompt, completion) -> Answers.matches(prompt.messages(), completion.text());
    private Duration over = Duration.ZERO;
    private final Scoreboard board;

    /** Creates a driver that expects the answers of emulated services, from what answers without blocking. */
    public InterviewDriver(
            InterviewPlan plan, Function<Prompt, ? extends CompletionStage<Completion>> ask, Timeline timeline) {
        this.plan = plan;
        this.ask = ask;
        this.timeline = timeline;
        this.board = new Scoreboard(plan, timeline);
    }

    /** Sets what is a right answer to a prompt. */
    public InterviewDriver withCheck(BiPredicate<Prompt, Completion> right) {
        this.right = right;
        return this;
    }

    /** Sets in what time the interviews start, evenly; zero or more. */
    public InterviewDriver withOver(Duration over) {
        this.over = over;
        return this;
    }

    /**
     * Starts all interviews, each at its time if the plan has times. Call it once.
     *
     * @return ends when all have ended; never exceptionally
     */
    public CompletableFuture<InterviewResults> start() {
        board.start();
        int interviews = plan.settings().interviews();
        for (int number = 0; number < interviews; number++) {
            long afterNanos = Math.max(over.toNanos() / interviews * number, plan.earliestNanos(number, 0));
            start(new Interview(number, afterNanos));
        }
        return results.copy();
    }

    private void start(Interview interview) {
        if (over.isZero() && interview.afterNanos == 0) {
            interview.next();
        } else {
            timeline.schedule(interview.afterNanos, interview::next);
        }
    }

    /** Returns the results so far. */
    public InterviewResults progress() {
        return board.results();
    }

    /** One interview. Its steps follow each other; none overlap. */
    private final class Interview {

        private final int number;
        private final long afterNanos;
        private int question;

        Interview(int number, long afterNanos) {
            this.number = number;
            this.afterNanos = afterNanos;
        }

        void next() {
            if (question < plan.questions(number)) {
                put();
            } else if (board.interviewEnded(afterNanos)) {
                results.complete(board.results());
            }
        }

        private void put() {
            Prompt prompt = plan.prompt(number, question++);
            answer(prompt).whenComplete((completion, error) -> {
                judge(prompt, completion, error);
                timeline.schedule(pauseNanos(), this::next);
            });
        }

        private long pauseNanos() {
            if (question == plan.questions(number)) {
                return 0;
            }
            long untilItsTime = plan.earliestNanos(number, question) - board.elapsedNanos();
            return Math.max(plan.settings().think().toNanos(), untilItsTime);
        }

        private CompletionStage<Completion> answer(Prompt prompt) {
            try {
                return ask.apply(prompt);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void judge(Prompt prompt, @Nullable Completion completion, @Nullable Throwable error) {
            String where = "interview " + (number + 1) + ", question " + question;
            if (completion == null) {
                board.failed(where + ": " + reason(error));
            } else if (right.test(prompt, completion)) {
                board.answered();
            } else {
                board.answeredWrong(where + ": the answer of account "
                        + completion.origin().account() + " doesn't belong to its prompt");
            }
        }

        private static String reason(@Nullable Throwable error) {
            Throwable cause = error instanceof CompletionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : error;
            return cause == null ? "no answer" : String.valueOf(cause.getMessage());
        }
    }
}
