package dev.whippletree.testkit.emulator;

import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.emulator.simulation.SimulatedProvider;
import dev.whippletree.engine.Engine;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.coordinator.FakeCoordinator;
import dev.whippletree.testkit.coordinator.FakeMeetingPoint;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Several engines over one account with a declared limit, of which the service tells in one way or another: all of it
 * drawn from a seed, in virtual time. Immutable.
 *
 * @param seed what it was drawn from
 * @param processes how many engines
 * @param declared what the engines are told, the first of them what the service reports too
 * @param allowed what the service allows instead of the first
 * @param counting how the service counts
 * @param headers which answers tell of the limit
 * @param saysWindow whether its window is told
 * @param reach for what it is told
 * @param latency how long answers take
 * @param transit how long requests are under way at most, if the engines are told
 * @param phase where in a window by the clock everything begins
 * @param resets what the service means by a reset
 */
record ReportedLimits(
        long seed,
        int processes,
        List<Limit> declared,
        long allowed,
        Counting counting,
        Headers headers,
        boolean saysWindow,
        Reach reach,
        Latency latency,
        Optional<Duration> transit,
        Duration phase,
        Resets resets) {

    private static final String MODEL = "model";

    /** A prompt asks for this many tokens at most, and its answer has fewer. */
    private static final int MOST_TOKENS = 50;

    private static final int ANSWER_TOKENS = 30;

    /** At least what one call reserves. */
    private static final long TOKENS_OF_A_CALL = 100;

    private static final Duration LONGEST_TRANSIT = Duration.ofMillis(40);
    private static final Duration LONGEST_RUN = Duration.ofHours(2);

    /** Which answers tell of the limits. */
    enum Headers {
        ALWAYS,
        NEVER,
        /** Each answer does, or doesn't, by lot. */
        AT_TIMES,
        /** All do for some seconds, then none for some. */
        COME_AND_GO,
        /** Only the first few do. */
        AT_FIRST
    }

    /** What a service means by a reset, and what is read of it. */
    enum Resets {
        /** The time until nothing counts as used. */
        FULL,
        /** The time until the oldest use no longer counts, so that the next call fits. */
        NEXT_SLOT,
        /** The time until the latest use no longer counts. */
        LATEST_USE,
        /** The end of a window by the clock, however the service counts. */
        CLOCK,
        /** Milliseconds, which are read as seconds. */
        MILLISECONDS,
        /** A moment, in seconds since 1970 or as a date, of which nothing is read. */
        MOMENT,
        /** Any time at all, up to a window. */
        ANYTHING
    }

    static ReportedLimits draw(long seed) {
        SplittableRandom lot = new SplittableRandom(seed);
        Limit.Unit unit = lot.nextInt(3) == 0 ? Limit.Unit.TOKENS : Limit.Unit.REQUESTS;
        Duration window = Duration.ofSeconds(5 + lot.nextInt(15));
        long amount = (unit == Limit.Unit.TOKENS ? TOKENS_OF_A_CALL : 1) * (4 + lot.nextInt(40));
        List<Limit> declared = new ArrayList<>();
        declared.add(new Limit(unit, amount, window));
        if (lot.nextInt(4) == 0) {
            declared.add(new Limit(unit, amount * (1 + lot.nextInt(3)), window.multipliedBy(2 + lot.nextInt(3))));
        }
        long allowed = List.of(amount, amount, amount, amount * 2, amount / 2).get(lot.nextInt(5));
        Duration latency = Duration.ofMillis(50 + lot.nextInt(3_000));
        Resets resets = pick(lot, Resets.values());
        // Of a limit that isn't the declared one, nothing shows that its resets aren't as long as they seem.
        boolean comparable = resets != Resets.MILLISECONDS || allowed == amount;
        return new ReportedLimits(
                seed,
                1 + lot.nextInt(4),
                declared,
                allowed,
                pick(lot, Counting.values()),
                pick(lot, Headers.values()),
                lot.nextBoolean() || !comparable,
                lot.nextInt(4) == 0 ? Reach.MODEL : Reach.ORGANIZATION,
                lot.nextBoolean() ? Latency.uniform(latency, 0.5) : Latency.lognormal(latency, 0.5),
                lot.nextBoolean() ? Optional.of(LONGEST_TRANSIT) : Optional.empty(),
                Duration.ofMillis(lot.nextInt((int) window.toMillis())),
                resets);
    }

    private static <T> T pick(SplittableRandom lot, T[] values) {
        return values[lot.nextInt(values.length)];
    }

    /**
     * What came of it.
     *
     * @param failed how many prompts weren't answered
     * @param elapsed how long it took
     * @param limits what the service counted of each limit
     */
    record Outcome(long failed, Duration elapsed, List<LimitStats> limits) {}

    /** Asks about five windows' worth of prompts, in bursts, and waits for all answers. */
    Outcome run() {
        VirtualTimeline timeline = new VirtualTimeline(seed);
        SplittableRandom lot = new SplittableRandom(~seed);
        EmulatedService service = new EmulatedService(serviceSettings(), timeline.nanoTime());
        SimulatedProvider provider = new SimulatedProvider(
                ServiceKind.OPENAI.provider(), service, timeline, new Link(Duration.ofMillis(1), LONGEST_TRANSIT, 0));
        List<Engine> engines = new ArrayList<>();
        FakeMeetingPoint point = new FakeMeetingPoint();
        List<Long> sent = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            engines.add(engine(timeline, telling(provider.connect(account()), timeline, lot.split(), sent), point));
        }
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        Limit first = declared.get(0);
        long calls = first.amount() / (first.unit() == Limit.Unit.TOKENS ? TOKENS_OF_A_CALL : 1);
        while (answers.size() < 5 * calls) {
            Engine engine = engines.get(lot.nextInt(processes));
            for (long left = 1 + lot.nextLong(calls); left > 0; left--) {
                answers.add(engine.complete(prompt(answers.size())));
            }
            timeline.advance(Duration.ofNanos(lot.nextLong(first.window().toNanos())));
        }
        long endNanos = timeline.nanoTime() + LONGEST_RUN.toNanos();
        while (!answers.stream().allMatch(CompletableFuture::isDone)) {
            if (timeline.nanoTime() > endNanos || !timeline.runNext()) {
                throw new IllegalStateException("the prompts stand still");
            }
        }
        long failed = answers.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .count();
        return new Outcome(
                failed, Duration.ofNanos(timeline.nanoTime()), service.stats().limits());
    }

    private static Prompt prompt(int number) {
        return Prompt.builder()
                .user(String.format("question %06d", number))
                .maxTokens(MOST_TOKENS)
                .build();
    }

    private ServiceSettings serviceSettings() {
        Limit first = declared.get(0);
        Stream<Limit> limits = Stream.concat(
                Stream.of(new Limit(first.unit(), allowed, first.window())),
                declared.stream().skip(1));
        return ServiceSettings.builder(ServiceKind.OPENAI)
                .account(
                        "account",
                        "token",
                        limits.map(limit -> new ServiceLimit(limit, counting, false))
                                .toArray(ServiceLimit[]::new))
                .latency(latency)
                .answerLength(AnswerLength.about(ANSWER_TOKENS))
                .clockAhead(phase)
                .seed(seed)
                .build();
    }

    private AccountSettings account() {
        AccountSettings.Builder builder = AccountSettings.builder("account", ServiceKind.OPENAI.provider())
                .token("token")
                .maxConcurrency(50);
        declared.forEach(builder::limit);
        transit.ifPresent(builder::transit);
        return builder.build();
    }

    private ProviderClient telling(
            ProviderClient client, VirtualTimeline timeline, SplittableRandom lot, List<Long> sent) {
        long turnNanos = Duration.ofMillis(500 + lot.nextInt(30_000)).toNanos();
        int[] answered = {0};
        return new TellingClient(client, () -> sent.add(timeline.nanoTime()), reports -> {
            answered[0]++;
            boolean told = switch (headers) {
                case ALWAYS -> true;
                case NEVER -> false;
                case AT_TIMES -> lot.nextInt(4) == 0;
                case COME_AND_GO -> timeline.nanoTime() / turnNanos % 2 == 0;
                case AT_FIRST -> answered[0] < 4;
            };
            return told
                    ? reports.stream()
                            .map(report -> asTold(report, reset(report, timeline.nanoTime(), lot, sent)))
                            .toList()
                    : List.of();
        });
    }

    private Optional<Duration> reset(RateLimitReport report, long now, SplittableRandom lot, List<Long> sent) {
        long window = declared.get(0).window().toNanos();
        return switch (resets) {
            case FULL -> report.reset();
            case NEXT_SLOT ->
                sent.stream()
                        .map(at -> at + window - now)
                        .filter(left -> left >= 0)
                        .findFirst()
                        .map(Duration::ofNanos);
            case LATEST_USE -> Optional.of(Duration.ofNanos(Math.max(0, sent.get(sent.size() - 1) + window - now)));
            case CLOCK -> Optional.of(Duration.ofNanos(window - (now + phase.toNanos()) % window));
            case MILLISECONDS -> report.reset().map(reset -> reset.multipliedBy(1_000));
            case MOMENT -> Optional.empty();
            case ANYTHING -> Optional.of(Duration.ofNanos(lot.nextLong(window)));
        };
    }

    private RateLimitReport asTold(RateLimitReport report, Optional<Duration> reset) {
        return new RateLimitReport(
                reach,
                report.unit(),
                report.amount(),
                report.remaining(),
                saysWindow ? Optional.of(declared.get(0).window()) : Optional.empty(),
                report.refill(),
                reset);
    }

    private Engine engine(VirtualTimeline timeline, ProviderClient client, FakeMeetingPoint point) {
        FakeCoordinator coordinator = new FakeCoordinator(point);
        Coordination coordination = coordinator.open(Settings.none("coordinator"), FakeServices.on(timeline));
        coordinator.delayBy(Duration.ofMillis(seed % 20));
        RouteSettings route = RouteSettings.of(
                "default",
                List.of(new RouteSettings.Tier(List.of(new RouteSettings.TargetSettings("account", MODEL)))));
        Topology topology = new Topology(
                List.of(new Topology.OpenAccount(account(), client)),
                Map.of(
                        "default",
                        new Topology.OpenRoute(
                                route,
                                List.of(new RoundRobin().open(Settings.none("route default"), timeline.random())))),
                "default",
                List.of(),
                processes == 1
                        ? Optional.empty()
                        : Optional.of(new Topology.OpenCoordination("simulated", coordination)),
                List.of(),
                TenantWeights.EQUAL);
        return new Engine(timeline, topology, EngineSettings.DEFAULT, List.of());
    }
}
