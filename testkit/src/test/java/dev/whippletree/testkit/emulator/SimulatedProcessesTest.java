package dev.whippletree.testkit.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.emulator.simulation.MemoryStore;
import dev.whippletree.model.Limit;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Settings;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.coordinator.FakeCoordinator;
import dev.whippletree.testkit.coordinator.FakeMeetingPoint;
import dev.whippletree.testkit.emulator.SimulatedProcesses.Outcome;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several engines over a faulty network between them and their coordinator: the invariants that hold for all of them
 * together.
 */
@Tag("slow")
class SimulatedProcessesTest {

    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Link LINK = new Link(Duration.ofMillis(1), Duration.ofMillis(30), 0);

    private final FakeMeetingPoint point = new FakeMeetingPoint();
    private final List<FakeCoordinator> links = new ArrayList<>();

    private static StressSettings settings(long seed, int interviews, double repeat, int amount) {
        return StressSettings.STANDARD
                .withInterviews(Interviews.STANDARD
                        .withInterviews(interviews)
                        .withQuestions(5)
                        .withRepeat(repeat)
                        .withSeed(seed))
                .withLimit(Limit.requests(amount, WINDOW))
                .withLatency(Latency.parse("300ms~20%"));
    }

    private SimulatedProcesses processes(VirtualTimeline timeline, int count, StressSettings settings) {
        CacheStore store = new MemoryStore();
        List<SimulatedProcesses.Process> processes = new ArrayList<>();
        for (int process = 0; process < count; process++) {
            FakeCoordinator link = new FakeCoordinator(point);
            links.add(link);
            Coordination coordination = link.open(Settings.none("coordinator"), FakeServices.on(timeline));
            processes.add(new SimulatedProcesses.Process(coordination, store));
        }
        return new SimulatedProcesses(timeline, new SimulatedProcesses.Setting(settings, LINK), processes);
    }

    private static void assertAllEnded(Outcome outcome, StressSettings settings) {
        assertThat(outcome.results().answered()).isEqualTo(settings.interviews().prompts());
        assertThat(outcome.results().wrong()).isZero();
        assertThat(outcome.statuses()).allSatisfy(status -> {
            assertThat(status.waiting()).isZero();
            assertThat(status.inFlight()).isZero();
            assertThat(status.prompts().underWay()).isZero();
        });
    }

    private static void assertLimitsHeld(Outcome outcome) {
        assertThat(outcome.service().rateLimited()).isZero();
        assertThat(outcome.service().limits())
                .allSatisfy(limit -> assertThat(limit.fullest()).isLessThanOrEqualTo(limit.amount()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void equalQuestionsInAllProcesses_costOneCallEach(int count) {
        StressSettings settings = settings(1, 100, 0.95, 1_000);
        Outcome outcome = processes(new VirtualTimeline(1), count, settings).run();
        assertAllEnded(outcome, settings);
        assertLimitsHeld(outcome);
        assertThat(outcome.service().calls()).isEqualTo(settings.interviews().distinct());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void fourProcesses_useALimitUpTogether_andNeverExceedIt(long seed) {
        StressSettings settings = settings(seed, 40, 0.2, 25);
        VirtualTimeline timeline = new VirtualTimeline(seed);
        SimulatedProcesses processes = processes(timeline, 4, settings);
        links.forEach(link -> link.delayBy(Duration.ofMillis(1 + seed)));
        Outcome outcome = processes.run();
        assertAllEnded(outcome, settings);
        assertLimitsHeld(outcome);
        assertThat(outcome.service().limits()).extracting(LimitStats::fullest).contains(25L);
        assertThat(outcome.service().calls()).isEqualTo(settings.interviews().distinct());
        assertThat(outcome.statuses())
                .allSatisfy(
                        status -> assertThat(status.coordination().orElseThrow().refused())
                                .isPositive());
    }

    /**
     * Each link is slow, lossy and at times cut; a process that is cut off may use its share while the others use the
     * whole.
     */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void faultyNetwork_everyPromptIsAnsweredAllTheSame(long seed) {
        StressSettings settings = settings(seed, 40, 0.2, 25);
        VirtualTimeline timeline = new VirtualTimeline(seed);
        SimulatedProcesses processes = processes(timeline, 4, settings);
        Random chance = new Random(seed);
        for (FakeCoordinator link : links) {
            link.delayBy(Duration.ofMillis(chance.nextInt(300)));
            link.lose(chance.nextDouble() / 4);
            long from = chance.nextInt(20_000);
            timeline.schedule(from * 1_000_000, () -> link.cutOff(true));
            timeline.schedule((from + chance.nextInt(20_000)) * 1_000_000, () -> link.cutOff(false));
        }
        Outcome outcome = processes.run();
        assertAllEnded(outcome, settings);
        assertThat(outcome.service().calls() - outcome.service().rateLimited())
                .isGreaterThanOrEqualTo(settings.interviews().distinct());
    }

    @Test
    void allCutOffAtOnce_keepToTheirShares() {
        StressSettings settings = settings(3, 40, 0.2, 24);
        VirtualTimeline timeline = new VirtualTimeline(3);
        SimulatedProcesses processes = processes(timeline, 4, settings);
        timeline.schedule(5_000_000_000L, () -> links.forEach(link -> link.cutOff(true)));
        Outcome outcome = processes.run();
        assertAllEnded(outcome, settings);
        assertLimitsHeld(outcome);
        assertThat(outcome.statuses())
                .allSatisfy(status ->
                        assertThat(status.coordination().orElseThrow().alone()).isPositive());
    }
}
