package dev.whippletree.planner;

import dev.whippletree.planner.CapacityPlan.Advice;
import dev.whippletree.planner.CapacityPlan.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The variants of one size that are worth a line of advice. Immutable. */
final class AdviceLines {

    private final PlanRequest request;
    private final Runs runs;
    private final int interviews;

    AdviceLines(PlanRequest request, Runs runs, int interviews) {
        this.request = request;
        this.runs = runs;
        this.interviews = interviews;
    }

    /** Returns what finds each line, in order; each may run for seconds. */
    List<Supplier<Advice>> all() {
        List<Supplier<Advice>> lines = new ArrayList<>();
        lines.add(() -> line(Change.AS_IS, "as it is", "", request.pool()));
        for (int group = 0; group < request.pool().groups().size(); group++) {
            int number = group;
            lines.add(() -> oneMore(number));
        }
        lines.add(this::oneLost);
        lines.add(this::tierAdded);
        lines.add(this::processesApart);
        lines.add(this::processesTogether);
        return lines;
    }

    private Advice line(Change change, String title, String assumption, AccountPool pool) {
        return new Advice(change, title, assumption, runs.of(Variant.of(interviews, pool)));
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

    private Advice tierAdded() {
        AccountPool added = request.addedTier();
        String accounts = added.groups().stream()
                .map(group -> group.count() + " × " + group.label())
                .collect(Collectors.joining(", "));
        String services =
                added.groups().stream().map(AccountGroup::service).distinct().collect(Collectors.joining(" and "));
        return line(
                Change.TIER_ADDED,
                "a " + services + " tier added",
                "its limits are an assumption: " + accounts,
                request.pool().withTier(added));
    }

    private Advice processesApart() {
        return new Advice(
                Change.PROCESSES_APART,
                request.processes() + " processes without Redis",
                "each may use 1/" + request.processes() + " of every limit and has a cache of its own",
                runs.of(new Variant(interviews, request.pool(), request.processes())));
    }

    /** Those that share answers, limits and calls under way do what a single one would. */
    private Advice processesTogether() {
        return line(
                Change.PROCESSES_TOGETHER,
                request.processes() + " processes with Redis",
                "as one: Redis is their cache and their coordinator",
                request.pool());
    }
}
