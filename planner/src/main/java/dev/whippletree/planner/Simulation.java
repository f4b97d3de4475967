package dev.whippletree.planner;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.Settings;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.time.VirtualTimeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One variant, run by the production engine over imitated services in virtual time, until everybody is answered or the
 * horizon is reached. Confined to one thread; used once.
 */
final class Simulation {

    /** Far more than any run takes: about 20 events for a prompt that waits for nothing. */
    private static final long MOST_STEPS_PER_PROMPT = 2_000;

    private static final long MOST_STEPS_BESIDES = 10_000_000;

    private final PlanRequest request;
    private final Variant variant;
    private final VirtualTimeline timeline;
    private final Imitations services;
    private final Recorder recorder;
    private final PromptPadding padding;
    private final InterviewPlan plan;
    private final boolean endsWithTheFirstFailure;
    private boolean over;

    /**
     * Prepares a simulation.
     *
     * @param endsWithTheFirstFailure whether it ends as soon as a prompt fails: whether the variant holds is known then
     */
    Simulation(PlanRequest request, Variant variant, boolean endsWithTheFirstFailure) {
        this.request = request;
        this.variant = variant;
        this.endsWithTheFirstFailure = endsWithTheFirstFailure;
        this.timeline = new VirtualTimeline(request.seed());
        this.services = new Imitations(request, variant.pool());
        this.recorder = new Recorder(timeline);
        Questions questions = new Questions(request, variant.interviews());
        this.padding = questions.padding();
        this.plan = questions.plan();
    }

    /**
     * Runs it.
     *
     * @param otherwise is asked, if it doesn't hold, what comes of it if services count in another way
     */
    Outcome run(Supplier<Optional<Outcome.Otherwise>> otherwise) {
        Whippletree library = library();
        // Scheduled first, so that what happens at the horizon itself comes too late.
        timeline.schedule(request.horizon().toNanos(), () -> over = true);
        CompletableFuture<InterviewResults> results = new InterviewDriver(
                        plan, prompt -> asked(library, prompt), timeline)
                .withCheck((prompt, completion) -> true)
                .withOver(request.workload().over())
                .start();
        runUntil(results);
        recorder.close();
        return new OutcomeReport(request, variant, services, recorder).of(plan.distinct(), otherwise);
    }

    /** Returns the production library; nothing in it holds a thread or a connection, so it needs no closing. */
    private Whippletree library() {
        AccountPool pool = variant.pool();
        List<PlannedAccount> accounts = PlannedAccount.of(pool);
        CacheTierSettings cache = new CacheTierSettings(PlannedCache.NAME, Settings.none("cache"));
        return Whippletree.builder()
                .timeline(timeline)
                .provider(new PlannedProvider(services.byName(), timeline, recorder, padding))
                .cache(new PlannedCache())
                .configuration(new Configuration(
                        accounts.stream()
                                .map(planned -> planned.settings(PlannedProvider.NAME))
                                .toList(),
                        List.of(route(accounts)),
                        pool.cached() ? List.of(cache) : List.of(),
                        pool.engine(),
                        List.of()))
                .build();
    }

    private RouteSettings route(List<PlannedAccount> accounts) {
        Map<Integer, List<TargetSettings>> tiers = new TreeMap<>();
        accounts.forEach(planned -> planned.member()
                .places()
                .forEach(place -> tiers.computeIfAbsent(place.tier(), tier -> new ArrayList<>())
                        .add(new TargetSettings(planned.id(), place.model()))));
        return variant.pool()
                .route()
                .withTiers(tiers.values().stream().map(Tier::new).toList());
    }

    private CompletableFuture<Completion> asked(Whippletree library, Prompt prompt) {
        Recorder.Asked asked = recorder.asked();
        CompletableFuture<Completion> answer = library.complete(prompt);
        return answer.whenComplete((completion, failure) -> {
            asked.ended(completion);
            over |= endsWithTheFirstFailure && failure != null;
        });
    }

    private void runUntil(CompletableFuture<InterviewResults> results) {
        long most = plan.prompts() * MOST_STEPS_PER_PROMPT + MOST_STEPS_BESIDES;
        long steps = 0;
        while (!over && !results.isDone() && timeline.runNext()) {
            if (++steps > most) {
                throw new IllegalStateException("the simulation of " + variant.interviews()
                        + " interviews doesn't end; plan for fewer interviews, or for a shorter time");
            }
        }
    }
}
