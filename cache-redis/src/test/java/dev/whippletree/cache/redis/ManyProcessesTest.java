package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.Traffic.Sums;
import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.ModelledRedis;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How many commands a second many processes send to Redis, in virtual time, where limits are far away. Each case adds a
 * table to {@code target/many-processes.md}.
 */
@Tag("thorough")
class ManyProcessesTest {

    private static final int ACCOUNTS = 100;
    private static final Duration WARM = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(60);
    private static final Duration CALL = Duration.ofMillis(500);

    /** Of 300 bytes. */
    private static final CacheEntry ANSWER =
            new CacheEntry(Samples.completion("An answer of a sentence. ".repeat(12)), Instant.MAX);

    private static final Path TABLE = Path.of("target", "many-processes.md");
    private static final Path TENANTS = Path.of("target", "tenants.md");
    private static final Path SHARES = Path.of("target", "shares.md");

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final ModelledRedis redis = new ModelledRedis(timeline);
    private final List<Coordination> processes = new ArrayList<>();
    private final List<CacheStore> stores = new ArrayList<>();
    private long granted;
    private long refused;

    /** With one account a process, each starts as many calls a second of it; with many, of all of them together. */
    @ParameterizedTest
    @CsvSource({"10, 1, 100", "100, 1, 10", "1000, 1, 10", "100, 100, 10", "1000, 100, 1"})
    void commandsOfAMinute(int count, int accountsOfEach, int callsASecond) throws IOException {
        for (int n = 0; n < count; n++) {
            stores.add(open().store());
            startCalls(n, accountsOfEach, Duration.ofSeconds(1).dividedBy(callsASecond));
        }
        Traffic traffic = redis.countTraffic();
        timeline.advance(WARM);
        traffic.take();
        granted = 0;
        refused = 0;

        timeline.advance(MEASURED);

        assertThat(granted).isGreaterThan(9L * count * callsASecond * MEASURED.toSeconds() / 10);
        assertThat(refused).isZero();
        assertThat(processes)
                .allSatisfy(process -> assertThat(process.status().alone()).isZero());
        Map<String, Sums> sent = traffic.take();
        double trades = (double) sent.get("trade").count() / granted;
        if (callsASecond >= 10 * accountsOfEach) {
            assertThat(trades).as("trades a call").isLessThanOrEqualTo(0.2);
        }
        String title = "%n%d processes, %d accounts of each, %d calls a second of each: %.2f trades a call%n"
                .formatted(count, accountsOfEach, callsASecond, trades);
        append(TABLE, title + Traffic.table(sent, MEASURED));
    }

    /**
     * Processes use up one limit. Of ten, one has the most calls at a time and the others have one each; of more, they
     * have from one up to the most. Each call uses a part of what it reserves. Each case adds a row to
     * {@code target/shares.md}. Who has one call of a second at a time can't use 60 a minute without a moment's wait.
     */
    @ParameterizedTest
    @CsvSource({
        "10, 50, 600, 60, 1, 100, 0.99",
        "10, 50, 600, 60, 1, 1000, 0.96",
        "10, 10, 50, 5, 1, 100, 0.979",
        "50, 20, 2000, 60, 1, 1000, 0.98",
        "1000, 20, 6000, 30, 1, 1000, 0.96",
        "1000, 40, 20000, 60, 1, 1000, 0.98",
        "50, 20, 100000, 60, 0.5, 1000, 0.99",
        "50, 20, 100000, 60, 0.1, 1000, 0.96"
    })
    void exhaustedLimit_isSharedEvenly(
            int count, int most, long amount, int seconds, double part, int millis, double least) throws IOException {
        redis.tellWaits(Duration.ofMinutes(10));
        Duration window = Duration.ofSeconds(seconds);
        LimitUse use =
                new LimitUse(Scope.of("one"), "few", Limit.tokens(amount, window), part == 1 ? 1 : amount / 1_000);
        long[] used = new long[count];
        for (int n = 0; n < count; n++) {
            open();
            int ofTen = n == 0 ? most : 1;
            int atATime = count == 10 ? ofTen : 1 + n % most;
            for (int worker = 0; worker < atATime; worker++) {
                work(n, use, part, Duration.ofMillis(millis), used);
            }
        }

        double trades = tradesACallOfThreeWindows(window, used);

        double index = jain(Arrays.stream(used).asDoubleStream().toArray());
        double ofLimit = Arrays.stream(used).sum() / (3.0 * amount);
        String row = "| %d | %d | %d | %d / %d s | %.1f | %.1f %% | %.3f | %.1f |%n"
                .formatted(count, most, millis, amount, seconds, part, 100 * ofLimit, index, trades);
        append(SHARES, row);
        assertThat(index).as("Jain's index: %s", row).isGreaterThanOrEqualTo(least);
        assertThat(ofLimit).as("used: %s", row).isBetween(part == 1 ? 0.98 : 0.8, 1.001);
    }

    /**
     * Processes ask for one of three tenants each: nine of ten for the first, nine of a hundred for the second, one of
     * a hundred for the third, whose weight is given. Each case adds a row to {@code target/tenants.md}.
     */
    @ParameterizedTest
    @CsvSource({
        "100, 20, 2000, 60, 1, 100, 0.99",
        "100, 20, 2000, 60, 1, 1000, 0.98",
        "1000, 20, 6000, 30, 1, 1000, 0.95",
        "1000, 20, 6000, 60, 2, 1000, 0.96",
        "1000, 1, 6000, 60, 1, 500, 0.94"
    })
    void exhaustedLimit_isSharedByTenants_inHoweverManyProcessesTheyAre(
            int count, int most, long amount, int seconds, int weight, int millis, double least) throws IOException {
        redis.tellWaits(Duration.ofMinutes(10));
        Duration window = Duration.ofSeconds(seconds);
        LimitUse use = new LimitUse(Scope.of("one"), "few", Limit.tokens(amount, window), 1);
        long[] used = new long[count];
        int[] tenants = new int[count];
        for (int n = 0; n < count; n++) {
            open();
            tenants[n] = n % 100 == 0 ? 2 : n % 10 == 0 ? 1 : 0;
            TenantTurn turn =
                    new TenantTurn("tenant-" + tenants[n], Priority.INTERACTIVE, tenants[n] == 2 ? weight : 1);
            for (int worker = 0; worker < (tenants[n] == 2 ? 5 * most : 1 + n % most); worker++) {
                work(n, use, turn, 1, Duration.ofMillis(millis), used);
            }
        }

        double trades = tradesACallOfThreeWindows(window, used);

        double[] each = new double[3];
        for (int n = 0; n < count; n++) {
            each[tenants[n]] += (double) used[n] / (tenants[n] == 2 ? weight : 1);
        }
        double index = jain(each);
        double ofLimit = Arrays.stream(used).sum() / (3.0 * amount);
        String row = "| %d | %d | %d | %d / %d s | %d | %s | %.1f %% | %.3f | %.1f |%n"
                .formatted(
                        count,
                        most,
                        millis,
                        amount,
                        seconds,
                        weight,
                        Arrays.toString(each),
                        100 * ofLimit,
                        index,
                        trades);
        append(TENANTS, row);
        assertThat(index).as("Jain's index: %s", row).isGreaterThanOrEqualTo(least);
        assertThat(ofLimit).as("used: %s", row).isBetween(0.98, 1.001);
    }

    /** Opens one more process. */
    private FaultyCommands open() {
        FaultyCommands network = new FaultyCommands(redis, timeline);
        processes.add(CoordinatedProcess.open(Map.of(), network.commands(), FakeServices.on(timeline)));
        return network;
    }

    /** Lets two windows pass, and counts anew in the three after them. */
    private double tradesACallOfThreeWindows(Duration window, long[] used) {
        timeline.advance(window.multipliedBy(2));
        Arrays.fill(used, 0);
        granted = 0;
        long before = redis.trades();
        timeline.advance(window.multipliedBy(3));
        return (double) (redis.trades() - before) / granted;
    }

    private static void append(Path table, String text) throws IOException {
        Files.createDirectories(table.getParent());
        Files.writeString(table, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static double jain(double[] used) {
        double all = Arrays.stream(used).sum();
        return all
                * all
                / (used.length * Arrays.stream(used).map(one -> one * one).sum());
    }

    private void work(int process, LimitUse use, double part, Duration call, long[] used) {
        work(process, use, CoordinatedProcess.TURN, part, call, used);
    }

    /** Makes one call after the other, and comes back when it is told to. */
    private void work(int process, LimitUse use, TenantTurn turn, double part, Duration call, long[] used) {
        Coordination coordination = processes.get(process);
        coordination.reserve(List.of(use), turn).thenAccept(grant -> {
            if (grant instanceof Grant.Granted one) {
                granted++;
                timeline.schedule(call.toNanos(), () -> {
                    long actual = Math.round(part * use.amount());
                    used[process] += actual;
                    coordination.settle(one.id(), Optional.of(new TokenCount(actual, 0)), call);
                    work(process, use, turn, part, call, used);
                });
            } else if (grant instanceof Grant.Refused wait) {
                timeline.schedule(wait.retryAfter().toNanos(), () -> work(process, use, turn, part, call, used));
            }
        });
    }

    private void startCalls(int process, int accountsOfEach, Duration interval) {
        long offset = timeline.random().nextLong(interval.toNanos());
        timeline.schedule(offset, () -> call(process, 0, accountsOfEach, interval));
    }

    /** What an engine does for a call, whose question nobody else asks. */
    private void call(int process, int number, int accountsOfEach, Duration interval) {
        int account = (process + number % accountsOfEach) % ACCOUNTS;
        LimitUse use = new LimitUse(
                Scope.of("org-" + account), "requests", Limit.requests(10_000_000, Duration.ofMinutes(1)), 1);
        CacheKey key = Samples.key("tenant", process + "/" + number);
        stores.get(process)
                .get(key)
                .thenCompose(found -> processes.get(process).claim(key))
                .thenCompose(claim -> stores.get(process).get(key).thenApply(found -> claim))
                .thenAccept(claim -> reserve(
                        process, use, () -> stores.get(process).put(key, ANSWER).thenRun(((Claim.Ours) claim).end())));
        timeline.schedule(interval.toNanos(), () -> call(process, number + 1, accountsOfEach, interval));
    }

    private void reserve(int process, LimitUse use, Runnable end) {
        Coordination coordination = processes.get(process);
        coordination.reserve(List.of(use), CoordinatedProcess.TURN).thenAccept(grant -> {
            if (grant instanceof Grant.Granted one) {
                granted++;
                timeline.schedule(CALL.toNanos(), () -> {
                    coordination.settle(one.id(), Optional.empty(), CALL);
                    end.run();
                });
            } else {
                refused++;
            }
        });
    }
}
