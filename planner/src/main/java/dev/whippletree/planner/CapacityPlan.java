package dev.whippletree.planner;

import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The prediction whether accounts will do, for each requested size. Immutable; the same request gives the same plan.
 *
 * @param request the request
 * @param assumptions the plan's assumptions, in sentences: how often questions repeat, when interviews start, how long
 *     answers take, what isn't simulated
 * @param sizes one for each size of the request, in its order
 */
public record CapacityPlan(PlanRequest request, List<String> assumptions, List<SizePlan> sizes) {

    public CapacityPlan {
        assumptions = List.copyOf(assumptions);
        sizes = List.copyOf(sizes);
    }

    /**
     * Returns by when prompts have to be answered, and what is supposed of them:
     * {@code within 1 h if 80 % of the questions repeat}.
     */
    public String conditions() {
        Workload load = request.workload();
        List<String> conditions = new ArrayList<>();
        if (load.prompts().isEmpty() && load.distinct().isEmpty() && load.repeat() > 0) {
            conditions.add(Phrases.percent(load.repeat()) + " of the questions repeat");
        }
        if (request.pool().groups().stream().anyMatch(AccountGroup::countsTokens)) {
            conditions.add(
                    load.prompts().isEmpty()
                            ? "prompts have " + Words.count(load.promptTokens()) + " tokens and answers "
                                    + Words.count(load.answerTokens())
                            : "answers have " + Words.count(load.answerTokens()) + " tokens");
            if (request.pool().countsMaximum()) {
                conditions.add("Groq counts " + Words.count(load.bound()) + " for an answer");
            }
        }
        return "within " + Phrases.time(request.horizon())
                + (conditions.isEmpty() ? "" : " if " + String.join(", ", conditions));
    }

    /**
     * One size.
     *
     * @param interviews how many interviews there are
     * @param asIs what comes of it with the accounts as they are
     * @param fewest for each kind of account, how few would do; empty if no advice was asked for
     * @param advice what would come of it otherwise; empty likewise. The first is what {@code asIs} says
     */
    public record SizePlan(int interviews, Outcome asIs, List<Fewest> fewest, List<Advice> advice) {

        public SizePlan {
            fewest = List.copyOf(fewest);
            advice = List.copyOf(advice);
        }
    }

    /**
     * How few accounts of one kind, beside the others, would be enough.
     *
     * @param kind as {@link AccountGroup#label} says
     * @param service the provider's name
     * @param there how many there are now
     * @param count how few would do; absent if no number does, or if it is too large to look for
     * @param verdict what that number is: it holds or is tight
     * @param load the {@link Outcome#load} of that number, 0 if there is none
     * @param comfortable how few would do with a load of at most 90 %; absent as {@code count}
     * @param simulated whether the number, and that one fewer wouldn't do, was found by running the engine; else by
     *     arithmetic
     * @param reason why there is no number, or what is special about it; empty if nothing is
     */
    public record Fewest(
            String kind,
            String service,
            int there,
            OptionalInt count,
            Optional<Verdict> verdict,
            double load,
            OptionalInt comfortable,
            boolean simulated,
            String reason) {}

    public enum Change {
        AS_IS,
        /** One account more of some kind. */
        ONE_MORE,
        /** Any one account less: the one whose loss is worst. */
        ONE_LOST
    }

    /**
     * A variant that was tried.
     *
     * @param change what it changes
     * @param title the same for people: {@code one huggingface account more}
     * @param assumption what it supposes besides, such as what the added account is like; empty if nothing
     * @param outcome what came of it
     */
    public record Advice(Change change, String title, String assumption, Outcome outcome) {}
}
