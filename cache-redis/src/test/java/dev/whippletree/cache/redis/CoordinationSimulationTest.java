package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.ModelledRedis;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several processes over a modelled Redis and a faulty network, in virtual time: whatever is lost, no use is lost or
 * doubled, and limits hold.
 */
class CoordinationSimulationTest {

    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final long AMOUNT = 400;
    private static final int STEPS = 3_000;

    /** After so long without a grant, everybody knows what the others use. */
    private static final Duration QUIET = Duration.ofSeconds(6);

    /** Who alone is cut off uses a share of what is left, as may the others: in these runs, no more than a call. */
    private static final long ALONE = 5;

    /**
     * What was in flight when a process was cut off for longer than its lease counts as if the process had died, that
     * is later; no more than was in flight at such a moment.
     */
    private static final long LATE = 40;

    private VirtualTimeline timeline = new VirtualTimeline(0);
    private ModelledRedis redis = new ModelledRedis(timeline);
    private final List<FaultyCommands> networks = new ArrayList<>();
    private final List<Coordination> processes = new ArrayList<>();

    /** What services counted: each use, when, and how much. */
    private final List<long[]> used = new ArrayList<>();

    private final Map<String, Long> inFlight = new HashMap<>();
    private long most;
    private Runnable replica = () -> {};

    private void open(long seed, int count, Map<String, String> settings) {
        timeline = new VirtualTimeline(seed);
        redis = new ModelledRedis(timeline);
        for (int i = 0; i < count; i++) {
            FaultyCommands network = new FaultyCommands(redis, timeline);
            networks.add(network);
            processes.add(CoordinatedProcess.open(settings, network.commands(), FakeServices.on(timeline)));
        }
        timeline.advance(Duration.ofSeconds(3));
    }

    /** One prompt: reserves, and 5 seconds later, at most, it is over. */
    private void call(Coordination process) {
        RandomGenerator random = timeline.random();
        LimitUse use =
                new LimitUse(Scope.of("test/acme"), "tokens", Limit.tokens(AMOUNT, WINDOW), 1 + random.nextInt(5));
        process.reserve(List.of(use), CoordinatedProcess.TURN).thenAccept(grant -> {
            if (grant instanceof Grant.Granted granted) {
                inFlight.put(granted.id(), use.amount());
                check();
                timeline.schedule(random.nextLong(5_000_000_000L), () -> finish(process, granted.id(), use));
            }
        });
    }

    private void finish(Coordination process, String id, LimitUse use) {
        inFlight.remove(id);
        if (timeline.random().nextInt(5) == 0) {
            process.release(id);
            return;
        }
        long actual = timeline.random().nextLong(use.amount() + 1);
        used.add(new long[] {timeline.nanoTime(), actual});
        process.settle(id, Optional.of(new TokenCount(actual, 0)), Duration.ZERO);
    }

    private void check() {
        most = Math.max(most, total());
    }

    /** What counts by now: uses of the last window, and what may still be used. */
    private long total() {
        used.removeIf(use -> use[0] + WINDOW.toNanos() <= timeline.nanoTime());
        return used.stream().mapToLong(use -> use[1]).sum()
                + inFlight.values().stream().mapToLong(Long::longValue).sum();
    }

    private void assertAgreed(long late) {
        networks.forEach(network -> network.lose(0));
        timeline.advance(Duration.ofSeconds(20));
        assertThat(redis.inFlight()).as("in flight").isZero();
        assertThat(redis.used(WINDOW)).as("counted by all, and by the service").isBetween(total(), total() + late);
        processes.forEach(process -> assertThat(process.status().problem()).isEmpty());
    }

    /** What goes wrong at times while processes work. */
    private enum Times {
        NOTHING(AMOUNT - 20, AMOUNT, 12),
        LOSSES(AMOUNT / 2, AMOUNT + ALONE, 12),
        FREEZES(0, AMOUNT, 12),
        OUTAGES(0, AMOUNT, LATE),
        RESTARTS_WITHOUT_DATA(0, AMOUNT, 12),
        RESTARTS_IN_THE_MIDST_OF_WORK(0, AMOUNT, 12),
        FAILOVERS(0, AMOUNT, 12);

        private final long least;
        private final long most;
        private final long late;

        Times(long least, long most, long late) {
            this.least = least;
            this.most = most;
            this.late = late;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverIsLost_noUseIsLostOrDoubled_andTheLimitHolds(Times times) {
        run(times, 1);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void whateverIsLost_fromMoreSeeds_noUseIsLostOrDoubled_andTheLimitHolds(Times times) {
        for (long seed = 2; seed <= (Boolean.getBoolean("thorough") ? 10 : 3); seed++) {
            networks.clear();
            processes.clear();
            used.clear();
            inFlight.clear();
            most = 0;
            run(times, seed);
        }
    }

    private void run(Times times, long seed) {
        open(seed, 4, Map.of());
        networks.forEach(network -> network.lose(times == Times.LOSSES ? 0.03 : 0));

        for (int step = 0; step < STEPS; step++) {
            trouble(times);
            call(processes.get(timeline.random().nextInt(processes.size())));
            timeline.advance(Duration.ofMillis(timeline.random().nextLong(800)));
        }
        networks.forEach(network -> network.setDown(false));

        assertThat(most).as("seed %d", seed).isBetween(times.least, times.most);
        assertThat(alone())
                .as("seed %d", seed)
                .isBetween(times == Times.OUTAGES ? 1L : 0, times == Times.NOTHING ? 0 : Long.MAX_VALUE);
        assertAgreed(times.late);
    }

    private void trouble(Times times) {
        RandomGenerator random = timeline.random();
        switch (times) {
            case NOTHING, LOSSES -> {}
            case FREEZES -> {
                if (random.nextInt(50) == 0) {
                    Duration time = Duration.ofMillis(random.nextLong(900));
                    networks.forEach(network -> network.freeze(time));
                }
            }
            case OUTAGES -> {
                if (random.nextInt(100) == 0) {
                    timeline.advance(QUIET);
                    boolean down = random.nextBoolean();
                    networks.forEach(network -> network.setDown(down));
                }
            }
            case RESTARTS_WITHOUT_DATA -> restartAtTimes(QUIET, redis::empty);
            case RESTARTS_IN_THE_MIDST_OF_WORK -> restartAtTimes(Duration.ZERO, redis::empty);
            case FAILOVERS -> failOverAtTimes();
        }
    }

    /** A replica that heard nothing for a while takes over. */
    private void failOverAtTimes() {
        RandomGenerator random = timeline.random();
        if (random.nextInt(20) == 0) {
            replica = redis.image();
        }
        restartAtTimes(Duration.ZERO, replica);
    }

    private void restartAtTimes(Duration quiet, Runnable loss) {
        RandomGenerator random = timeline.random();
        if (random.nextInt(150) == 0) {
            timeline.advance(quiet);
            networks.forEach(network -> network.setDown(true));
            loss.run();
            for (FaultyCommands network : networks) {
                timeline.schedule(random.nextLong(1_000_000_000L), () -> network.setDown(false));
            }
        }
    }

    @Test
    void processThatNeverAsked_knowsWhatOthersUsedWhenItIsCutOff() {
        open(1, 4, Map.of());
        assertThat(grant(0, AMOUNT - 40)).isInstanceOf(Grant.Granted.class);
        timeline.advance(QUIET);
        networks.forEach(network -> network.setDown(true));
        timeline.advance(Duration.ofSeconds(3));

        assertThat(grant(1, 11)).isInstanceOf(Grant.Refused.class);
        assertThat(grant(1, 10)).isInstanceOf(Grant.Granted.class);
        assertThat(grant(1, 1)).isInstanceOf(Grant.Refused.class);
    }

    @Test
    void onlyOneIsCutOffForAMoment_isPutOffInsteadOfGrantedAlone() {
        open(1, 2, Map.of());
        assertThat(grant(0, 1)).isInstanceOf(Grant.Granted.class);
        networks.get(0).setDown(true);

        CompletableFuture<Grant> putOff = reserve(0, 1);
        timeline.advance(Duration.ofMillis(10));
        assertThat(putOff.join()).isEqualTo(new Grant.Refused(tokens(1), Duration.ofMillis(100)));
        assertThat(processes.get(0).status().connected()).as("perhaps").isTrue();
        assertThat(processes.get(0).status().problem()).isEmpty();
        timeline.advance(Duration.ofMillis(300));
        assertThat(processes.get(0).status().connected()).isFalse();
        assertThat(processes.get(0).status().problem()).isPresent();
        networks.get(0).setDown(false);
        timeline.advance(Duration.ofSeconds(3));

        assertThat(grant(0, AMOUNT - 1)).isInstanceOf(Grant.Granted.class);
        assertThat(alone()).isZero();
        assertThat(redis.inFlight()).isEqualTo(AMOUNT);
    }

    /** Each starts ten calls a second, of far fewer than there are. */
    @Test
    void busyProcesses_askOnceForFiveCalls_whileThereIsEase() {
        open(1, 10, Map.of());
        LimitUse use = new LimitUse(Scope.of("test/acme"), "many", Limit.requests(100_000, WINDOW), 1);
        long before = redis.trades();
        long granted = keepBusy(use, Duration.ofSeconds(60), Duration.ofMillis(10));

        assertThat(granted).isEqualTo(6_000);
        assertThat((double) (redis.trades() - before) / granted).isLessThanOrEqualTo(0.2);
        assertThat(redis.mostFree()).as("thousandths of a limit").isBetween(1L, 50L);
        assertThat(alone()).isZero();
        timeline.advance(QUIET);
        assertThat(redis.inFlight()).as("given back").isZero();
    }

    /** Twice as many attempts as fit. */
    @Test
    void exhaustedLimit_isUsedUp_andNothingOfItStaysFree() {
        open(1, 10, Map.of());
        Duration window = Duration.ofSeconds(60);
        LimitUse use = new LimitUse(Scope.of("test/acme"), "few", Limit.requests(600, window), 1);
        keepBusy(use, window.multipliedBy(2), Duration.ofMillis(50));

        long granted = keepBusy(use, window, Duration.ofMillis(50));

        assertThat(granted).isBetween(588L, 600L);
        assertThat(redis.used(window)).isBetween(588L, 600L);
    }

    /** One has fifty attempts at a time, and the other nine have one each: they take turns. */
    @Test
    void exhaustedLimit_isSharedByTurns_whateverSomeAskFor() {
        open(1, 10, Map.of());
        Duration window = Duration.ofSeconds(60);
        LimitUse use = new LimitUse(Scope.of("test/acme"), "few", Limit.requests(600, window), 1);
        long[] granted = new long[10];
        for (int process = 0; process < 10; process++) {
            for (int worker = 0; worker < (process == 0 ? 50 : 1); worker++) {
                work(process, use, granted);
            }
        }
        timeline.advance(window.multipliedBy(2));
        Arrays.fill(granted, 0);
        long before = redis.trades();

        timeline.advance(window.multipliedBy(2));

        long all = Arrays.stream(granted).sum();
        assertThat(all).isBetween(2 * 588L, 2 * 601L);
        double squares =
                Arrays.stream(granted).mapToDouble(each -> (double) each * each).sum();
        assertThat(all * all / (granted.length * squares)).as("Jain's index").isGreaterThanOrEqualTo(0.99);
        assertThat((double) (redis.trades() - before) / all)
                .as("one to be promised room, one to get it, and some to tell what ended")
                .isLessThanOrEqualTo(3.5);
    }

    /** Makes one call after the other, and comes back when it is told to. */
    private void work(int process, LimitUse use, long[] granted) {
        processes.get(process).reserve(List.of(use), CoordinatedProcess.TURN).thenAccept(grant -> {
            if (grant instanceof Grant.Granted one) {
                granted[process]++;
                timeline.schedule(Duration.ofMillis(100).toNanos(), () -> {
                    processes.get(process).settle(one.id(), Optional.empty(), Duration.ofMillis(100));
                    work(process, use, granted);
                });
            } else if (grant instanceof Grant.Refused refused) {
                timeline.schedule(refused.retryAfter().toNanos(), () -> work(process, use, granted));
            }
        });
    }

    /** A tenant asks in two processes, of which one is nearer to Redis. Another tenant uses a fifth of its half. */
    @Test
    void whatATenantLeaves_isSharedEvenlyByAnothersProcesses_howeverNearTheyAre() {
        open(1, 3, Map.of());
        redis.tellWaits(Duration.ofMinutes(1));
        networks.get(0).slowDown(Duration.ofNanos(100_000));
        Line near = new Line(0, "spread", Duration.ofMillis(200), 8);
        Line far = new Line(1, "spread", Duration.ofMillis(200), 8);
        Line other = new Line(2, "other", Duration.ofSeconds(3), 1);
        List<Line> all = List.of(near, far, other);
        all.forEach(Line::ask);
        timeline.advance(Line.FEW.window().multipliedBy(2));
        all.forEach(line -> line.granted = 0);

        timeline.advance(Line.FEW.window().multipliedBy(6));

        assertThat(other.granted).as("the other tenant's").isBetween(6 * 5L, 6 * 7L);
        assertThat(Math.min(near.granted, far.granted))
                .as("near %d, far %d", near.granted, far.granted)
                .isGreaterThan(Math.max(near.granted, far.granted) * 4 / 5);
    }

    /** Asks as an engine does: for all prompts that wait, and once refused for none until it was told to come. */
    private final class Line {

        private static final Limit FEW = Limit.requests(60, Duration.ofSeconds(20));

        private final Coordination process;
        private final TenantTurn turn;
        private final Duration call;
        private int waiting;
        private long untilNanos;
        private long granted;

        Line(int process, String tenant, Duration call, int prompts) {
            this.process = processes.get(process);
            this.turn = new TenantTurn(tenant, Priority.INTERACTIVE, 1);
            this.call = call;
            this.waiting = prompts;
        }

        void ask() {
            int asking = timeline.nanoTime() < untilNanos ? 0 : waiting;
            waiting -= asking;
            LimitUse use = new LimitUse(Scope.of("test/acme"), "few", FEW, 1);
            for (int n = 0; n < asking; n++) {
                process.reserve(List.of(use), turn).thenAccept(this::take);
            }
        }

        private void take(Grant grant) {
            if (grant instanceof Grant.Granted one) {
                granted++;
                timeline.schedule(call.toNanos(), () -> {
                    process.settle(one.id(), Optional.empty(), call);
                    waiting++;
                    ask();
                });
            } else if (grant instanceof Grant.Refused refused) {
                long waitNanos = refused.retryAfter().toNanos();
                untilNanos = Math.max(untilNanos, timeline.nanoTime() + waitNanos);
                waiting++;
                timeline.schedule(waitNanos, this::ask);
            }
        }
    }

    /** What they had free is given back by time, and what they had in flight counts as used. */
    @Test
    void halfOfTheProcessesDie_andTheOthersUseTheLimit() {
        open(1, 10, Map.of("call-lease", "5s"));
        Duration window = Duration.ofSeconds(60);
        LimitUse use = new LimitUse(Scope.of("test/acme"), "few", Limit.requests(600, window), 1);
        keepBusy(use, window, Duration.ofMillis(50));
        networks.subList(0, 5).forEach(network -> network.setDown(true));
        List<Coordination> all = List.copyOf(processes);
        processes.subList(0, 5).clear();
        keepBusy(use, window, Duration.ofMillis(50));

        assertThat(keepBusy(use, window, Duration.ofMillis(50))).isBetween(588L, 600L);
        all.forEach(Coordination::close);
    }

    /** Lets processes start calls by turns, at intervals, each of 100 ms; returns how many were granted. */
    private long keepBusy(LimitUse use, Duration time, Duration interval) {
        long[] granted = {0};
        long steps = time.dividedBy(interval);
        for (long n = 0; n < steps; n++) {
            Coordination process = processes.get((int) (n % processes.size()));
            process.reserve(List.of(use), CoordinatedProcess.TURN).thenAccept(grant -> {
                if (grant instanceof Grant.Granted one) {
                    granted[0]++;
                    used.add(new long[] {timeline.nanoTime(), use.amount()});
                    timeline.schedule(
                            Duration.ofMillis(100).toNanos(),
                            () -> process.settle(one.id(), Optional.empty(), Duration.ofMillis(100)));
                }
            });
            timeline.advance(interval);
        }
        timeline.advance(Duration.ofMillis(200));
        return granted[0];
    }

    /** One uses its share alone, and is back a second after the other, which may ask for the first time then. */
    @ParameterizedTest
    @ValueSource(ints = {1, 0})
    void whoIsBackFirst_leavesTheOthersWhatTheyUsedMeanwhile(int before) {
        open(1, 2, Map.of());
        for (int n = 0; n < before; n++) {
            assertThat(grant(0, 1)).isInstanceOf(Grant.Granted.class);
        }
        networks.forEach(network -> network.setDown(true));
        timeline.advance(Duration.ofSeconds(3));
        assertThat(grant(1, AMOUNT / 2 - 10)).isInstanceOf(Grant.Granted.class);
        networks.get(0).setDown(false);
        timeline.advance(Duration.ofMillis(10));
        assertThat(grant(0, AMOUNT / 2 + 11)).isInstanceOf(Grant.Refused.class);
        timeline.advance(Duration.ofMillis(700));
        networks.get(1).setDown(false);
        timeline.advance(Duration.ofSeconds(2));

        assertThat(grant(0, AMOUNT / 2 + 11 - before)).isInstanceOf(Grant.Refused.class);
        assertThat(grant(0, AMOUNT / 2 + 10 - before)).isInstanceOf(Grant.Granted.class);
    }

    /** While it leaves the others time, it goes on looking whether there is contact. */
    @Test
    void contactIsMadeAtOnce_thoughOthersMayBeBackLater() {
        open(1, 2, Map.of());
        assertThat(grant(0, 1)).isInstanceOf(Grant.Granted.class);
        networks.get(0).setDown(true);
        timeline.advance(Duration.ofSeconds(5));
        assertThat(processes.get(0).status().connected()).isFalse();
        networks.get(0).setDown(false);
        timeline.advance(Duration.ofMillis(100));

        assertThat(processes.get(0).status().connected()).isTrue();
        assertThat(processes.get(0).status().problem()).isEmpty();
        assertThat(grant(0, 1)).as("others may be back later").isInstanceOf(Grant.Refused.class);
        networks.get(0).setDown(true);
        timeline.advance(Contact.INTERVAL.plus(FaultyCommands.TIMEOUT));
        assertThat(processes.get(0).status().connected()).isFalse();
    }

    /** Of a cluster, the shard that has the limits doesn't answer, and the others do. */
    @Test
    void shardThatDoesNotAnswer_costsItsLimitsTheSharedCount_andNothingElse() {
        open(1, 4, Map.of("uri", "redis-cluster://localhost"));
        networks.forEach(FaultyCommands::beInACluster);
        for (int n = 0; n < 40; n++) {
            call(processes.get(n % 4));
            timeline.advance(Duration.ofMillis(100));
        }
        timeline.advance(QUIET);
        networks.forEach(network -> network.setDeaf(FaultyCommands.Deafness.TO_LIMITS));

        for (int n = 0; n < 400; n++) {
            call(processes.get(n % 4));
            timeline.advance(Duration.ofMillis(100));
        }

        assertThat(alone()).isPositive();
        assertThat(most).isBetween(AMOUNT / 2, AMOUNT);
        assertThat(claim(0))
                .isInstanceOfSatisfying(
                        Claim.Ours.class, ours -> assertThat(ours.agreed()).isTrue());
        assertThat(claim(1)).isInstanceOf(Claim.Others.class);
        processes.forEach(process -> {
            assertThat(process.status().connected()).isFalse();
            assertThat(process.status().problem())
                    .get()
                    .asString()
                    .contains("a shard of Redis", "for limits of test/acme this process grants its own share");
        });
        networks.forEach(network -> network.setDeaf(FaultyCommands.Deafness.NONE));
        assertAgreed(LATE);
    }

    @Test
    void clockOfRedisThatIsSet_costsNobodyAGrant_norAClaim() {
        open(1, 2, Map.of());
        redis.putClockForward(Duration.ofHours(1));
        assertThat(grant(0, 1)).isInstanceOf(Grant.Granted.class);
        assertThat(alone()).isZero();
        assertThat(claim(1))
                .isInstanceOfSatisfying(
                        Claim.Ours.class, ours -> assertThat(ours.agreed()).isTrue());
    }

    /** Blocks in it have expired, and who hasn't traded for as long has none any more, but numbers are known. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dumpOfLongAgo_isToldWhatItLacks_andNothingElse(boolean busy) {
        open(1, 2, Map.of("call-lease", "60s"));
        use(0, 30);
        use(1, 20);
        Runnable dump = redis.image();
        timeline.advance(Duration.ofMinutes(1));
        use(0, 7);
        use(1, 5);
        timeline.advance(Duration.ofMinutes(4));
        if (busy) {
            use(0, 1);
        }
        networks.forEach(network -> network.setDown(true));
        dump.run();
        timeline.advance(Duration.ofMillis(100));
        networks.forEach(network -> network.setDown(false));
        timeline.advance(Duration.ofSeconds(5));

        assertThat(redis.used(WINDOW)).isEqualTo(busy ? 63 : 62);
        assertThat(grant(0, 1)).isInstanceOf(Grant.Granted.class);
    }

    private void use(int process, long amount) {
        String id = ((Grant.Granted) grant(process, amount)).id();
        processes.get(process).settle(id, Optional.empty(), Duration.ZERO);
        timeline.advance(Duration.ofSeconds(1));
    }

    @Test
    void grantsInFlight_areEnteredAgainWhenAllWasLost() {
        open(1, 2, Map.of());
        String id = ((Grant.Granted) grant(0, 30)).id();
        grant(0, 20);
        redis.empty();
        timeline.advance(Duration.ofSeconds(3));
        assertThat(redis.inFlight()).isEqualTo(50);

        processes.get(0).settle(id, Optional.of(new TokenCount(7, 0)), Duration.ZERO);
        timeline.advance(Duration.ofSeconds(1));

        assertThat(redis.used(WINDOW)).isEqualTo(27);
    }

    /** As by a reload that adds the limit. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void usesFromBeforeALimitWasShared_countForAll_thoughTheirProcessAsksForNothing(boolean down) {
        open(1, 2, Map.of());
        networks.get(0).setDown(down);
        processes.get(0).enter(tokens(1), Map.of(Duration.ofSeconds(1), 30L));
        timeline.advance(Duration.ofSeconds(1));
        assertThat(redis.used(WINDOW)).isEqualTo(down ? 0 : 30);
        networks.get(0).setDown(false);
        timeline.advance(Contact.INTERVAL);

        assertThat(redis.used(WINDOW)).isEqualTo(30);
        assertThat(grant(1, AMOUNT - 29)).isInstanceOf(Grant.Refused.class);
        assertThat(grant(1, AMOUNT - 30)).isInstanceOf(Grant.Granted.class);
    }

    @Test
    void moreGrantsThanAreEnteredInOneStep_areAllEntered() {
        open(1, 1, Map.of());
        networks.get(0).setDown(true);
        timeline.advance(Duration.ofSeconds(3));
        LimitUse use = new LimitUse(Scope.of("test/acme"), "requests", Limit.requests(1_300, WINDOW), 1);
        for (int i = 0; i < 1_200; i++) {
            processes.get(0).reserve(List.of(use), CoordinatedProcess.TURN);
        }
        assertThat(alone()).isEqualTo(1_200);
        networks.get(0).setDown(false);
        timeline.advance(Duration.ofSeconds(3));

        assertThat(redis.inFlight()).isEqualTo(1_200);
    }

    @Test
    void neverEnded_countsAsUsedAfterItsLease_hereToo() {
        open(1, 1, Map.of("call-lease", "60s"));
        String id = ((Grant.Granted) grant(0, 30)).id();
        timeline.advance(Duration.ofSeconds(70));
        assertThat(redis.inFlight()).isZero();
        processes.get(0).settle(id, Optional.of(new TokenCount(0, 0)), Duration.ZERO);
        processes.get(0).release(id);
        timeline.advance(Duration.ofSeconds(1));

        assertThat(redis.used(WINDOW)).isEqualTo(30);
        timeline.advance(WINDOW);
        assertThat(redis.used(WINDOW)).isZero();
    }

    private CompletableFuture<Grant> reserve(int process, long amount) {
        return processes
                .get(process)
                .reserve(List.of(tokens(amount)), CoordinatedProcess.TURN)
                .toCompletableFuture();
    }

    private Grant grant(int process, long amount) {
        return reserve(process, tokens(amount));
    }

    private static LimitUse tokens(long amount) {
        return new LimitUse(Scope.of("test/acme"), "tokens", Limit.tokens(AMOUNT, WINDOW), amount);
    }

    private Grant reserve(int process, LimitUse... uses) {
        CompletableFuture<Grant> grant = processes
                .get(process)
                .reserve(List.of(uses), CoordinatedProcess.TURN)
                .toCompletableFuture();
        timeline.advance(Duration.ofMillis(300));
        return grant.join();
    }

    /** The second of them refuses, and the third has room. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void severalLimits_areReservedTogetherOrNotAtAll(boolean down) {
        open(1, 1, Map.of("processes", "1"));
        LimitUse wide = new LimitUse(Scope.of("test/acme"), "wide", Limit.requests(100, WINDOW), 1);
        LimitUse hour = new LimitUse(Scope.of("test/acme", "m"), "hour", Limit.requests(100, Duration.ofHours(1)), 1);
        String id = ((Grant.Granted) reserve(0, wide, tokens(AMOUNT - 10), hour)).id();
        networks.get(0).setDown(down);
        timeline.advance(Duration.ofSeconds(3));

        assertThat(reserve(0, wide, tokens(11), hour)).isInstanceOfSatisfying(Grant.Refused.class, refused -> {
            assertThat(refused.by()).isEqualTo(tokens(11));
            assertThat(refused.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        });
        assertThat(reserve(0, wide, tokens(10), hour)).isInstanceOf(Grant.Granted.class);
        processes.get(0).release(id);
        processes.get(0).release(id);
        networks.get(0).setDown(false);
        timeline.advance(Duration.ofSeconds(3));
        assertThat(redis.inFlight()).as("one each of two, and ten tokens").isEqualTo(12);
        assertThat(reserve(0, tokens(AMOUNT - 10))).isInstanceOf(Grant.Granted.class);
        assertThatThrownBy(() -> processes.get(0).reserve(List.of(wide, tokensOf("another")), CoordinatedProcess.TURN))
                .hasMessageContaining("not those of 2 at once");
    }

    private static LimitUse tokensOf(String organization) {
        return new LimitUse(Scope.of(organization), "tokens", Limit.tokens(AMOUNT, WINDOW), 1);
    }

    @Test
    void connectedAgain_isSaidOnlyOnceNothingIsPutOffAnyMore() {
        open(1, 1, Map.of());
        assertThat(grant(0, 1)).isInstanceOf(Grant.Granted.class);
        networks.get(0).setDown(true);
        redis.empty();
        timeline.advance(Duration.ofSeconds(5));
        assertThat(processes.get(0).status().problem()).isPresent();
        networks.get(0).setDown(false);

        while (processes.get(0).status().problem().isPresent()) {
            timeline.runNext();
        }

        assertThat(processes.get(0).status().connected()).isTrue();
        assertThat(grant(0, 1)).isInstanceOf(Grant.Granted.class);
    }

    @Test
    void dead_isMissedAfterTenSeconds() {
        open(1, 3, Map.of());
        assertThat(processes.get(0).status().processes()).isEqualTo(3);
        networks.get(2).setDown(true);

        timeline.advance(Duration.ofSeconds(13));

        assertThat(processes.get(0).status().processes()).isEqualTo(2);
    }

    @Test
    void closed_isMissedAtOnce() {
        open(1, 3, Map.of());
        processes.get(2).close();

        timeline.advance(Duration.ofSeconds(3));

        assertThat(processes.get(0).status().processes()).isEqualTo(2);
    }

    /** They would count until the lease is over, and for a window as used. */
    @Test
    void closed_givesBackWhatIsFree_andTellsWhatHasEnded() {
        open(1, 2, Map.of());
        LimitUse use = new LimitUse(Scope.of("test/acme"), "many", Limit.requests(100_000, WINDOW), 1);
        long granted = keepBusy(use, Duration.ofSeconds(5), Duration.ofMillis(10));
        assertThat(redis.inFlight()).isPositive();
        processes.get(0).close();
        processes.get(1).close();
        timeline.advance(Duration.ofSeconds(1));

        assertThat(redis.inFlight()).isZero();
        assertThat(redis.used(WINDOW)).isEqualTo(granted);
    }

    @Test
    void claimOfADeadProcess_goesToOneOtherAfterItsLease() {
        open(1, 3, Map.of());
        assertThat(claim(0)).isInstanceOf(Claim.Ours.class);
        List<CompletableFuture<Void>> ended = IntStream.of(1, 2)
                .mapToObj(process -> ((Claim.Others) claim(process)).ended().toCompletableFuture())
                .toList();
        timeline.advance(Duration.ofSeconds(60));
        assertThat(ended).noneMatch(CompletableFuture::isDone);
        networks.get(0).setDown(true);

        timeline.advance(Duration.ofSeconds(11));

        assertThat(ended).allMatch(CompletableFuture::isDone);
        assertThat(claim(1)).isInstanceOf(Claim.Ours.class);
        assertThat(claim(2)).isInstanceOf(Claim.Others.class);
    }

    @Test
    void silentRedis_isWaitedForAsLongAsACommandMayTake_andThenNotAtAll() {
        open(1, 2, Map.of());
        networks.get(0).freeze(Duration.ofMinutes(1));
        CompletableFuture<Grant> first = reserve(0, 1);
        timeline.advance(FaultyCommands.TIMEOUT.minusNanos(1));
        assertThat(first).isNotDone();
        timeline.advance(Duration.ofNanos(1));
        assertThat(first).isDone();
        timeline.advance(Duration.ofSeconds(2));
        assertThat(reserve(0, 1)).isDone();
    }

    @Test
    void claim_isRenewedLongBeforeItsLeaseEnds() {
        open(1, 2, Map.of("claim-lease", "10s"));
        assertThat(claim(0)).isInstanceOf(Claim.Ours.class);
        CompletableFuture<Void> ended = ((Claim.Others) claim(1)).ended().toCompletableFuture();
        timeline.advance(Duration.ofMillis(16_850));
        networks.get(0).setDown(true);

        timeline.advance(Duration.ofSeconds(5));

        assertThat(ended).isNotDone();
    }

    @Test
    void waitForAnothersClaim_endsWhenRedisIsLost() {
        open(1, 2, Map.of("claim-lease", "10m"));
        assertThat(claim(0)).isInstanceOf(Claim.Ours.class);
        CompletableFuture<Void> ended = ((Claim.Others) claim(1)).ended().toCompletableFuture();
        networks.get(1).setDown(true);

        timeline.advance(Duration.ofSeconds(3));

        assertThat(ended).isDone();
        assertThat(claim(1))
                .isInstanceOfSatisfying(
                        Claim.Ours.class, ours -> assertThat(ours.agreed()).isFalse());
    }

    @Test
    void endOfAClaim_isHeardAtOnce() {
        open(1, 2, Map.of());
        Claim.Ours ours = (Claim.Ours) claim(0);
        CompletableFuture<Void> ended = ((Claim.Others) claim(1)).ended().toCompletableFuture();
        networks.get(0).setDown(true);
        timeline.advance(Duration.ofSeconds(3));
        networks.get(0).setDown(false);
        timeline.advance(Duration.ofSeconds(3));
        assertThat(ended).isNotDone();
        ours.end().run();
        timeline.advance(Duration.ofMillis(20));

        assertThat(ended).isDone();
    }

    private List<Object> hear(int process) {
        List<Object> heard = new ArrayList<>();
        processes.get(process).listen(new CoordinationListener() {
            @Override
            public void closed(ScopeClosing closing) {
                heard.add(closing);
            }

            @Override
            public void reopened(Scope scope) {
                heard.add(scope);
            }
        });
        return heard;
    }

    @Test
    void closingToldWhileCutOff_isHeardAfterwards_unlessItWasReopened() {
        open(1, 2, Map.of());
        List<Object> heard = hear(1);
        List<Object> own = hear(0);
        networks.get(0).setDown(true);
        timeline.advance(Duration.ofSeconds(3));
        processes.get(0).closed(new ScopeClosing(Scope.of("a"), Duration.ofHours(1), true, "quota"));
        processes.get(0).closed(new ScopeClosing(Scope.of("b"), Duration.ofHours(1), false, "credit"));
        processes.get(0).closed(new ScopeClosing(Scope.of("c"), Duration.ofSeconds(1), true, "short"));
        processes.get(0).reopened(Scope.of("b"));
        timeline.advance(Duration.ofSeconds(2));
        networks.get(0).setDown(false);

        timeline.advance(Duration.ofSeconds(3));

        assertThat(heard).hasSize(2).last().isEqualTo(Scope.of("b"));
        assertThat(heard).first().isInstanceOfSatisfying(ScopeClosing.class, closing -> {
            assertThat(closing.scope()).isEqualTo(Scope.of("a"));
            assertThat(closing.endKnown()).isTrue();
            assertThat(closing.reason()).isEqualTo("quota");
            assertThat(closing.remaining()).isBetween(Duration.ofSeconds(3_595), Duration.ofSeconds(3_598));
        });
        assertThat(own).as("nobody hears himself").isEmpty();
    }

    @Test
    void whatWasToldWhileNoNoticeArrived_isFoundOnceTheyArriveAgain() {
        open(1, 2, Map.of("claim-lease", "10m"));
        Claim.Ours ours = (Claim.Ours) claim(0);
        CompletableFuture<Void> ended = ((Claim.Others) claim(1)).ended().toCompletableFuture();
        List<Object> heard = hear(1);
        networks.get(1).setUnsubscribed(true);
        ours.end().run();
        processes.get(0).closed(new ScopeClosing(Scope.of("a"), Duration.ofHours(1), true, "quota"));
        timeline.advance(Duration.ofSeconds(3));
        assertThat(ended).isNotDone();
        assertThat(heard).isEmpty();

        networks.get(1).setUnsubscribed(false);
        timeline.advance(Duration.ofMillis(20));

        assertThat(ended).isDone();
        assertThat(heard).hasSize(1);
    }

    @Test
    void closingsThatCouldNotBeRead_areReadWithTheNextBeat() {
        open(1, 2, Map.of());
        processes.get(0).closed(new ScopeClosing(Scope.of("a"), Duration.ofHours(1), true, "quota"));
        timeline.advance(Duration.ofMillis(100));
        networks.get(1).setDeaf(FaultyCommands.Deafness.TO_ALL);
        List<Object> heard = hear(1);
        timeline.advance(Duration.ofMillis(300));
        networks.get(1).setDeaf(FaultyCommands.Deafness.NONE);
        assertThat(heard).isEmpty();

        timeline.advance(Contact.INTERVAL);

        assertThat(heard).hasSize(1);
    }

    @Test
    void closingHeardLate_holdsForWhatRemainsOfIt() {
        open(1, 2, Map.of());
        processes.get(0).closed(new ScopeClosing(Scope.of("a"), Duration.ofSeconds(100), true, "quota"));
        timeline.advance(Duration.ofSeconds(40));
        List<Object> heard = hear(1);

        timeline.advance(Duration.ofSeconds(1));

        assertThat(heard)
                .singleElement()
                .isInstanceOfSatisfying(
                        ScopeClosing.class,
                        closing -> assertThat(closing.remaining())
                                .isBetween(Duration.ofSeconds(59), Duration.ofSeconds(60)));
    }

    @Test
    void probe_isOneProcesssAtATime_untilItsScopeIsOpenOrClosedAgain() {
        open(1, 2, Map.of());
        assertThat(probe(0)).isTrue();
        assertThat(probe(1)).isFalse();
        assertThat(probe(0)).as("again, since the first has proved nothing").isTrue();
        processes.get(0).reopened(Scope.of("a"));
        timeline.advance(Duration.ofMillis(10));
        assertThat(probe(1)).isTrue();
        processes.get(1).closed(new ScopeClosing(Scope.of("a"), Duration.ofMinutes(1), true, "quota"));
        timeline.advance(Duration.ofMillis(10));
        assertThat(probe(0)).isTrue();
        networks.get(1).setDown(true);
        timeline.advance(Duration.ofSeconds(3));
        assertThat(probe(1)).as("nobody can be asked").isTrue();
    }

    private boolean probe(int process) {
        CompletableFuture<Boolean> probe = processes
                .get(process)
                .claimProbe(Scope.of("a"), Duration.ofMinutes(1))
                .toCompletableFuture();
        timeline.advance(Duration.ofMillis(300));
        return probe.join();
    }

    private Claim claim(int process) {
        CompletableFuture<Claim> claim =
                processes.get(process).claim(Samples.key("t", "q")).toCompletableFuture();
        timeline.advance(Duration.ofMillis(10));
        return claim.join();
    }

    private long alone() {
        return processes.stream().mapToLong(process -> process.status().alone()).sum();
    }
}
