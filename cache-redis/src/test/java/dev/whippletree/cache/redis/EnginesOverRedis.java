package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.ModelledRedis;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.Coordination;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.emulator.SimulatedProcesses;
import dev.whippletree.testkit.emulator.SimulatedProcesses.Outcome;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Several processes in virtual time, production code from the prompt to the command: each an engine with a coordination
 * and a cache of its own over one modelled Redis, by a faulty network of its own. The same seed is the same run.
 * Confined to one thread.
 *
 * <p>The service allows more than the processes know of, so that it counts what is too much instead of refusing it.
 */
final class EnginesOverRedis {

    static final int PROCESSES = 4;
    static final Duration WINDOW = Duration.ofSeconds(10);
    static final long AMOUNT = 24;

    /** What one may use that is cut off. */
    static final long SHARE = AMOUNT / PROCESSES;

    private static final Link LINK = new Link(Duration.ofMillis(1), Duration.ofMillis(30), 0);

    private final long seed;
    private final StressSettings settings;
    private final Duration over;
    private final VirtualTimeline timeline;
    private final ModelledRedis redis;
    private final List<FaultyCommands> networks = new ArrayList<>();
    private final List<Coordination> coordinations = new ArrayList<>();
    private final SimulatedProcesses processes;

    /**
     * What is run.
     *
     * @param processes how many there are
     * @param settings the accounts that they share, and what they are asked
     * @param over in what time the interviews start
     * @param commandTimeout how long they wait for Redis
     */
    record Size(int processes, StressSettings settings, Duration over, Duration commandTimeout) {

        /** Returns one of so many requests in a {@link #WINDOW}. */
        static Size of(int processes, int accounts, Interviews interviews, Duration commandTimeout) {
            return new Size(
                    processes,
                    StressSettings.STANDARD
                            .withInterviews(interviews)
                            .withAccounts(accounts)
                            .withLimit(Limit.requests(AMOUNT, WINDOW))
                            .withLatency(Latency.parse("300ms~20%")),
                    Duration.ZERO,
                    commandTimeout);
        }
    }

    EnginesOverRedis(long seed) {
        this(
                seed,
                Size.of(
                        PROCESSES,
                        StressSettings.STANDARD.accounts(),
                        Interviews.STANDARD.withInterviews(60).withQuestions(6).withRepeat(0.5),
                        FaultyCommands.TIMEOUT));
    }

    EnginesOverRedis(long seed, Size size) {
        this.seed = seed;
        over = size.over();
        settings = size.settings().withInterviews(size.settings().interviews().withSeed(seed));
        timeline = new VirtualTimeline(seed);
        redis = new ModelledRedis(timeline);
        List<SimulatedProcesses.Process> all = new ArrayList<>();
        for (int i = 0; i < size.processes(); i++) {
            FaultyCommands network = new FaultyCommands(redis, timeline, size.commandTimeout());
            networks.add(network);
            coordinations.add(CoordinatedProcess.open(
                    Map.of("command-timeout", size.commandTimeout().toMillis() + "ms"),
                    network.commands(),
                    FakeServices.on(timeline)));
            all.add(new SimulatedProcesses.Process(coordinations.get(i), network.store()));
        }
        Limit known = settings.limit();
        Limit allowed = Limit.requests(10 * known.amount(), known.window());
        processes = new SimulatedProcesses(timeline, new SimulatedProcesses.Setting(settings, allowed, LINK), all);
        timeline.advance(Duration.ofSeconds(3));
    }

    ModelledRedis redis() {
        return redis;
    }

    FaultyCommands network(int process) {
        return networks.get(process);
    }

    void everywhere(Consumer<FaultyCommands> change) {
        networks.forEach(change);
    }

    void after(Duration time, Runnable change) {
        timeline.schedule(time.toNanos(), change);
    }

    int distinct() {
        return settings.interviews().distinct();
    }

    /** Lets something go wrong during the run. */
    EnginesOverRedis with(Trouble trouble) {
        trouble.strike(this, new SplittableRandom(seed));
        return this;
    }

    /** Conducts the interviews; whatever happens to Redis, they end well. */
    Outcome run() {
        Outcome outcome = processes.run(over);
        assertThat(outcome.results().errors()).as("seed %d", seed).isEmpty();
        assertThat(outcome.results().answered())
                .as("seed %d", seed)
                .isEqualTo(settings.interviews().prompts());
        assertThat(outcome.results().wrong()).as("seed %d", seed).isZero();
        return outcome;
    }

    /** Returns the most that a window held, of any account, as the service counted. */
    static long fullest(Outcome outcome) {
        return outcome.service().limits().stream()
                .mapToLong(LimitStats::fullest)
                .max()
                .orElseThrow();
    }

    /** Returns which process makes a call. */
    int calling() {
        List<StatusSnapshot> statuses = processes.statuses();
        return IntStream.range(0, statuses.size())
                .filter(process -> statuses.get(process).inFlight() > 0)
                .findFirst()
                .orElseThrow();
    }

    /** Returns how many calls were let pass without asking the others. */
    long alone() {
        return coordinations.stream().mapToLong(each -> each.status().alone()).sum();
    }

    /** Once the trouble is over, nobody holds anything any more, neither here nor there. */
    void assertNothingIsLeft() {
        everywhere(network -> {
            network.lose(0);
            network.setDown(false);
            network.setSilent(false);
            network.setDeaf(FaultyCommands.Deafness.NONE);
        });
        timeline.advance(Duration.ofSeconds(15));
        assertThat(redis.inFlight()).as("in flight, seed %d", seed).isZero();
        assertThat(redis.claimed()).as("claimed, seed %d", seed).isZero();
        assertThat(processes.statuses()).as("seed %d", seed).allSatisfy(status -> {
            assertThat(status.waiting()).isZero();
            assertThat(status.inFlight()).isZero();
            assertThat(status.prompts().underWay()).isZero();
            assertThat(status.coordination().orElseThrow().problem()).isEmpty();
            assertThat(status.coordination().orElseThrow().processes()).isEqualTo(coordinations.size());
        });
        Duration window = settings.limit().window();
        timeline.advance(window);
        assertThat(redis.used(window)).as("used, seed %d", seed).isZero();
    }
}
