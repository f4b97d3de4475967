package dev.whippletree.stress.simulation;

import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.emulator.simulation.MemoryStore;
import dev.whippletree.emulator.simulation.SimulatedProvider;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.StressEmulation;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.time.VirtualTimeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A stress run of the production engine over simulated accounts, in virtual time. */
final class SimulatedStress {

    private static final String MODEL = "openai/gpt-oss-20b";

    private final VirtualTimeline timeline = new VirtualTimeline(7);
    private final StressSettings settings;
    private final SimulatedProvider provider;
    private final Engine engine;

    SimulatedStress(StressSettings settings, Link link) {
        this.settings = settings;
        EmulatedService service = new EmulatedService(StressEmulation.serviceSettings(settings), timeline.nanoTime());
        this.provider = new SimulatedProvider("simulated", service, timeline, link);
        this.engine = new Engine(timeline, topology(), EngineSettings.DEFAULT, List.of());
    }

    StressReport run() {
        InterviewPlan plan = InterviewPlan.of(settings.interviews());
        CompletableFuture<InterviewResults> results = new InterviewDriver(plan, engine::complete, timeline).start();
        while (!results.isDone() && timeline.runNext()) {}
        return StressReport.of(
                settings, results.join(), engine.status(), provider.service().stats());
    }

    private Topology topology() {
        List<AccountSettings> accounts = StressEmulation.accounts(settings, "simulated", Map.of());
        List<Topology.OpenAccount> open = new ArrayList<>();
        List<RouteSettings.TargetSettings> targets = new ArrayList<>();
        for (AccountSettings account : accounts) {
            open.add(new Topology.OpenAccount(account, provider.connect(account)));
            targets.add(new RouteSettings.TargetSettings(account.id(), MODEL));
        }
        RouteSettings route = RouteSettings.of("default", List.of(new RouteSettings.Tier(targets)));
        Picker picker = new RoundRobin().open(Settings.none("route default"), timeline.random());
        return new Topology(
                open,
                Map.of("default", new Topology.OpenRoute(route, List.of(picker))),
                "default",
                List.of(new Topology.OpenCache("map", new MemoryStore())),
                List.of());
    }
}
