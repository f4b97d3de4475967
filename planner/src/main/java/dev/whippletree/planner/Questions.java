package dev.whippletree.planner;

import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.planner.interviews.InterviewPlan;
import dev.whippletree.planner.interviews.Interviews;
import java.time.Duration;
import java.util.OptionalInt;

/** What a workload's interviews ask, how many different questions that makes, and in which words. Immutable. */
final class Questions {

    private final PlanRequest request;
    private final int interviews;

    Questions(PlanRequest request, int interviews) {
        this.request = request;
        this.interviews = interviews;
    }

    /** Returns how many prompts there are. */
    long prompts() {
        return (long) interviews * request.workload().questions();
    }

    /**
     * Returns how many different questions are asked: exactly as many as the plan asks where their share is given; of a bank the
     * number to be expected, bank × (1 − (1 − 1 ÷ bank) ^ prompts).
     */
    long distinct() {
        OptionalInt bank = request.workload().distinct();
        if (bank.isEmpty()) {
            return Math.max(1, Math.round(prompts() * (1 - request.workload().repeat())));
        }
        double left = Math.pow(1 - 1.0 / bank.getAsInt(), prompts());
        return Math.max(1, Math.round(bank.getAsInt() * (1 - left)));
    }

    /** Returns who asks what. */
    InterviewPlan plan() {
        Workload workload = request.workload();
        Interviews settings = new Interviews(
                interviews,
                workload.questions(),
                workload.repeat(),
                request.seed(),
                think(),
                OptionalInt.of(workload.bound()));
        InterviewPlan plan = workload.distinct().isPresent()
                ? InterviewPlan.ofBank(settings, workload.distinct().getAsInt())
                : InterviewPlan.of(settings);
        Priority priority = request.pool().route().leave() > 0 ? Priority.BATCH : Priority.INTERACTIVE;
        return plan.withWording(question -> wording(question).priority(priority));
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

    /** A few words that tell it from every other question; {@link Lengthening} makes them as long as prompts are. */
    private static Prompt.Builder wording(int question) {
        return Prompt.builder().user("Question " + question + ".");
    }
}
