package dev.whippletree.planner;

import dev.whippletree.planner.CapacityPlan.Advice;
import dev.whippletree.planner.CapacityPlan.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The variants that advice compares. Immutable. */
final class AdviceLines {

    private final PlanRequest request;
    private final Runs runs;
    private final int interviews;

    AdviceLines(PlanRequest request, Runs runs, int interviews) {
        this.request = request;
        this.runs = runs;
        this.interviews = interviews;
    }

    /** Returns a task for each line, in order; each may take seconds. */
    List<Supplier<Advice>> all() {
        List<Supplier<Advice>> lines = new ArrayList<>();
        lines.add(() -> line(Change.AS_IS, "as it is", "", request.pool()));
        for (int group = 0; group < request.pool().groups().size(); group++) {
            int number = group;
            lines.add(() -> oneMore(number));
        }
        lines.add(this::oneLost);
        return lines;
    }

    private Advice line(Change change, String title, String assumption, AccountPool pool) {
        return new Advice(change, title, assumption, runs.of(new Variant(interviews, pool)));
    }

    private Advice oneMore(int group) {
        AccountGroup kind = request.pool().groups().get(group);
        AccountPool pool = request.pool().withCount(group, kind.count() + 1);
        return line(
                Change.ONE_MORE, "one more account of " + kind.service(), "one like the others: " + kind.label(), pool);
    }

    private Advice oneLost() {
        return IntStream.range(0, request.pool().groups().size())
                .filter(group -> request.pool().groups().get(group).count() > 0)
                .mapToObj(this::lost)
                .max(Comparator.comparing((Advice advice) -> advice.outcome().verdict())
                        .thenComparing(advice -> advice.outcome().unanswered())
                        .thenComparing(advice -> advice.outcome().load()))
                .orElseThrow();
    }

    private Advice lost(int group) {
        AccountGroup kind = request.pool().groups().get(group);
        AccountPool pool = request.pool().withCount(group, kind.count() - 1);
        String which = request.pool().groups().size() == 1 ? "" : "the worst loss is one of " + kind.label();
        return line(Change.ONE_LOST, "any one account lost", which, pool);
    }
}
