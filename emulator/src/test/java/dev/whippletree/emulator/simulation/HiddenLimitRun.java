package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One account of a service that says nothing of its limits, and always more to ask than they allow, in virtual time.
 */
final class HiddenLimitRun {

    private static final String MODEL = "model";

    /** So many wait at any time; more change nothing. */
    private static final int WAITING = 80;

    private final VirtualTimeline timeline;
    private final EmulatedService service;
    private final Engine engine;
    private long asked;

    /**
     * Prepares a run.
     *
     * @param told whether refusals say how long to wait
     */
    HiddenLimitRun(long seed, Duration latency, boolean told, ServiceLimit... limits) {
        this(seed, latency, told ? builder() : builder().keepsWaitsToItself(), limits);
    }

    HiddenLimitRun(long seed, Duration latency, ServiceSettingsBuilder builder, ServiceLimit... limits) {
        this.timeline = new VirtualTimeline(seed);
        ServiceSettings settings = builder.latency(Latency.uniform(latency, 0.5))
                .refusalLatency(Duration.ofMillis(20))
                .seed(seed)
                .account("hidden", "token", limits)
                .build();
        this.service = new EmulatedService(settings, timeline.nanoTime());
        this.engine = new Engine(timeline, topology(), EngineSettings.DEFAULT, List.of());
        for (int waiting = 0; waiting < WAITING; waiting++) {
            ask();
        }
    }

    static ServiceSettingsBuilder builder() {
        return ServiceSettings.builder(ServiceKind.HUGGING_FACE);
    }

    private Topology topology() {
        Link link = new Link(Duration.ofMillis(20), Duration.ofMillis(60), 0);
        SimulatedProvider provider = new SimulatedProvider("simulated", service, timeline, link, Map.of());
        AccountSettings account = AccountSettings.of(
                "hidden", "simulated", Optional.of(Secret.of("token")), Settings.none("account hidden"));
        RouteSettings route = RouteSettings.of(
                "default", List.of(new RouteSettings.Tier(List.of(new RouteSettings.TargetSettings("hidden", MODEL)))));
        return new Topology(
                List.of(new Topology.OpenAccount(account, provider.connect(account))),
                Map.of(
                        "default",
                        new Topology.OpenRoute(
                                route, List.of(new RoundRobin().open(Settings.none("test"), timeline.random())))),
                "default",
                List.of(),
                List.of());
    }

    /** Asks one thing, and the next when that has ended. */
    private void ask() {
        CompletableFuture<Completion> answer = engine.complete(Prompt.of("question " + asked++));
        answer.whenComplete((completion, failure) -> timeline.schedule(0, this::ask));
    }

    /** What happened in a time. */
    record Share(long calls, long refused, long answered) {

        double refusedShare() {
            return calls == 0 ? 0 : (double) refused / calls;
        }

        /** Returns the answers as a share of what could have been. */
        double answeredShare(double possible) {
            return answered / possible;
        }

        @Override
        public String toString() {
            return calls + " calls, " + refused + " refused, " + answered + " answered";
        }
    }

    /** Lets some time go by. */
    Share run(Duration time) {
        StatusSnapshot.AccountStatus before = account();
        timeline.advance(time);
        StatusSnapshot.AccountStatus after = account();
        return new Share(
                after.calls() - before.calls(),
                after.rateLimited() - before.rateLimited(),
                after.answered() - before.answered());
    }

    void changeLimits(double factor) {
        service.changeLimits(factor, timeline.nanoTime());
    }

    StatusSnapshot.AccountStatus account() {
        return engine.status().accounts().get(0);
    }
}
