package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Completion;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The production engine over modelled services in virtual time: one scenario, run to its end, and either checked
 * against every invariant after every step or written down. A step is all that happens at one instant: before the last
 * of its effects has run, nobody can see a difference.
 */
final class SimulatedRun {

    private static final int MOST_STEPS = 300_000;

    private final Scenario scenario;
    private final Facts facts;
    private final Journal journal;
    private final List<? extends RunObserver> observers;
    private final SimulatedPool pool;
    private final VirtualTimeline timeline;
    private final Map<Integer, List<Ask>> followers = new HashMap<>();
    private final List<Watch> watch = new ArrayList<>();
    private final Connections connections;

    private SimulatedRun(Scenario scenario, boolean journalKept, Optional<Consumer<String>> lines) {
        this.scenario = scenario;
        this.facts = new Facts(scenario);
        this.journal = new Journal(journalKept);
        Heard heard = new Heard(facts, journal);
        Optional<Transcript> transcript = lines.map(reader -> new Transcript(this::nowNanos, reader));
        this.observers = transcript.isPresent() ? List.of(transcript.get()) : Invariants.all(facts, heard);
        this.connections = new Connections(facts, () -> watch.get(0));
        this.pool = pool(transcript.isPresent() ? transcript.get() : heard);
        this.timeline = pool.timeline();
    }

    /**
     * What went wrong in a run.
     *
     * @param violation which invariant was broken, how and when
     * @param trace the latest steps until then; empty if they weren't to be remembered
     */
    record Broken(String violation, String trace) {}

    /** Runs a scenario, and returns what went wrong, if anything did. */
    static Optional<Broken> run(Scenario scenario) {
        return new SimulatedRun(scenario, false, Optional.empty()).run();
    }

    /** Runs a scenario and remembers its latest steps. */
    static Optional<Broken> trace(Scenario scenario) {
        return new SimulatedRun(scenario, true, Optional.empty()).run();
    }

    /**
     * Runs a scenario without checking it, and writes down every event and outcome.
     *
     * @param lines is given one line after the other
     */
    static void record(Scenario scenario, Consumer<String> lines) {
        new SimulatedRun(scenario, false, Optional.of(lines))
                .run()
                .ifPresent(broken -> lines.accept("broken off: " + broken.violation()));
    }

    private long nowNanos() {
        return timeline.nanoTime();
    }

    private SimulatedPool pool(EngineListener listener) {
        Map<String, SimulatedAccount> accounts = new HashMap<>();
        scenario.accounts().forEach(account -> accounts.put(account.id(), account));
        SimulatedPoolBuilder builder = SimulatedPool.builder(scenario.seed())
                .accounts(scenario.accounts())
                .link(scenario.link())
                .route(scenario.route())
                .engine(scenario.engine())
                .listener(listener);
        Strategies.ALL.forEach(builder::strategy);
        scenario.services()
                .forEach((kind, service) -> builder.service(
                        kind,
                        settings -> settings.latency(service.latency())
                                .refusalLatency(Duration.ofMillis(5))
                                .capacity(service.capacity())
                                .answerLength(service.answerLength())
                                .clockAhead(service.clockAhead())
                                .faults(service.faults())));
        if (scenario.cached()) {
            builder.cached();
        }
        // The watch needs the timeline, which comes with the pool.
        builder.clients((settings, client) -> {
            SimulatedAccount account = accounts.get(settings.id());
            return account == null ? client : connections.open(account, client);
        });
        SimulatedPool built = builder.build();
        watch.add(new Watch(facts, journal, built.timeline(), observers));
        return built;
    }

    private Optional<Broken> run() {
        schedule();
        for (int steps = 1; facts.violation() == null && timeline.runNext(); steps++) {
            timeline.advance(Duration.ZERO);
            facts.nowNanos = timeline.nanoTime();
            facts.instantEnds();
            StatusSnapshot status = pool.status();
            observers.forEach(observer -> observer.step(status));
            facts.check(steps < MOST_STEPS, "bounded", () -> "the run has no end");
        }
        if (facts.violation() == null) {
            StatusSnapshot status = pool.status();
            observers.forEach(observer -> observer.end(status));
            connections.end();
            pool.stats().forEach(stats -> Invariants.checkLimits(facts, stats));
        }
        String violation = facts.violation();
        return violation == null ? Optional.empty() : Optional.of(new Broken(violation, journal.toString()));
    }

    private void schedule() {
        Set<Integer> there = new HashSet<>();
        for (Ask ask : scenario.asks()) {
            if (ask.after().isPresent() && there.contains(ask.after().getAsInt())) {
                followers
                        .computeIfAbsent(ask.after().getAsInt(), id -> new ArrayList<>())
                        .add(ask);
            } else {
                timeline.schedule(ask.delay().toNanos(), () -> ask(ask));
            }
            there.add(ask.id());
        }
        scenario.reloads()
                .forEach(reload -> timeline.schedule(reload.at().toNanos(), () -> {
                    facts.nowNanos = timeline.nanoTime();
                    journal.note(timeline.nanoTime(), "the engine", "is reloaded", reload);
                    observers.forEach(observer -> observer.reloading(reload));
                    connections.reload(reload, scenario, pool);
                }));
        scenario.closing()
                .ifPresent(closing -> timeline.schedule(closing.at().toNanos(), () -> {
                    journal.note(timeline.nanoTime(), "the engine", "is closed", closing);
                    observers.forEach(observer -> observer.closing(closing));
                    pool.engine().close(closing.grace());
                }));
    }

    private void ask(Ask ask) {
        facts.nowNanos = timeline.nanoTime();
        Asked one = facts.asking(ask);
        one.tokens = connections.all().stream()
                .map(client -> client.admission(ask.prompt(), SimulatedAccount.MODEL))
                .mapToLong(admission ->
                        admission.promptTokens() + admission.completionBound().orElse(0))
                .max()
                .orElse(0);
        journal.note(facts.nowNanos, ask, one.opener ? "is asked" : "is asked too", "");
        observers.forEach(observer -> observer.asking(one));
        CompletableFuture<Completion> answer = ask.streaming() ? listen(one) : pool.complete(ask.prompt());
        one.answer = answer;
        answer.whenComplete((completion, failure) -> ended(one, completion, failure));
        ask.patience()
                .ifPresent(patience -> timeline.schedule(patience.toNanos(), () -> {
                    if (!answer.isDone()) {
                        journal.note(timeline.nanoTime(), "#" + ask.id(), "is given up", "");
                        answer.cancel(true);
                    }
                }));
    }

    private CompletableFuture<Completion> listen(Asked one) {
        Listening caller = new Listening(delta -> observers.forEach(observer -> observer.told(one, delta)));
        one.caller = caller;
        pool.engine().stream(one.ask.prompt()).subscribe(caller);
        return caller.whole();
    }

    private void ended(Asked one, @Nullable Completion completion, @Nullable Throwable failure) {
        facts.nowNanos = timeline.nanoTime();
        facts.ended(one);
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        journal.note(facts.nowNanos, "#" + one.ask.id(), "ends", cause == null ? "answered" : cause);
        if (completion != null) {
            observers.forEach(observer -> observer.answered(one, completion));
        } else if (cause instanceof PromptException refusal) {
            observers.forEach(observer -> observer.refused(one, refusal));
        } else {
            observers.forEach(observer -> observer.gone(one, cause));
            if (one.ask.patience().isEmpty()) {
                facts.violated("one outcome each", "#" + one.ask.id() + " ended with " + cause);
            }
        }
        followers
                .getOrDefault(one.ask.id(), List.of())
                .forEach(next -> timeline.schedule(next.delay().toNanos(), () -> ask(next)));
    }
}
