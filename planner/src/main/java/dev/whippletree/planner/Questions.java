package dev.whippletree.planner;

import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.Interviews;
import java.time.Duration;
import java.util.OptionalInt;

/** What a workload's interviews ask, how many different questions that makes, and in which words. Immutable. */
record Questions(PlanRequest request, int interviews) {

    private static final String WORDS = "Question ";

    long prompts() {
        return request.workload()
                .prompts()
                .map(list -> (long) list.prompts())
                .orElse((long) interviews * request.workload().questions());
    }

    /**
     * Returns how many different questions are asked: as many as a file has; exactly as many as the plan asks where
     * their share is given; of a bank the number to be expected, bank × (1 − (1 − 1 ÷ bank) ^ prompts).
     */
    long distinct() {
        if (request.workload().prompts().isPresent()) {
            return request.workload().prompts().get().distinct();
        }
        OptionalInt bank = request.workload().distinct();
        if (bank.isEmpty()) {
            return Math.max(1, Math.round(prompts() * (1 - request.workload().repeat())));
        }
        double left = Math.pow(1 - 1.0 / bank.getAsInt(), (double) prompts());
        return Math.max(1, Math.round(bank.getAsInt() * (1 - left)));
    }

    InterviewPlan plan() {
        Workload workload = request.workload();
        Interviews settings =
                new Interviews(interviews, workload.questions(), workload.repeat(), request.seed(), think());
        InterviewPlan plan = workload.prompts()
                .map(list -> InterviewPlan.ofQuestions(settings, list.questions()))
                .orElseGet(() -> workload.distinct().isPresent()
                        ? InterviewPlan.ofBank(settings, workload.distinct().getAsInt())
                        : InterviewPlan.of(settings));
        Priority priority = request.pool().route().leave() > 0 ? Priority.BATCH : Priority.INTERACTIVE;
        InterviewPlan worded = plan.withWording(question -> wording(question).priority(priority));
        return workload.prompts().map(list -> list.timed(worded)).orElse(worded);
    }

    /** Returns the pause between two questions with which an interview takes as long as it should, if nobody waits. */
    Duration think() {
        Workload workload = request.workload();
        if (workload.interview().isEmpty() || workload.questions() == 1) {
            return Duration.ZERO;
        }
        Duration answers = request.latency().mean().multipliedBy(workload.questions());
        Duration pauses = workload.interview().get().minus(answers);
        return pauses.isNegative() ? Duration.ZERO : pauses.dividedBy(workload.questions() - 1L);
    }

    /** Returns what makes these prompts as long as they should be. */
    PromptPadding padding() {
        return request.workload()
                .prompts()
                .map(list -> new PromptPadding(text -> list.tokens(number(text)), list.mostTokens()))
                .orElseGet(() -> new PromptPadding(request.workload().promptTokens()));
    }

    /** A few words that tell it from every other question; {@link PromptPadding} makes them as long as prompts are. */
    private Prompt.Builder wording(int question) {
        Prompt.Builder builder = Prompt.builder().user(WORDS + question);
        Workload workload = request.workload();
        OptionalInt own = workload.prompts().map(list -> list.bound(question)).orElse(OptionalInt.empty());
        (own.isPresent() ? own : workload.maxTokens()).ifPresent(builder::maxTokens);
        return builder;
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(WORDS.length()));
    }
}
