package dev.whippletree.planner;

import dev.whippletree.planner.CapacityPlan.Advice;
import dev.whippletree.planner.CapacityPlan.Fewest;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Collects the results for one size. Confined to the planning thread. */
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
        this.asIs = parts.add(named("as it is"), () -> runs.of(new Variant(interviews, request.pool())));
        if (request.advice()) {
            addSearches();
            new AdviceLines(request, runs, interviews)
                    .all()
                    .forEach(line -> advice.add(parts.add(named("advice"), line)));
        }
    }

    private String named(String part) {
        return Words.count(interviews) + " " + request.workload().unit() + "s: " + part;
    }

    private void addSearches() {
        for (int kind = 0; kind < request.pool().groups().size(); kind++) {
            FewestSearch search = new FewestSearch(request, runs, interviews, kind);
            fewest.add(parts.add(named("the fewest accounts"), search::find));
        }
    }

    /** Returns the finished plan. Blocks until then. */
    SizePlan ready() {
        return new SizePlan(
                interviews,
                asIs.join(),
                fewest.stream().map(CompletableFuture::join).toList(),
                advice.stream().map(CompletableFuture::join).toList());
    }
}
