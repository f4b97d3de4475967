package dev.whippletree.planner;

import dev.whippletree.planner.CapacityPlan.Advice;
import dev.whippletree.planner.CapacityPlan.Change;
import dev.whippletree.planner.CapacityPlan.Fewest;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Collects the results for one size, and the variants that its advice compares. Confined to the planning thread, except
 * for the parts that it adds.
 */
final class SizePlanner {

    private final PlanRequest request;
    private final Runs runs;
    private final int interviews;
    private final Parts parts;
    private final CompletableFuture<Outcome> asIs;
    private final List<CompletableFuture<Fewest>> fewest = new ArrayList<>();
    private final List<CompletableFuture<Advice>> advice = new ArrayList<>();

    SizePlanner(PlanRequest request, Runs runs, int interviews, Parts parts) {
        this.request = request;
        this.runs = runs;
        this.interviews = interviews;
        this.parts = parts;
        this.asIs =
                parts.add(named("the accounts as they are"), () -> runs.of(new Variant(interviews, request.pool())));
        if (request.advice()) {
            int kinds = request.pool().groups().size();
            for (int kind = 0; kind < kinds; kind++) {
                FewestSearch search = new FewestSearch(request, runs, interviews, kind);
                fewest.add(parts.add(named("the fewest accounts"), search::find));
            }
            advise(() -> line(Change.AS_IS, "as it is", "", request.pool()));
            IntStream.range(0, kinds).forEach(kind -> advise(() -> oneMore(kind)));
            advise(this::oneLost);
        }
    }

    private String named(String part) {
        return Words.count(interviews) + " " + request.workload().unit() + "s: " + part;
    }

    private void advise(Supplier<Advice> line) {
        advice.add(parts.add(named("advice"), line));
    }

    private Advice line(Change change, String title, String assumption, AccountPool pool) {
        return new Advice(change, title, assumption, runs.of(new Variant(interviews, pool)));
    }

    SizePlan ready() {
        return new SizePlan(
                interviews,
                asIs.join(),
                fewest.stream().map(CompletableFuture::join).toList(),
                advice.stream().map(CompletableFuture::join).toList());
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
