package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AskerEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AttemptReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Trade;
import dev.whippletree.cache.redis.contact.CoordinationCommands.TradeReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Verdict;
import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the scripts do when they are asked what no process asks in good order: again, in another's name, or never again.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScriptsTest {

    private static final CacheKey KEY = Samples.key("t", "q");
    private static final String KEY_OF_CLAIM = new String(new RedisKeys("whippletree").claim(KEY), US_ASCII);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration TRACE = Duration.ofSeconds(2);
    private static final int MOST_RUNS = 20;
    private static final long AMOUNT = 10;
    private static final LimitName NAME = new LimitName(Optional.empty(), "requests");
    private static final String PLACE = RedisKeys.place("acme", NAME);
    private static final String KEY_OF_LIMIT = new String(new RedisKeys("whippletree").limit(PLACE), US_ASCII);
    private static final String KEY_OF_STATE = new String(new RedisKeys("whippletree").state("acme"), US_ASCII);

    private final FakeServices services = FakeServices.real();
    private RedisProcess redis;
    private LettuceCommands commands;
    private long turn;
    private volatile boolean isSubscribed;
    private final List<String> notices = new CopyOnWriteArrayList<>();

    @BeforeAll
    void start() throws IOException {
        redis = RedisProcess.started();
        RedisSettings settings =
                Patience.patient(RedisSettings.from(new Settings("coordinator redis", redis.settings())));
        commands = new LettuceCommands(settings, services, new CorruptValue(settings, services));
        commands.start(new CoordinationCommands.Events() {
            @Override
            public void connected() {}

            @Override
            public void subscribed() {
                isSubscribed = true;
            }

            @Override
            public void notice(String text) {
                notices.add(text);
            }
        });
        await().ignoreExceptions().until(() -> join(commands.beat("p", MINUTE)).processes() == 1);
    }

    @AfterAll
    void stop() {
        commands.close();
        services.close();
        redis.close();
    }

    @BeforeEach
    void empty() {
        OtherClient.ask(redis.uri(), RedisCommands::flushall);
        notices.clear();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** Trades with one limit, whose blocks are gone a minute later. */
    private TradeReply trade(
            String process, long number, BlockEntry block, List<DatedEntry> uses, List<List<Long>> attempts) {
        return trade(process, number, block, uses, attempts, List.of());
    }

    private TradeReply trade(
            String process,
            long number,
            BlockEntry block,
            List<DatedEntry> uses,
            List<List<Long>> attempts,
            List<AskerEntry> askers) {
        return trade(process, number, List.of(block), uses, attempts, askers);
    }

    private TradeReply trade(
            String process,
            long number,
            List<BlockEntry> blocks,
            List<DatedEntry> uses,
            List<List<Long>> attempts,
            List<AskerEntry> askers) {
        return join(commands.trade(new Trade(
                "acme", "", "0123456789abcdef", process, ++turn, number, MINUTE, blocks, uses, attempts, askers)));
    }

    private static BlockEntry block(long held, long free, long wanted) {
        return new BlockEntry(NAME, AMOUNT, HOUR, held, free, wanted, 0, 0);
    }

    private TradeReply tell(String process, long number, List<DatedEntry> uses) {
        return trade(process, number, block(0, 0, 0), uses, List.of());
    }

    private long left() {
        return left(HOUR);
    }

    private long left(Duration window) {
        TradeReply reply =
                trade("looker", 1, new BlockEntry(NAME, AMOUNT, window, 0, 0, 0, 0, 0), List.of(), List.of());
        assertThat(reply.verdict()).isEqualTo(Verdict.DONE);
        return reply.blocks().get(0).left();
    }

    private AttemptReply attempt(String process, long amount) {
        return trade(process, 1, block(0, 0, 0), List.of(), List.of(List.of(amount)))
                .attempts()
                .get(0);
    }

    private void reserve(String process, long amount) {
        assertThat(attempt(process, amount).isGranted()).isTrue();
    }

    private void use(String process, long amount) {
        reserve(process, amount);
        tell(process, 2, List.of(new DatedEntry(0, Duration.ZERO, amount)));
    }

    private String field(String name) {
        return OtherClient.ask(redis.uri(), other -> other.hget(KEY_OF_LIMIT, name));
    }

    /** Dates all that the limit holds so much earlier, instead of waiting for so long. */
    private void age(Duration time) {
        OtherClient.ask(redis.uri(), other -> {
            Map<String, String> aged = new HashMap<>();
            long width = (Long.parseLong(other.hget(KEY_OF_LIMIT, "w")) + 1_023) / 1_024;
            long slots = time.toMillis() / width;
            other.hgetall(KEY_OF_LIMIT).forEach((field, value) -> {
                boolean isSlot = field.matches("\\d+");
                String[] grant = value.split(" ");
                if (isSlot) {
                    aged.put(Long.toString(Long.parseLong(field) - slots), value);
                } else if (field.startsWith("b")) {
                    grant[1] = earlier(grant[1], slots * width);
                    aged.put(field, String.join(" ", grant));
                } else if ("oy".contains(field)) {
                    aged.put(field, earlier(value, slots));
                } else {
                    aged.put(field, "nkc".contains(field) ? earlier(value, slots * width) : value);
                }
            });
            other.del(KEY_OF_LIMIT);
            return other.hset(KEY_OF_LIMIT, aged);
        });
    }

    /** Dates all that is there so much later: that is what it is once Redis's clock is set back. */
    private void setClockBack(Duration time) {
        age(time.negated());
        OtherClient.ask(redis.uri(), other -> {
            Map<String, String> later = other.hgetall(KEY_OF_STATE);
            later.keySet().retainAll(List.of("b", "r", "t"));
            later.replaceAll((field, value) -> {
                String moment = value.split(" ")[0];
                return earlier(moment, -time.toMillis()) + value.substring(moment.length());
            });
            return other.hset(KEY_OF_STATE, later);
        });
    }

    private static String earlier(String number, long by) {
        return number.isEmpty() ? "" : Long.toString(Math.max(0, Long.parseLong(number) - by));
    }

    /** What was used a moment ago leaves an hour after that, not an hour after Redis's clock says so. */
    @Test
    void clockThatIsSetBack_letsNobodyWaitForLonger_andNothingLeaveEarlier() {
        use("one", AMOUNT);
        for (int n = 0; n < 2; n++) {
            setClockBack(Duration.ofMinutes(5));
            age(Duration.ofMinutes(20));

            assertThat(waitOf(attempt("two", 1)))
                    .isBetween(Duration.ofMinutes(39 - 20 * n), Duration.ofMinutes(41 - 20 * n));
        }
        age(Duration.ofMinutes(21));
        reserve("two", AMOUNT);
    }

    /** Runs what holds only within the two seconds of a trace; again on an empty Redis if it took longer. */
    private void withinATrace(Runnable test) {
        for (int run = 1; ; run++) {
            long start = System.nanoTime();
            try {
                test.run();
                return;
            } catch (AssertionError e) {
                if (run == MOST_RUNS || System.nanoTime() - start < TRACE.toNanos()) {
                    throw e;
                }
                empty();
            }
        }
    }

    @Test
    void claim_isEndedByNobodyElse() {
        withinATrace(this::endClaimsOfOthers);
    }

    private void endClaimsOfOthers() {
        assertThat(join(commands.claim(KEY, "first", HOUR))).isZero();

        join(commands.unclaim(KEY, "second", "notice"));

        assertThat(join(commands.claimedFor(KEY))).isPositive();
        assertThat(join(commands.claim(KEY, "second", HOUR))).isPositive();
        join(commands.unclaim(KEY, "first", "notice"));
        assertThat(join(commands.claim(KEY, "second", HOUR))).isEqualTo(CoordinationCommands.ENDED_LATELY);
    }

    /** With a thousand processes, to tell all of each claim is far more than to make it. */
    @Test
    void endOfAClaim_isTold_onlyIfSomebodyMayWaitForIt() {
        await().until(() -> isSubscribed);
        assertThat(join(commands.claim(KEY, "first", HOUR))).isZero();
        join(commands.unclaim(KEY, "first", "nobody"));
        assertThat(join(commands.claim(KEY, "second", HOUR))).isNegative();
        assertThat(join(commands.claim(KEY, "third", HOUR))).isPositive();
        join(commands.renew(KEY, "second", HOUR));
        join(commands.renew(KEY, "third", HOUR));
        join(commands.unclaim(KEY, "second", "who claimed in vain"));
        assertThat(join(commands.claimedFor(KEY))).isNotPositive();
        assertThat(join(commands.claim(KEY, "fourth", HOUR))).isNegative();
        assertThat(join(commands.claimedFor(KEY))).isPositive();
        join(commands.unclaim(KEY, "fourth", "who looked"));
        join(commands.unclaim(KEY, "lost", "who waited before it was lost"));

        await().untilAsserted(() -> assertThat(notices)
                .containsExactly("who claimed in vain", "who looked", "who waited before it was lost"));
    }

    private long claim(String token) {
        return join(commands.claim(KEY, token, HOUR));
    }

    private void end(String token) {
        join(commands.unclaim(KEY, token, "notice"));
    }

    /** Who looked for the answer before that may have missed it. */
    @Test
    void claim_saysWhetherAnotherMayHaveEndedLately() {
        withinATrace(this::claimAfterAnother);
        OtherClient.ask(redis.uri(), other -> other.pexpire(KEY_OF_CLAIM, 1));
        await().until(() -> OtherClient.ask(redis.uri(), other -> other.exists(KEY_OF_CLAIM)) == 0);
        assertThat(claim("third")).as("that was long ago").isZero();
    }

    private void claimAfterAnother() {
        assertThat(claim("first")).isZero();
        end("first");
        assertThat(join(commands.claimedFor(KEY))).as("a look changes nothing").isNotPositive();
        assertThat(claim("second")).isEqualTo(CoordinationCommands.ENDED_LATELY);
        end("second");
    }

    @Test
    void trace_isLeftByWhateverEnds_forTwoSeconds() {
        withinATrace(this::leaveTraces);
    }

    private void leaveTraces() {
        end("lost by Redis");
        long millis = OtherClient.ask(redis.uri(), other -> other.pttl(KEY_OF_CLAIM));
        assertThat(millis).isBetween(1L, TRACE.toMillis());
        assertThat(claim("next")).isEqualTo(CoordinationCommands.ENDED_LATELY);
        OtherClient.ask(redis.uri(), other -> other.set(KEY_OF_CLAIM, "never ends, and isn't believed"));
        assertThat(claim("next")).isEqualTo(CoordinationCommands.ENDED_LATELY);
        OtherClient.ask(redis.uri(), other -> other.configSet("maxmemory", "1"));
        try {
            end("next");
        } finally {
            OtherClient.ask(redis.uri(), other -> other.configSet("maxmemory", "0"));
        }
        assertThat(claim("after Redis was full")).isEqualTo(CoordinationCommands.ENDED_LATELY);
    }

    /** A renewal may be under way when a claim ends. */
    @Test
    void claimThatHasEnded_isNotRenewed_andOneThatRedisHasLostIs() {
        claim("first");
        end("first");
        join(commands.renew(KEY, "first", HOUR));
        assertThat(join(commands.claimedFor(KEY))).isNotPositive();

        empty();
        join(commands.renew(KEY, "first", HOUR));
        assertThat(join(commands.claimedFor(KEY))).isPositive();
    }

    /** Nothing ends so that somebody would have to look again; but anybody can write there. */
    @Test
    void probe_isClaimed_whateverSomebodyHasWrittenThere() {
        String probe = new String(new RedisKeys("whippletree").probe(Scope.of("acme")), US_ASCII);
        OtherClient.ask(redis.uri(), other -> other.set(probe, "ended"));

        assertThat(join(commands.claimProbe(Scope.of("acme"), "first", HOUR))).isTrue();
        assertThat(join(commands.claimProbe(Scope.of("acme"), "second", HOUR))).isFalse();
        assertThat(join(commands.claimProbe(Scope.of("acme"), "first", HOUR)))
                .as("again, since it has proved nothing")
                .isTrue();
    }

    @Test
    void uses_countOnceANumber_howeverOftenTheyAreTold() {
        List<DatedEntry> uses = List.of(new DatedEntry(0, MINUTE, 4));

        assertThat(tell("one", 1, uses).blocks()).containsExactly(new BlockReply(0, 6, 0, 0, 0));
        assertThat(tell("one", 1, uses).blocks()).containsExactly(new BlockReply(0, 6, 0, 0, 0));
        assertThat(tell("two", 1, uses).blocks()).containsExactly(new BlockReply(0, 2, 0, 0, 0));
        assertThat(tell("one", 2, List.of(new DatedEntry(0, MINUTE, 1))).blocks())
                .containsExactly(new BlockReply(0, 1, 0, 0, 0));
        age(HOUR.minus(MINUTE.multipliedBy(2)));
        assertThat(left()).isEqualTo(1);
        age(MINUTE.multipliedBy(2));
        assertThat(left()).isEqualTo(AMOUNT);
    }

    @Test
    void usesOfAWholeWindow_takeBoundedMemory() {
        List<DatedEntry> uses = IntStream.range(0, 7_200)
                .mapToObj(number -> new DatedEntry(0, Duration.ofMillis(500L * number), 1))
                .toList();

        tell("one", 1, uses);

        assertThat(left()).isBetween(AMOUNT - 7_200, AMOUNT - 7_190);
        Long fields = OtherClient.ask(redis.uri(), other -> other.hlen(KEY_OF_LIMIT));
        assertThat(fields).isBetween(1_000L, 1_040L);
        Long bytes = OtherClient.ask(redis.uri(), other -> other.memoryUsage(KEY_OF_LIMIT));
        assertThat(bytes).isBetween(10_000L, 100_000L);
    }

    @Test
    void blockOfADeadProcess_countsAsUsedFromTheEndOfItsLeaseOn() {
        reserve("dead", 7);
        reserve("another", 2);
        age(MINUTE.dividedBy(2));
        assertThat(left()).isEqualTo(1);
        assertThat(field("h")).isEqualTo("9");
        age(MINUTE);

        assertThat(left()).isEqualTo(1);
        assertThat(field("h")).isEqualTo("0");
        assertThat(field("s")).isEqualTo("9");
        age(Duration.ofMinutes(59));
        assertThat(left()).as("it was over half a minute later").isEqualTo(1);
        age(MINUTE);
        assertThat(left()).isEqualTo(AMOUNT);
    }

    @Test
    void blockOfALivingProcess_lastsALeaseFromItsLastTradeOn_andIsWhatThatSaid() {
        trade("one", 1, block(5, 2, 0), List.of(), List.of());
        age(MINUTE.dividedBy(2));
        trade("one", 1, block(3, 0, 0), List.of(), List.of());
        age(MINUTE.dividedBy(2));

        assertThat(left()).isEqualTo(7);
        assertThat(field("h")).isEqualTo("3");
        assertThat(field("f")).isEqualTo("0");
    }

    @Test
    void attempts_areGrantedOneAfterTheOther_ofAllLimitsOrOfNone() {
        BlockEntry tokens = new BlockEntry(new LimitName(Optional.of("m"), "tokens"), 100, HOUR, 0, 0, 0, 0, 0);
        TradeReply reply = trade(
                "one",
                1,
                List.of(block(0, 0, 0), tokens),
                List.of(),
                List.of(List.of(6L, 60L), List.of(1L, 41L), List.of(5L, 0L), List.of(4L, 40L), List.of(0L, 1L)),
                List.of());

        assertThat(reply.attempts()).extracting(AttemptReply::refuser).containsExactly(-1, 1, 0, -1, 1);
        assertThat(reply.blocks()).containsExactly(new BlockReply(0, 0, 10, 0, 0), new BlockReply(0, 0, 100, 0, 0));
        assertThat(reply.attempts().get(1).waitMillis()).isEqualTo(HOUR.toMillis());
    }

    @Test
    void turnThatHasBeenOvertaken_doesNothing() {
        trade("one", 1, block(5, 0, 0), List.of(), List.of());
        Trade late = new Trade(
                "acme",
                "",
                "0123456789abcdef",
                "one",
                turn,
                2,
                MINUTE,
                List.of(block(0, 0, 0)),
                List.of(new DatedEntry(0, MINUTE, 1)),
                List.of(List.of(1L)),
                List.of());

        TradeReply reply = join(commands.trade(late));

        assertThat(reply.verdict()).isEqualTo(Verdict.LATE);
        assertThat(reply.blocks()).isEmpty();
        assertThat(left()).isEqualTo(5);
    }

    /** Of 1,000, a 20th is 50, and a tenth has to be left. */
    @Test
    void wanted_isGranted_whileThereIsEase_andATwentiethAtMostOfAllProcesses() {
        assertThat(want("one", 0, 30)).isEqualTo(new BlockReply(30, 970, 30, 0, 0));
        assertThat(want("two", 0, 30)).isEqualTo(new BlockReply(20, 950, 50, 0, 0));
        assertThat(want("three", 0, 30)).isEqualTo(new BlockReply(0, 950, 50, 0, 0));
        assertThat(want("one", 0, 30)).as("given back and wanted again").isEqualTo(new BlockReply(30, 950, 50, 0, 0));
        assertThat(want("two", 855, 30)).as("five above a tenth").isEqualTo(new BlockReply(15, 100, 900, 0, 0));
        assertThat(want("three", 0, 30)).isEqualTo(new BlockReply(0, 100, 900, 0, 0));
    }

    /** A use of the first leaves in 30 minutes, and one of the second in 40. */
    @Test
    void refusedProcesses_arePromisedRoomOneAfterTheOther() {
        use("first", 5);
        age(Duration.ofMinutes(10));
        use("second", 5);
        age(Duration.ofMinutes(20));

        assertThat(waitOf(attempt("one", 3))).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(31));
        assertThat(waitOf(attempt("two", 3)))
                .as("behind the other")
                .isBetween(Duration.ofMinutes(39), Duration.ofMinutes(41));
        assertThat(waitOf(attempt("one", 3)))
                .as("whoever comes too early comes behind the other")
                .isBetween(Duration.ofMinutes(39), Duration.ofMinutes(41));
        assertThat(waitOf(attempt("one", 2)))
                .as("of the first five, three are promised to the other")
                .isBetween(Duration.ofMinutes(29), Duration.ofMinutes(31));
    }

    @Test
    void whoDoesNotCome_isPromisedNothingAnyMore() {
        trade("first", 1, block(AMOUNT, 0, 0), List.of(), List.of());
        attempt("one", 3);
        attempt("two", 4);
        assertThat(field("q")).isEqualTo("7");

        tell("one", 2, List.of());
        assertThat(field("q")).as("not due yet").isEqualTo("7");
        letBeDue("one", Duration.ofMillis(-600));
        age(Duration.ofSeconds(8));
        trade("first", 2, block(AMOUNT, 0, 0), List.of(), List.of());
        assertThat(field("q")).as("counted anew").isEqualTo("4");
        attempt("one", 2);
        assertThat(field("q")).isEqualTo("6");
        age(Duration.ofMinutes(2));
        tell("first", 3, List.of());
        assertThat(field("q")).as("the blocks have expired").isEqualTo("0");
    }

    /** It may be dead, and its block lasts for minutes. */
    @Test
    void whoDoesNotCome_isNotCountedAmongThoseThatAsk() {
        List<AskerEntry> askers = List.of(new AskerEntry("aa", 1_000));
        takeOf(0, 0, "old", 60);
        ask("one", 0, askers, 1);
        ask("two", 0, askers, 1);
        assertThat(field("taa")).isEqualTo("2 1000");

        letBeDue("two", Duration.ofMillis(-600));
        age(Duration.ofSeconds(2));
        ask("one", 0, askers, 1);
        assertThat(field("taa")).as("counted anew").isEqualTo("1 1000");
        ask("two", 0, askers, 1);
        assertThat(field("taa")).as("it has come after all").isEqualTo("2 1000");
    }

    @Test
    void whoComes_isPromisedNothingAnyMore() {
        trade("first", 1, block(AMOUNT, 0, 0), List.of(), List.of());
        attempt("one", 3);
        tell("first", 2, List.of(new DatedEntry(0, Duration.ZERO, 7)));

        assertThat(attempt("one", 3).isGranted()).isTrue();
        assertThat(field("q")).isEqualTo("0");
        assertThat(left()).isZero();
    }

    /** Of 60 a minute, a permit each second for the one that has had most of them; a share is 32. */
    @Test
    void exhaustedLimit_isPaced_forWhoHasHadMoreThanAShare() {
        assertThat(takeOf(0, 0, "one", 60)).isNegative();
        assertThat(takeOf(0, 0, "two", 1)).as("nobody else waits").isNotNegative();
        assertThat(takeOf(60, 0, "one", 1)).as("the second that waits").isNotNegative();
        List<DatedEntry> old = List.of(new DatedEntry(0, MINUTE.plusSeconds(1), 30));
        trade("one", 2, ofSixty(30, 0), old, List.of());

        assertThat(takeOf(0, 0, "two", 1)).as("of those that came back").isNegative();
        assertThat(takeOf(30, 20, "one", 1)).isBetween(1L, 1_000L);
        assertThat(takeOf(1, 30, "two", 1)).as("up to its share").isNegative();
        long beyond = takeOf(2, 30, "two", 1);
        assertThat(beyond).isBetween(1L, 4_000L);
        assertThat(takeOf(30, 20, "one", 1) - beyond)
                .as("not at the same moment")
                .isBetween(500L, 1_000L);
    }

    /**
     * Of 60 a minute, and three processes: two ask for the same turns, and one for others of twice the weight. So these
     * have a sixth each, which is 11, and that has 42.
     */
    @Test
    void exhaustedLimit_isSharedByTurns_inHoweverManyProcessesTheyAre() {
        List<AskerEntry> first = List.of(new AskerEntry("aa", 1_000));
        List<AskerEntry> second = List.of(new AskerEntry("bb", 2_000));
        takeOf(0, 0, "old", 60);
        ask("one", 0, first, 1);
        ask("two", 0, first, 1);
        ask("three", 0, second, 1);
        List<DatedEntry> old = List.of(new DatedEntry(0, MINUTE.plusSeconds(1), 60));
        trade("old", 2, ofSixty(0, 0), old, List.of());

        assertThat(ask("one", 10, first, 1)).as("up to its share").isNegative();
        assertThat(ask("two", 11, first, 1)).as("beyond it").isPositive();
        assertThat(ask("three", 41, second, 1)).as("a third of it").isNegative();
        assertThat(ask("three", 42, second, 1)).isPositive();
        assertThat(field("taa")).isEqualTo("2 1000");
        assertThat(field("v")).isEqualTo("3000");

        trade("two", 1, ofSixty(0, 0), List.of(), List.of(), second);
        assertThat(field("taa")).isEqualTo("1 1000");
        assertThat(field("tbb")).isEqualTo("2 2000");
        trade("two", 1, ofSixty(0, 0), List.of(), List.of());
        trade("three", 1, ofSixty(0, 0), List.of(), List.of());
        assertThat(field("tbb")).isNull();
        assertThat(field("v")).isEqualTo("1000");
    }

    @Test
    void turns_areAnsweredWithTheProcessesThatAskForThem_andForgottenWithDeadBlocks() {
        List<AskerEntry> both = List.of(new AskerEntry("aa", 1_000), new AskerEntry("bb", 1_000));
        trade("one", 1, block(1, 0, 0), List.of(), List.of(), List.of(both.get(0)));

        assertThat(trade("two", 1, block(0, 0, 0), List.of(), List.of(), both).processes())
                .containsExactly(2, 1);
        age(Duration.ofMinutes(2));
        assertThat(trade("three", 1, block(0, 0, 0), List.of(), List.of(), both).processes())
                .containsExactly(1, 1);
    }

    /** A number that is too large to be read would end the contact. */
    @ParameterizedTest
    @ValueSource(strings = {"many", "999999999999999 1000"})
    void turnsThatSomebodyElseHasWritten_areCountedAnew(String value) {
        List<AskerEntry> askers = List.of(new AskerEntry("aa", 1_000));
        trade("one", 1, block(1, 0, 0), List.of(), List.of(), askers);
        OtherClient.ask(redis.uri(), other -> other.hset(KEY_OF_LIMIT, "taa", value));

        assertThat(trade("two", 1, block(0, 0, 0), List.of(), List.of(), askers).processes())
                .containsExactly(2);
        assertThat(field("taa")).isEqualTo("2 1000");
    }

    /** Returns how long it has to wait, in milliseconds, or less than 0 if it needn't. */
    private long ask(String process, long used, List<AskerEntry> askers, long amount) {
        AttemptReply reply = trade(process, 1, ofSixty(0, used), List.of(), List.of(List.of(amount)), askers)
                .attempts()
                .get(0);
        return reply.isGranted() ? -1 : reply.waitMillis();
    }

    @Test
    void attemptOfNothing_fits_howeverMuchIsHeld() {
        trade("first", 1, block(AMOUNT + 2, 0, 0), List.of(), List.of());

        assertThat(attempt("two", 0).isGranted()).isTrue();
        assertThat(attempt("two", 1).isGranted()).isFalse();
    }

    @Test
    void useThatIsOlderThanAWindow_isNotCounted() {
        assertThat(tell("one", 1, List.of(new DatedEntry(0, HOUR.multipliedBy(2), 4)))
                        .blocks())
                .containsExactly(new BlockReply(0, AMOUNT, 0, 0, 0));
    }

    @Test
    void whileSomebodyWaits_nothingMoreIsFree() {
        assertThat(want("one", 0, 30).more()).isEqualTo(30);
        LimitName large = new LimitName(Optional.empty(), "large");
        trade("two", 1, new BlockEntry(large, 1_000, HOUR, 0, 0, 0, 0, 0), List.of(), List.of(List.of(990L)));

        assertThat(want("one", 0, 30).more()).isZero();
    }

    @Test
    void whoIsRefused_getsNothingFreeOfOtherLimits() {
        BlockEntry large = new BlockEntry(new LimitName(Optional.empty(), "large"), 1_000, HOUR, 0, 0, 30, 0, 0);
        TradeReply reply =
                trade("one", 1, List.of(block(AMOUNT, 0, 0), large), List.of(), List.of(List.of(1L, 1L)), List.of());

        assertThat(reply.blocks()).extracting(BlockReply::more).containsExactly(0L, 0L);
    }

    /** Of three slots of an hour, one has two of three hours in it: it mustn't leave early. */
    @Test
    void otherWindow_datesUsesAsLateAsTheyMayBe() {
        List<DatedEntry> uses = IntStream.range(0, 3)
                .mapToObj(n -> new DatedEntry(0, Duration.ofMillis(3_516L * n), 1))
                .toList();
        tell("one", 1, uses);
        List<Long> later = slots().map(slot -> ((slot + 1) * 3_516 - 1) / 10_547)
                .distinct()
                .toList();
        left(HOUR.multipliedBy(3));

        assertThat(slots()).containsExactlyElementsOf(later);
    }

    private Stream<Long> slots() {
        return OtherClient.<Map<String, String>>ask(redis.uri(), other -> other.hgetall(KEY_OF_LIMIT)).keySet().stream()
                .filter(field -> field.matches("\\d+"))
                .map(Long::valueOf)
                .sorted();
    }

    @Test
    void deadBlocks_leaveTheCounts_eachAtItsTime_andWhatTheyHeldIsKeptForAWindow() {
        trade("first", 1, block(3, 2, 0), List.of(), List.of());
        age(MINUTE.dividedBy(2));
        trade("second", 1, block(2, 1, 0), List.of(), List.of());
        assertThat(List.of(field("h"), field("f"), field("m"))).containsExactly("5", "3", "2");
        assertThat(OtherClient.<Long>ask(redis.uri(), other -> other.pttl(KEY_OF_LIMIT)))
                .isGreaterThan(HOUR.plus(MINUTE).toMillis());
        age(Duration.ofSeconds(40));
        left();
        assertThat(List.of(field("h"), field("f"), field("m"))).containsExactly("2", "1", "2");
        age(MINUTE.dividedBy(2));

        assertThat(left()).isEqualTo(5);
        assertThat(List.of(field("h"), field("f"), field("m"))).containsExactly("0", "0", "1");
    }

    @Test
    void anotherEpoch_isToldFirst_andThenAllAreCareful() {
        reserve("one", 3);
        TradeReply changed = tradeKnowing("fedcba9876543210", 2);
        assertThat(changed.verdict()).isEqualTo(Verdict.CHANGED);
        assertThat(changed.careful()).isPositive();
        assertThat(field("h")).as("nothing was done").isEqualTo("3");

        TradeReply careful = tradeKnowing(changed.epoch(), 2);

        assertThat(careful.verdict()).isEqualTo(Verdict.CAREFUL);
        assertThat(careful.attempts()).isEmpty();
        assertThat(field("h")).as("it was put, and nothing was granted").isEqualTo("5");
        assertThat(OtherClient.<Boolean>ask(
                        redis.uri(),
                        other -> other.keys("*").stream().allMatch(key -> other.pttl(key) >= HOUR.toMillis())))
                .as("the epoch is there for as long as the limit")
                .isTrue();
    }

    @Test
    void usesThatWereCounted_andAreMissing_areAskedFor_andAllAreCareful() {
        tell("one", 7, List.of(new DatedEntry(0, Duration.ZERO, 3)));
        reserve("two", 2);
        LimitName fresh = new LimitName(Optional.of("m"), "requests");
        List<BlockEntry> blocks = List.of(
                new BlockEntry(NAME, AMOUNT, HOUR, 0, 0, 0, 0, 8), new BlockEntry(fresh, AMOUNT, HOUR, 0, 0, 0, 0, 0));
        List<DatedEntry> uses = List.of(new DatedEntry(0, Duration.ZERO, 1));

        TradeReply lost = trade("one", 9, blocks, uses, List.of(List.of(1L, 1L)), List.of());

        assertThat(lost.verdict()).isEqualTo(Verdict.CHANGED);
        assertThat(lost.counted()).containsExactly(7L, 0L);
        assertThat(List.of(field("s"), field("h"))).as("nothing was done").containsExactly("3", "2");
        assertThat(trade("two", 2, block(2, 0, 0), List.of(), List.of()).verdict())
                .isEqualTo(Verdict.CAREFUL);
        assertThat(tell("one", 9, List.of(new DatedEntry(0, Duration.ZERO, 4))).verdict())
                .isEqualTo(Verdict.CAREFUL);
        assertThat(field("s")).isEqualTo("7");
    }

    /** Its process may have been idle, or Redis away or from a dump of that time. */
    @ParameterizedTest
    @CsvSource({"PT10M, PT10M", "PT1H, PT1H", "PT24H, PT1H"})
    void usesOfABlockThatHasExpired_areKnownForAWindow_orAnHour(Duration window, Duration known) {
        BlockEntry held = new BlockEntry(NAME, AMOUNT, window, 2, 0, 0, 0, 0);
        trade("one", 7, held, List.of(new DatedEntry(0, Duration.ZERO, 3)), List.of());
        age(MINUTE.multipliedBy(2));
        assertThat(left(window)).isEqualTo(5);
        assertThat(List.of(field("h"), field("f"), field("m"))).containsExactly("0", "0", "1");
        assertThat(knowing(7, 8, window).verdict()).isEqualTo(Verdict.DONE);
        assertThat(List.of(field("h"), field("m"))).as("it has one again").containsExactly("0", "2");
        age(MINUTE.multipliedBy(2));
        left(window);
        age(known.minus(MINUTE.multipliedBy(2)));
        left(window);

        assertThat(knowing(9, 10, window).counted()).containsExactly(8L);

        age(known);
        trade("looker", 1, new BlockEntry(NAME, AMOUNT, window, 0, 0, 0, 0, 0), List.of(), List.of());
        assertThat(knowing(9, 10, window).counted()).containsExactly(0L);
    }

    private TradeReply knowing(long counted, long number, Duration window) {
        BlockEntry block = new BlockEntry(NAME, AMOUNT, window, 0, 0, 0, 0, counted);
        return trade("one", number, block, List.of(), List.of());
    }

    private TradeReply tradeKnowing(String epoch, long held) {
        return join(commands.trade(new Trade(
                "acme",
                epoch,
                "0123456789abcdef",
                "two",
                ++turn,
                1,
                MINUTE,
                List.of(block(held, 0, 0)),
                List.of(),
                List.of(List.of(1L)),
                List.of())));
    }

    private static BlockEntry ofSixty(long held, long used) {
        return new BlockEntry(NAME, 60, MINUTE, held, 0, 0, used, 0);
    }

    /** Returns how long it has to wait, in milliseconds, or less than 0 if it needn't. */
    private long takeOf(long held, long used, String process, long amount) {
        AttemptReply reply = trade(process, 1, ofSixty(held, used), List.of(), List.of(List.of(amount)))
                .attempts()
                .get(0);
        return reply.isGranted() ? -1 : reply.waitMillis();
    }

    /** Changes when a process was told to come: after a time. */
    private void letBeDue(String process, Duration due) {
        OtherClient.ask(redis.uri(), other -> {
            List<String> time = other.time();
            long now = Long.parseLong(time.get(0)) * 1_000 + Long.parseLong(time.get(1)) / 1_000;
            String[] block = other.hget(KEY_OF_LIMIT, "b" + process).split(" ");
            block[6] = Long.toString(now + due.toMillis());
            return other.hset(KEY_OF_LIMIT, "b" + process, String.join(" ", block));
        });
    }

    private static Duration waitOf(AttemptReply refused) {
        assertThat(refused.isGranted()).isFalse();
        return Duration.ofMillis(refused.waitMillis());
    }

    private BlockReply want(String process, long held, long wanted) {
        LimitName large = new LimitName(Optional.empty(), "large");
        return trade(process, 1, new BlockEntry(large, 1_000, HOUR, held, 0, wanted, 0, 0), List.of(), List.of())
                .blocks()
                .get(0);
    }

    @Test
    void useThatLeavesTheWindow_leavesTheSum_thoughLaterOnesStay() {
        use("first", 3);
        age(Duration.ofMinutes(40));
        use("second", 2);
        assertThat(left()).isEqualTo(5);
        age(Duration.ofMinutes(19));
        assertThat(left()).isEqualTo(5);
        age(Duration.ofMinutes(2));

        assertThat(left()).isEqualTo(8);
        assertThat(field("s")).isEqualTo("2");
        reserve("third", 8);
        AttemptReply refused = attempt("fourth", 2);
        assertThat(refused.isGranted()).isFalse();
        assertThat(Duration.ofMillis(refused.waitMillis()))
                .as("the second leaves in 39 minutes")
                .isBetween(Duration.ofMinutes(38), Duration.ofMinutes(40));
        age(Duration.ofMinutes(40));
        String other = RedisKeys.place("acme", new LimitName(Optional.empty(), "other"));
        assertThat(join(commands.survey(Map.of(PLACE, HOUR, other, HOUR))))
                .as("nobody has looked since")
                .containsOnly(entry(PLACE, 10L), entry(other, 0L));
        assertThat(left()).isEqualTo(2);
        assertThat(join(commands.survey(Map.of(PLACE, HOUR)))).containsEntry(PLACE, 8L);
    }

    @Test
    void longerOfTwoWindows_countsForAsLongAsSomebodyMayGoByIt() {
        use("grant", 4);
        age(Duration.ofMinutes(30));
        assertThat(left(MINUTE)).isEqualTo(6);
        age(Duration.ofMinutes(28));
        assertThat(left(MINUTE)).isEqualTo(6);
        assertThat(left(Duration.ofHours(2)))
                .as("a longer one knows what was known")
                .isEqualTo(6);
        age(Duration.ofMinutes(119));
        assertThat(left(MINUTE)).as("the longest still counts").isEqualTo(AMOUNT);
        assertThat(field("w")).isEqualTo("7200000");
        age(Duration.ofMinutes(2));
        assertThat(left(MINUTE)).isEqualTo(AMOUNT);
        assertThat(field("w")).isEqualTo("60000");
    }
}
