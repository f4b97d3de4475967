package dev.whippletree.testkit.emulator;

import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.emulator.simulation.SimulatedProvider;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.StressEmulation;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.engine.Engine;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.FirstTurn;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Several processes in virtual time: the production engine, once for each, over the same emulated accounts, a common
 * cache and whatever coordinates them. The same seed is the same run. Confined to one thread.
 *
 * <p>Each interview stays with one process. What the service itself counted says whether the processes kept its limits
 * together.
 */
public final class SimulatedProcesses {

    private static final String PROVIDER = "simulated";
    private static final String MODEL = "openai/gpt-oss-20b";

    /** Whoever has to wait longer stands still. */
    private static final Duration LONGEST_RUN = Duration.ofHours(1);

    private final VirtualTimeline timeline;
    private final StressSettings settings;
    private final SimulatedProvider provider;
    private final List<Engine> engines = new ArrayList<>();
    private final Map<String, Engine> bySession = new HashMap<>();
    private int sessions;

    /**
     * What all of them work on. Immutable.
     *
     * @param settings the accounts and their limits, as the processes know them, and the interviews that ask them
     * @param allowed what the service allows each account; where that is more, it counts what is too much instead of
     *     refusing it
     * @param link the way to the accounts
     */
    public record Setting(StressSettings settings, Limit allowed, Link link) {

        /** Creates one whose service allows what the processes know. */
        public Setting(StressSettings settings, Link link) {
            this(settings, settings.limit(), link);
        }
    }

    /**
     * What a process shares with others.
     *
     * @param coordination its way to them
     * @param store its way to the common cache
     */
    public record Process(Coordination coordination, CacheStore store) {}

    /**
     * Puts the processes together; nothing runs yet.
     *
     * @param timeline the time by which everything goes, the coordinations included
     * @param setting what they work on
     * @param processes at least one
     */
    public SimulatedProcesses(VirtualTimeline timeline, Setting setting, List<Process> processes) {
        this.timeline = timeline;
        this.settings = setting.settings();
        EmulatedService service = new EmulatedService(
                StressEmulation.serviceSettings(settings.withLimit(setting.allowed())), timeline.nanoTime());
        this.provider = new SimulatedProvider(PROVIDER, service, timeline, setting.link());
        for (Process process : processes) {
            engines.add(new Engine(timeline, topology(process), EngineSettings.DEFAULT, List.of()));
        }
    }

    /**
     * What came of a run. Immutable.
     *
     * @param results what the interviews got
     * @param service what the service saw
     * @param statuses how each process stood at the end
     */
    public record Outcome(InterviewResults results, ServiceStats service, List<StatusSnapshot> statuses) {

        /** Copies the list. */
        public Outcome {
            statuses = List.copyOf(statuses);
        }
    }

    /** Conducts the interviews, which start at once, to their end. */
    public Outcome run() {
        return run(Duration.ZERO);
    }

    /**
     * Conducts the interviews to their end.
     *
     * @param over in what time they start, evenly; zero or more
     * @throws IllegalStateException if interviews are under way an hour after that, or when nothing happens any more
     */
    public Outcome run(Duration over) {
        InterviewPlan plan = InterviewPlan.of(settings.interviews());
        CompletableFuture<InterviewResults> results =
                new InterviewDriver(plan, this::complete, timeline).withOver(over).start();
        long endNanos = timeline.nanoTime() + over.plus(LONGEST_RUN).toNanos();
        while (!results.isDone()) {
            if (timeline.nanoTime() > endNanos || !timeline.runNext()) {
                throw new IllegalStateException("the interviews stand still");
            }
        }
        timeline.advance(settings.latency().mean());
        return new Outcome(results.join(), provider.service().stats(), statuses());
    }

    /** Returns how each process stands. */
    public List<StatusSnapshot> statuses() {
        return engines.stream().map(Engine::status).toList();
    }

    private CompletableFuture<Completion> complete(Prompt prompt) {
        return bySession
                .computeIfAbsent(prompt.session().orElse(""), session -> engines.get(sessions++ % engines.size()))
                .complete(prompt);
    }

    private Topology topology(Process process) {
        List<Topology.OpenAccount> open = new ArrayList<>();
        List<RouteSettings.TargetSettings> targets = new ArrayList<>();
        for (AccountSettings account : StressEmulation.accounts(settings, PROVIDER, Map.of())) {
            open.add(new Topology.OpenAccount(account, provider.connect(account)));
            targets.add(new RouteSettings.TargetSettings(account.id(), MODEL));
        }
        RouteSettings route = RouteSettings.of("default", List.of(new RouteSettings.Tier(targets)));
        RoundRobin strategy = new RoundRobin();
        Settings spread = FirstTurn.spread(strategy.name(), Settings.none("route default"));
        Picker picker = strategy.open(spread, timeline.random());
        return new Topology(
                open,
                Map.of("default", new Topology.OpenRoute(route, List.of(picker))),
                "default",
                List.of(new Topology.OpenCache("common", true, process.store())),
                Optional.of(new Topology.OpenCoordination("simulated", process.coordination())),
                List.of(),
                TenantWeights.EQUAL);
    }
}
