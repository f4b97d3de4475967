package dev.whippletree.cache.redis.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AskerEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AttemptReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Trade;
import dev.whippletree.cache.redis.contact.CoordinationCommands.TradeReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Verdict;
import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.ModelledRedis;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.contact.Tokens;
import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.cache.redis.link.TooManyCommandsException;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An account over trades that end when the test says so. */
class AccountTest {

    private static final Duration MOMENT = Duration.ofMillis(100);
    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration PACE = Duration.ofMillis(600);

    private static final LimitUse ONE =
            new LimitUse(Scope.of("test/acme"), "requests", Limit.requests(100, Duration.ofHours(1)), 1);
    private static final LimitUse TOKENS =
            new LimitUse(Scope.of("test/acme", "m"), "tokens", Limit.tokens(1_000, Duration.ofHours(1)), 50);

    private static final LimitUse BRIEF =
            new LimitUse(Scope.of("test/acme"), "brief", Limit.requests(100, Duration.ofSeconds(1)), 1);

    private static final TenantTurn TURN = new TenantTurn("acme", Priority.INTERACTIVE, 1.5);

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final FaultyCommands network = new FaultyCommands(new ModelledRedis(timeline), timeline);
    private final CoordinationCommands commands = network.commands();
    private final Tokens tokens = new Tokens(services.random());
    private final Contact contact = new Contact(commands, services, tokens.process(), 0, FaultyCommands.TIMEOUT);
    private final List<Askers.Spread> spread = new ArrayList<>();
    private Account account;

    @BeforeEach
    void open() {
        contact.start();
        timeline.advance(MOMENT);
        account = new Account("test/acme", parts(), new UsageSync(commands, contact, services, Map::of));
    }

    private Accounts.Parts parts() {
        return new Accounts.Parts(commands, contact, tokens, services, LEASE, news -> {});
    }

    private CompletableFuture<Grant> reserve(String id, LimitUse... uses) {
        return account.reserve(id, List.of(uses), TURN).toCompletableFuture();
    }

    @Test
    void usesFromBeforeALimitWasShared_areToldByTheNextTrade_ifNoneAreKnown() {
        Duration longer = Duration.ofMinutes(5);
        account.enter(ONE, Map.of(MOMENT, 3L, longer, 4L));
        account.enter(ONE, Map.of(MOMENT, 9L));
        assertThat(account.timer()).isPresent();

        assertThat(send().trade().uses()).containsExactly(new DatedEntry(0, longer, 4), new DatedEntry(0, MOMENT, 3));
    }

    private Account.Sent send() {
        Account.Sent sent = account.startTrade().orElseThrow();
        spread.addAll(sent.changes());
        return sent;
    }

    private Account.Outcome answer(Account.Sent sent, TradeReply reply) {
        Account.Outcome outcome = account.answered(sent, reply, null);
        spread.addAll(outcome.changes());
        outcome.answers().forEach(Runnable::run);
        return outcome;
    }

    private Account.Outcome fail(Account.Sent sent, Throwable failure) {
        Account.Outcome outcome = account.answered(sent, null, failure);
        outcome.answers().forEach(Runnable::run);
        return outcome;
    }

    /** Returns that everything was granted, and so much more of each limit. */
    private static TradeReply granted(Account.Sent sent, long more) {
        return reply(sent, Verdict.DONE, "first", more, -1, 0);
    }

    private static TradeReply granted(Account.Sent sent, long more, int processes) {
        return replyWith(sent, new BlockReply(more, 1, 10, 0, 0), processes);
    }

    private static TradeReply replyWith(Account.Sent sent, BlockReply each, int processes) {
        return new TradeReply(
                Verdict.DONE,
                "first",
                Duration.ZERO,
                sent.trade().blocks().stream().map(block -> each).toList(),
                sent.trade().attempts().stream()
                        .map(attempt -> new AttemptReply(-1, 0))
                        .toList(),
                sent.trade().askers().stream().map(asker -> processes).toList(),
                List.of());
    }

    private static TradeReply reply(
            Account.Sent sent, Verdict verdict, String epoch, long more, int refuser, long waitMillis) {
        Trade trade = sent.trade();
        return new TradeReply(
                verdict,
                epoch,
                Duration.ofSeconds(verdict == Verdict.CAREFUL ? 1 : 0),
                trade.blocks().stream()
                        .map(block -> new BlockReply(more, block.amount() - 10, 10, 0, 0))
                        .toList(),
                trade.attempts().stream()
                        .map(attempt -> new AttemptReply(refuser, waitMillis))
                        .toList(),
                trade.askers().stream().map(asker -> 1).toList(),
                List.of());
    }

    private void grant(String id, LimitUse... uses) {
        CompletableFuture<Grant> grant = reserve(id, uses);
        Account.Sent sent = send();
        answer(sent, granted(sent, 0));
        assertThat(grant).isCompletedWithValue(new Grant.Granted(id));
    }

    private Account.Sent useAndTell(String id, LimitUse use) {
        grant(id, use);
        account.settle(id, Optional.empty(), Duration.ZERO);
        Account.Sent sent = send();
        answer(sent, granted(sent, 0));
        return sent;
    }

    @Test
    void attemptsThatComeWhileATradeIsUnderWay_goIntoTheNextOne_together() {
        CompletableFuture<Grant> first = reserve("a", ONE);
        Account.Sent sent = send();
        CompletableFuture<Grant> second = reserve("b", ONE);
        CompletableFuture<Grant> third = reserve("c", ONE, TOKENS);
        assertThat(account.startTrade()).as("one at a time").isEmpty();
        assertThat(sent.trade().attempts()).containsExactly(List.of(1L));

        Account.Outcome outcome = answer(sent, granted(sent, 0));

        assertThat(first).isCompletedWithValue(new Grant.Granted("a"));
        assertThat(second).isNotDone();
        assertThat(outcome.awaited()).isTrue();
        assertThat(outcome.again()).isEmpty();
        Account.Sent next = send();
        assertThat(next.trade().attempts()).containsExactly(List.of(1L, 0L), List.of(1L, 50L));
        assertThat(next.trade().blocks()).extracting(BlockEntry::held).containsExactly(1L, 0L);
        answer(next, reply(next, Verdict.DONE, "first", 0, 1, 7_000));
        assertThat(third).isCompletedWithValue(new Grant.Refused(TOKENS, Duration.ofSeconds(7)));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "500, 500", "3600000, 3600000", "3600001, 3600000"})
    void refusal_isForAWindowAtMost(long waitMillis, long millis) {
        CompletableFuture<Grant> refused = reserve("a", ONE);
        Account.Sent sent = send();
        answer(sent, reply(sent, Verdict.DONE, "first", 0, 0, waitMillis));

        assertThat(refused).isCompletedWithValue(new Grant.Refused(ONE, Duration.ofMillis(millis)));
        assertThat(send().trade().blocks()).extracting(BlockEntry::held).containsExactly(0L);
    }

    @Test
    void freePart_asksNobody_forTwoSecondsAfterItsTradeWasSent() {
        CompletableFuture<Grant> first = reserve("a", ONE);
        Account.Sent sent = send();
        timeline.advance(MOMENT);
        answer(sent, granted(sent, 3));
        assertThat(first).isCompleted();

        assertThat(reserve("b", ONE)).isCompletedWithValue(new Grant.Granted("b"));
        assertThat(reserve("c", ONE, TOKENS)).as("tokens aren't free").isNotDone();
        timeline.advance(Duration.ofMillis(1_899));
        assertThat(reserve("d", ONE)).isCompletedWithValue(new Grant.Granted("d"));
        timeline.advance(Duration.ofMillis(1));
        assertThat(reserve("e", ONE)).as("the others may take it for lost").isNotDone();
        assertThat(account.alone()).isZero();
    }

    @Test
    void whatHasEnded_isTold_onceSomeTimeHasPassedSinceTheTradeBefore() {
        assertThat(account.timer()).as("nothing to tell").isEmpty();
        grant("a", ONE, TOKENS);
        timeline.advance(MOMENT);
        account.settle("a", Optional.of(new TokenCount(20, 0)), Duration.ofMillis(50));

        assertThat(account.timer()).contains(Duration.ofMillis(500));
        assertThat(account.timer()).as("it is set").isEmpty();
        timeline.advance(Duration.ofMillis(500));
        assertThat(account.isDue()).isTrue();
        Account.Sent sent = send();
        assertThat(sent.trade().uses())
                .containsExactly(
                        new DatedEntry(0, Duration.ofMillis(550), 1), new DatedEntry(1, Duration.ofMillis(550), 20));
        assertThat(sent.trade().blocks()).extracting(BlockEntry::held).containsExactly(0L, 0L);
        answer(sent, granted(sent, 0));
        assertThat(send().trade().uses()).as("told").isEmpty();
    }

    @Test
    void timerThatAnotherTradeHasComeBefore_isNotDue() {
        grant("a", ONE);
        account.settle("a", Optional.empty(), Duration.ZERO);
        assertThat(account.timer()).contains(PACE);
        timeline.advance(MOMENT);
        grant("b", ONE);
        timeline.advance(PACE.minus(MOMENT));

        assertThat(account.isDue()).isFalse();
        assertThat(account.timer()).as("nothing new").isEmpty();
    }

    /** A trade states blocks as they are, so those that come after one that was lost make it good. */
    @Test
    void tradeThatIsNotAnswered_isMadeGood_withTheSameUsesUnderTheSameNumber() {
        grant("a", ONE);
        grant("b", ONE);
        account.settle("a", Optional.empty(), Duration.ZERO);
        Account.Sent lost = send();
        account.settle("b", Optional.empty(), Duration.ZERO);
        contact.lost(new TimeoutException("silence"));
        fail(lost, new TimeoutException("silence"));
        timeline.advance(Duration.ofSeconds(1));

        Account.Sent again = send();

        assertThat(again.trade().number()).isEqualTo(lost.trade().number());
        assertThat(again.trade().turn()).isGreaterThan(lost.trade().turn());
        assertThat(again.trade().uses()).extracting(DatedEntry::amount).containsExactly(1L);
        assertThat(again.trade().blocks())
                .as("what has ended since is held until it is told")
                .extracting(BlockEntry::held)
                .containsExactly(1L);
        answer(again, granted(again, 0));
        Account.Sent next = send();
        assertThat(next.trade().number()).isGreaterThan(again.trade().number());
        assertThat(next.trade().uses()).extracting(DatedEntry::amount).containsExactly(1L);
        assertThat(next.trade().blocks()).extracting(BlockEntry::held).containsExactly(0L);
    }

    @Test
    void anotherEpoch_isToldAllOfTheLastWindowAgain_andWhatWasFreeIsNot() {
        grant("used", ONE);
        account.settle("used", Optional.empty(), Duration.ZERO);
        grant("flying", ONE);
        CompletableFuture<Grant> waits = reserve("a", ONE);
        Account.Sent sent = send();
        timeline.advance(Duration.ofSeconds(10));

        Account.Outcome outcome = answer(sent, reply(sent, Verdict.CHANGED, "second", 0, 0, 0));

        assertThat(outcome.again()).contains(Duration.ZERO);
        assertThat(waits).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
        Account.Sent again = send();
        assertThat(again.trade().knownEpoch()).isEqualTo("second");
        assertThat(again.trade().blocks()).extracting(BlockEntry::held).containsExactly(1L);
        assertThat(again.trade().uses()).singleElement().satisfies(use -> {
            assertThat(use.amount()).isEqualTo(1);
            assertThat(use.ago()).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(10));
        });
        assertThat(reserve("b", ONE)).as("not in step").isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
        CompletableFuture<Grant> unasked = reserve("c", ONE);
        outcome = answer(again, reply(again, Verdict.CAREFUL, "second", 0, 0, 0));
        assertThat(outcome.again()).as("once all have entered what was lost").contains(Duration.ofSeconds(1));
        assertThat(unasked).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
        assertThat(reserve("d", ONE)).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
        timeline.advance(Duration.ofSeconds(1));
        Account.Sent last = send();
        assertThat(last.trade().uses()).as("told").isEmpty();
        answer(last, reply(last, Verdict.DONE, "second", 0, 0, 0));
        assertThat(reserve("e", ONE)).as("asks again").isNotCompleted();
        assertThat(account.alone()).isZero();
    }

    /** As after a failover: Redis says up to which number it has counted. */
    @Test
    void usesThatRedisHasLost_areToldAgain_andOthersAreNot() {
        List<Long> numbers = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            numbers.add(useAndTell(id, ONE).trade().number());
            timeline.advance(Duration.ofSeconds(10));
        }
        grant("d", ONE);
        account.settle("d", Optional.empty(), Duration.ZERO);
        Account.Sent lost = send();
        assertThat(lost.trade().blocks()).extracting(BlockEntry::counted).allMatch(known -> known >= numbers.get(2));

        answer(lost, lost(lost, numbers.get(0)));

        Account.Sent again = send();
        assertThat(again.trade().uses())
                .extracting(use -> use.ago().toSeconds(), DatedEntry::amount)
                .containsExactly(tuple(20L, 1L), tuple(10L, 1L), tuple(0L, 1L));
        assertThat(again.trade().number()).isGreaterThan(lost.trade().number());
        assertThat(again.trade().blocks())
                .as("it may be lost again")
                .extracting(BlockEntry::counted)
                .containsExactly(numbers.get(0));
        answer(again, granted(again, 0));
        Account.Sent next = send();
        assertThat(next.trade().uses()).isEmpty();

        answer(next, lost(next, numbers.get(1)));

        assertThat(send().trade().uses()).as("lost once more").hasSize(3);
    }

    private static TradeReply lost(Account.Sent sent, long counted) {
        TradeReply reply = reply(sent, Verdict.CHANGED, "first", 0, 0, 0);
        List<Long> each = sent.trade().blocks().stream().map(block -> counted).toList();
        return new TradeReply(reply.verdict(), reply.epoch(), Duration.ZERO, List.of(), List.of(), List.of(), each);
    }

    /** Redis may have been started anew without its last writes, and nobody may have noticed that it was away. */
    @Test
    void newConnection_isTradedOverOnce_thoughThereIsNothingToTell() {
        Account.Sent sent = useAndTell("a", ONE);
        assertThat(account.isToTrade()).isFalse();

        contact.connected();

        assertThat(account.isToTrade()).isTrue();
        sent = send();
        answer(sent, granted(sent, 0));
        assertThat(account.isToTrade()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "PT1M, PT59.999S, true",
        "PT1M, PT1M, false",
        "PT1H, PT59M59.999S, true",
        "PT24H, PT59M59.999S, true",
        "PT24H, PT1H, false"
    })
    void whatWasCounted_isMissedForAWindow_orAnHour(Duration window, Duration idle, boolean missed) {
        LimitUse use = new LimitUse(Scope.of("test/acme"), "requests", Limit.requests(100, window), 1);
        Account.Sent sent = useAndTell("a", use);
        timeline.advance(idle);
        assertThat(send().trade().blocks())
                .extracting(BlockEntry::counted)
                .containsExactly(missed ? sent.trade().number() : 0);
    }

    @Test
    void turnThatComesLate_isPutOff_andTheNextIsAhead() {
        CompletableFuture<Grant> late = reserve("a", ONE);
        Account.Sent sent = send();
        Account.Outcome outcome = answer(sent, reply(sent, Verdict.LATE, "first", 0, 0, 0));

        assertThat(late).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
        assertThat(outcome.again()).isEmpty();
        assertThat(send().trade().turn()).isGreaterThan(sent.trade().turn() + 100);
    }

    @Test
    void withoutRedis_itGrantsAlone_onlyWhereTheTroubleIsNotItsOwn() {
        Grant moment = new Grant.Refused(ONE, MOMENT);
        CompletableFuture<Grant> refused = reserve("a", ONE);
        Account.Sent sent = send();
        CompletableFuture<Grant> behind = reserve("b", ONE);
        fail(sent, new RefusedCommandException("OOM", new IllegalStateException()));
        assertThat(refused).as("refused there").isCompletedWithValue(new Grant.Granted("a"));
        assertThat(behind).isCompletedWithValue(new Grant.Granted("b"));
        assertThat(account.trouble()).get().isInstanceOf(RefusedCommandException.class);

        contact.lost(new RedisUnavailableException("gone"));
        assertThat(account.fallOut()).isEmpty();
        assertThat(reserve("c", ONE)).as("in doubt").isCompletedWithValue(moment);
        timeline.advance(FaultyCommands.TIMEOUT);
        assertThat(reserve("d", ONE)).isCompletedWithValue(new Grant.Granted("d"));
        assertThat(account.alone()).isEqualTo(3);
        assertThat(account.timer()).as("there is no contact").isEmpty();
    }

    /** Of a cluster, another shard may well answer. */
    @Test
    void shardThatDoesNotAnswer_isAskedOnceMore_beforeSharesAreGranted() {
        ShardUnavailableException silence = new ShardUnavailableException(new TimeoutException("silence"));
        CompletableFuture<Grant> first = reserve("a", ONE);
        assertThat(fail(send(), silence).again()).isPresent();
        assertThat(first).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
        assertThat(reserve("b", ONE)).as("it is being asked").isCompletedWithValue(new Grant.Refused(ONE, MOMENT));

        assertThat(fail(send(), silence).again()).isEmpty();

        assertThat(account.trouble()).contains(silence);
        assertThat(reserve("c", ONE)).isCompletedWithValue(new Grant.Granted("c"));
        assertThat(account.isToTrade()).as("each beat asks again").isTrue();
        Account.Sent sent = send();
        answer(sent, granted(sent, 0));
        assertThat(account.trouble()).isEmpty();
        timeline.advance(Duration.ofMillis(2_500));
        assertThat(reserve("d", ONE)).as("others' beats have asked again, too").isNotDone();
    }

    /** The others go on, and leave it no part. */
    @Test
    void processThatHasTooManyCommandsUnderWay_putsAttemptsOff_untilATradeIsAnswered() {
        TooManyCommandsException own = new TooManyCommandsException("too many");
        Grant moment = new Grant.Refused(ONE, MOMENT);
        CompletableFuture<Grant> first = reserve("a", ONE);
        for (int n = 0; n < 3; n++) {
            assertThat(fail(send(), own).again()).contains(MOMENT);
            assertThat(reserve("b" + n, ONE)).isCompletedWithValue(moment);
        }
        assertThat(first).isCompletedWithValue(moment);
        assertThat(account.trouble()).isEmpty();

        Account.Sent sent = send();
        answer(sent, granted(sent, 0));
        assertThat(reserve("c", ONE)).as("it is asked for").isNotDone();
        assertThat(account.alone()).isZero();
    }

    @Test
    void contactThatIsLost_answersThoseWhoWait() {
        List<CompletableFuture<Grant>> waiting = new ArrayList<>();
        Account.Sent sent = send();
        for (int n = 0; n < 50; n++) {
            waiting.add(reserve("w" + n, ONE));
        }
        contact.lost(new RedisUnavailableException("gone"));
        account.fallOut().forEach(Runnable::run);

        assertThat(waiting).allSatisfy(each -> assertThat(each).isCompletedWithValue(new Grant.Refused(ONE, MOMENT)));
        fail(sent, new RedisUnavailableException("gone"));
        assertThat(account.startTrade().orElseThrow().trade().attempts()).isEmpty();
    }

    /** The others go on already, and leave it no part. */
    @Test
    void contactThatIsBack_putsAttemptsOff_untilATradeIsAnswered() {
        RedisUnavailableException gone = new RedisUnavailableException("gone");
        Account.Sent sent = send();
        contact.lost(gone);
        account.fallOut();
        fail(sent, gone);
        contact.beat();
        timeline.advance(MOMENT);
        assertThat(contact.isUp()).isTrue();
        assertThat(reserve("a", ONE)).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));

        fail(send(), new RefusedCommandException("OOM", new IllegalStateException()));
        assertThat(reserve("b", ONE)).isCompletedWithValue(new Grant.Granted("b"));
        contact.lost(gone);
        account.fallOut();
        contact.beat();
        timeline.advance(MOMENT);
        assertThat(reserve("c", ONE)).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
    }

    @Test
    void manyAttempts_areSpreadOverTrades() {
        List<CompletableFuture<Grant>> all = new ArrayList<>();
        for (int n = 0; n < 70; n++) {
            all.add(reserve("w" + n, ONE));
        }
        int trades = 0;
        while (all.stream().anyMatch(each -> !each.isDone())) {
            Account.Sent sent = send();
            answer(sent, granted(sent, 0));
            trades++;
        }
        assertThat(trades).isEqualTo(3);
    }

    /** An hour's slots are three and a half seconds each. */
    @Test
    void usesOfALongTime_areToldBySlot_neverEarlier() {
        network.setDown(true);
        contact.lost(new RedisUnavailableException("gone"));
        account.fallOut().forEach(Runnable::run);
        timeline.advance(FaultyCommands.TIMEOUT);
        LimitUse many = new LimitUse(ONE.scope(), "many", Limit.requests(100_000, Duration.ofHours(1)), 1);
        for (int n = 0; n < 3_000; n++) {
            assertThat(reserve("m" + n, many)).isCompletedWithValue(new Grant.Granted("m" + n));
            account.settle("m" + n, Optional.empty(), Duration.ZERO);
            timeline.advance(Duration.ofMillis(1));
        }

        List<DatedEntry> uses = send().trade().uses();

        assertThat(uses).hasSizeLessThanOrEqualTo(3);
        assertThat(uses.stream().mapToLong(DatedEntry::amount).sum()).isEqualTo(3_000);
        assertThat(uses).allSatisfy(use -> assertThat(use.ago()).isLessThan(Duration.ofMillis(3_600)));
    }

    /** An outage may last for hours, and what has left its window counts nowhere. */
    @Test
    void usesOfAnOutageThatOutlastsTheWindow_areForgottenAsTheyLeaveIt() {
        network.setDown(true);
        contact.lost(new RedisUnavailableException("gone"));
        account.fallOut().forEach(Runnable::run);
        timeline.advance(FaultyCommands.TIMEOUT);
        LimitUse many = new LimitUse(ONE.scope(), "many", Limit.requests(100_000, Duration.ofSeconds(1)), 1);
        for (int n = 0; n < 3_000; n++) {
            assertThat(reserve("m" + n, many)).isCompletedWithValue(new Grant.Granted("m" + n));
            account.settle("m" + n, Optional.empty(), Duration.ZERO);
            timeline.advance(Duration.ofMillis(1));
        }

        List<DatedEntry> uses = send().trade().uses();

        assertThat(uses.stream().mapToLong(DatedEntry::amount).sum()).isBetween(999L, 1_002L);
        assertThat(uses).allSatisfy(use -> assertThat(use.ago()).isLessThanOrEqualTo(Duration.ofMillis(1_002)));
    }

    @Test
    void freePart_isGivenUp_onceRedisMayHaveTakenItBack() {
        for (String id : List.of("a", "b", "c")) {
            grant(id, ONE);
        }
        CompletableFuture<Grant> last = reserve("d", ONE);
        Account.Sent sent = send();
        answer(sent, granted(sent, 3));
        assertThat(last).isCompleted();
        Account.Sent next = send();
        assertThat(next.trade().blocks()).extracting(BlockEntry::free).containsExactly(3L);
        fail(next, new TimeoutException("silence"));
        timeline.advance(Duration.ofSeconds(2));

        assertThat(send().trade().blocks())
                .extracting(BlockEntry::held, BlockEntry::free)
                .containsExactly(tuple(4L, 0L));
    }

    /** Started late, so that there would be use for it still. */
    @Test
    void freePart_isGivenUp_thoughMuchIsStarted() {
        grant("a", ONE);
        grant("b", ONE);
        Account.Sent sent = send();
        answer(sent, granted(sent, 5));
        timeline.advance(Duration.ofMillis(1_900));
        for (String id : List.of("c", "d", "e")) {
            assertThat(reserve(id, ONE)).isCompleted();
        }
        timeline.advance(MOMENT);

        assertThat(send().trade().blocks())
                .extracting(BlockEntry::held, BlockEntry::free)
                .containsExactly(tuple(5L, 0L));
    }

    /** What is asked for needs it more. */
    @Test
    void freePart_isGivenUp_whereItDoesNotSuffice() {
        LimitUse three = new LimitUse(ONE.scope(), ONE.name(), ONE.limit(), 3);
        grant("a", ONE);
        grant("b", ONE);
        Account.Sent sent = send();
        answer(sent, granted(sent, 2));
        CompletableFuture<Grant> large = reserve("c", three);
        assertThat(large).isNotDone();

        assertThat(send().trade().blocks())
                .extracting(BlockEntry::held, BlockEntry::free)
                .containsExactly(tuple(2L, 0L));
    }

    /** Otherwise it would count there until its lease is over, and for a window as used. */
    @Test
    void endThatRedisHasNotHeardOf_isTold_thoughTheWindowIsOver() {
        grant("a", BRIEF);
        timeline.advance(Duration.ofSeconds(5));
        account.release("a");
        Account.Sent lost = send();
        assertThat(lost.trade().blocks()).extracting(BlockEntry::held).containsExactly(0L);
        fail(lost, new TimeoutException("silence"));
        timeline.advance(Duration.ofSeconds(5));
        account.addPlaces(new HashMap<>());

        Account.Sent again = send();

        assertThat(again.trade().blocks()).extracting(BlockEntry::held).containsExactly(0L);
        answer(again, granted(again, 0));
        assertThat(send().trade().blocks()).as("forgotten").isEmpty();
    }

    @Test
    void limitThatIsNotUsedAnyMore_isForgotten_thoughNothingIsTraded() {
        useAndTell("a", BRIEF);
        assertThat(account.isToTrade()).isFalse();
        timeline.advance(Duration.ofSeconds(2));
        Map<String, Duration> places = new HashMap<>();

        account.addPlaces(places);

        assertThat(places).isEmpty();
    }

    /** With thousands of organizations, all that trade at each new contact would end it. */
    @Test
    void organizationThatIsNotUsedAnyMore_doesNotTrade_andIsNotCarefulAboutAnEpochItKnew() {
        useAndTell("a", BRIEF);
        account.fallOut();
        assertThat(account.isToTrade()).isTrue();
        timeline.advance(Duration.ofSeconds(2));

        assertThat(account.isToTrade()).isFalse();
        assertThat(reserve("early", ONE)).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
        timeline.advance(Duration.ofSeconds(2));
        CompletableFuture<Grant> asks = reserve("b", ONE);
        assertThat(asks).isNotDone();
        assertThat(send().trade().knownEpoch()).isEmpty();
    }

    /** What it used has left the window, and so there is nothing to tell. */
    @Test
    void organizationThatWasLastUsedInAnOutage_doesNotTradeAfterIt_onceItsWindowIsOver() {
        network.setDown(true);
        contact.lost(new RedisUnavailableException("gone"));
        account.fallOut().forEach(Runnable::run);
        timeline.advance(FaultyCommands.TIMEOUT);
        assertThat(reserve("a", BRIEF)).isCompletedWithValue(new Grant.Granted("a"));
        account.settle("a", Optional.empty(), Duration.ZERO);
        assertThat(account.isToTrade()).isTrue();
        timeline.advance(Duration.ofSeconds(3));

        assertThat(account.isToTrade()).isFalse();
    }

    @Test
    void attemptThatWaitsForLongerThanAWindow_isStillAskedFor() {
        Account.Sent sent = send();
        CompletableFuture<Grant> waits = reserve("a", BRIEF);
        timeline.advance(Duration.ofSeconds(2));
        answer(sent, granted(sent, 0));
        Account.Sent next = send();
        answer(next, granted(next, 0));

        assertThat(waits).isCompletedWithValue(new Grant.Granted("a"));
    }

    /** Redis may have granted it when the turn came for the first time. */
    @Test
    void turnThatComesLate_isFollowedByAnother_thatSaysWhatIsHeld() {
        reserve("a", ONE);
        Account.Sent sent = send();
        answer(sent, reply(sent, Verdict.LATE, "first", 0, 0, 0));

        assertThat(account.timer()).isPresent();
    }

    /** While nine tenths are left, it doesn't matter who asks. */
    @Test
    void whoHasToShare_isNamed_forAsLongAsItAsks_andTheListenerHearsByHowManyProcesses() {
        reserve("a", ONE);
        Account.Sent first = send();
        assertThat(first.trade().askers()).as("at ease").isEmpty();
        answer(first, reply(first, Verdict.DONE, "first", 0, 0, 3_000));
        reserve("b", ONE);
        Account.Sent second = send();
        assertThat(second.trade().askers())
                .containsExactly(new AskerEntry(RedisKeys.turnDigits("INTERACTIVE acme"), 1_500));
        answer(second, granted(second, 0, 4));
        assertThat(spread).containsExactly(new Askers.Spread("acme", Priority.INTERACTIVE, 4));
        assertThat(account.remark())
                .hasValueSatisfying(remark -> assertThat(remark).endsWith("; waiting: acme in 4 processes."));
        timeline.advance(Duration.ofMillis(6_900));
        Account.Sent third = send();
        assertThat(third.trade().askers()).as("the wait, and four seconds").hasSize(1);
        answer(third, granted(third, 0, 4));
        account.release("b");
        Account.Sent fourth = send();
        answer(fourth, granted(fourth, 0, 4));
        assertThat(account.isToTrade()).isFalse();
        timeline.advance(Duration.ofMillis(100));

        assertThat(account.isToTrade()).as("the others still count it").isTrue();
        Account.Sent last = send();
        assertThat(last.trade().askers()).isEmpty();
        answer(last, granted(last, 0, 4));
        assertThat(account.remark()).isEmpty();
        assertThat(spread).last().isEqualTo(new Askers.Spread("acme", Priority.INTERACTIVE, 1));
        assertThat(account.isToTrade()).isFalse();
    }

    @Test
    void whoHasAsked_isTakenBack_thoughNothingIsInTheWindowAnyMore() {
        for (String id : List.of("a", "b")) {
            reserve(id, BRIEF);
            Account.Sent sent = send();
            answer(sent, reply(sent, Verdict.DONE, "first", 0, 0, 500));
        }
        timeline.advance(Duration.ofSeconds(6));

        assertThat(account.isToTrade()).as("the others still count it").isTrue();
        Account.Sent last = send();
        assertThat(last.trade().blocks()).hasSize(1);
        assertThat(last.trade().askers()).isEmpty();
        answer(last, granted(last, 0));
        assertThat(account.isToTrade()).isFalse();
    }

    @Test
    void limitThatIsShared_isToldWhoAsks_thoughALotIsLeft() {
        grant("a", ONE);
        account.settle("a", Optional.empty(), Duration.ZERO);
        Account.Sent sent = send();
        answer(sent, replyWith(sent, new BlockReply(0, 90, 10, 5, 60_000), 1));
        assertThat(account.remark())
                .hasValueSatisfying(remark -> assertThat(remark).contains("other processes wait for 5"));
        reserve("b", ONE);

        assertThat(send().trade().askers()).hasSize(1);
    }

    @Test
    void whatOthersWaitFor_isNotSaidAnyMore_onceContactIsLost() {
        grant("a", ONE);
        Account.Sent sent = send();
        answer(sent, replyWith(sent, new BlockReply(0, 90, 10, 5, 0), 1));
        contact.lost(new RedisUnavailableException("gone"));
        account.fallOut();

        assertThat(account.remark()).contains("test/acme: 100 requests / 1h: 1 in flight.");
    }

    @Test
    void whatIsSeenOfRedis_afterContactWasLost_isNotGoneBy() {
        Map<String, Duration> places = Map.of(RedisKeys.place("test/acme", LimitName.of(ONE)), LEASE);
        UsageSync sync = new UsageSync(commands, contact, services, () -> places);
        Account other = new Account("test/acme", parts(), sync);
        CompletableFuture<Grant> last = other.reserve("a", List.of(ONE), TURN).toCompletableFuture();
        Account.Sent sent = other.startTrade().orElseThrow();
        Account.Outcome outcome = other.answered(
                sent,
                new TradeReply(
                        Verdict.DONE,
                        "first",
                        Duration.ZERO,
                        List.of(new BlockReply(0, 0, 1, 0, 0)),
                        List.of(new AttemptReply(-1, 0)),
                        List.of(1),
                        List.of()),
                null);
        outcome.answers().forEach(Runnable::run);
        assertThat(last).isCompletedWithValue(new Grant.Granted("a"));
        other.fallOut();
        timeline.advance(MOMENT);
        sync.met();
        timeline.advance(MOMENT.multipliedBy(5));
        contact.lost(new RedisUnavailableException("gone"));
        timeline.advance(FaultyCommands.TIMEOUT);

        assertThat(other.reserve("b", List.of(ONE), TURN).toCompletableFuture())
                .isCompletedWithValue(new Grant.Refused(ONE, Duration.ofSeconds(2)));
    }

    @Test
    void lastTrade_givesBackWhatIsFree_andTellsWhatHasEnded() {
        assertThat(account.giveBack()).as("nothing is held").isEmpty();
        grant("a", ONE);
        Account.Sent sent = send();
        answer(sent, granted(sent, 3));
        assertThat(reserve("b", ONE)).as("free").isCompleted();
        account.settle("a", Optional.empty(), Duration.ZERO);
        account.release("b");

        Trade last = account.giveBack().orElseThrow();

        assertThat(last.blocks())
                .as("however many are started a second")
                .extracting(BlockEntry::held, BlockEntry::free, BlockEntry::wanted)
                .containsExactly(tuple(0L, 0L, 0L));
        assertThat(last.uses()).extracting(DatedEntry::amount).containsExactly(1L);
        assertThat(account.giveBack()).as("once").isEmpty();
    }

    /** Nobody could end what it would grant. */
    @Test
    void lastTrade_isNone_whereItWouldAskForMore() {
        grant("a", ONE);
        reserve("b", ONE);

        assertThat(account.giveBack()).isEmpty();
    }

    /** Otherwise it would count there until its lease is over, and for a window as used. */
    @Test
    void lastTrade_givesBackWhatWasReleased() {
        grant("a", ONE);
        account.release("a");

        Trade last = account.giveBack().orElseThrow();

        assertThat(last.blocks()).extracting(BlockEntry::held).containsExactly(0L);
        assertThat(last.uses()).isEmpty();
    }

    @Test
    void anotherEpoch_takesWhatWasFree_andWhatWasNotTold_isToldOnce() {
        grant("a", ONE);
        grant("b", ONE);
        Account.Sent sent = send();
        account.settle("a", Optional.empty(), Duration.ZERO);
        answer(sent, granted(sent, 3));
        Account.Sent changed = send();
        account.settle("b", Optional.empty(), Duration.ZERO);
        answer(changed, reply(changed, Verdict.CHANGED, "second", 0, 0, 0));

        Account.Sent again = send();

        assertThat(again.trade().number()).isGreaterThan(changed.trade().number());
        assertThat(again.trade().uses().stream().mapToLong(DatedEntry::amount).sum())
                .isEqualTo(2);
        assertThat(again.trade().blocks())
                .extracting(BlockEntry::held, BlockEntry::free)
                .containsExactly(tuple(0L, 0L));
    }

    /** A call may take {@link #LEASE}, and starts two seconds after the trade that has granted it, at the latest. */
    @Test
    void blocks_lastForACallThatStartsAsLateAsItMay() {
        reserve("a", ONE);
        assertThat(send().trade().lease()).isEqualTo(LEASE.plusSeconds(2));
    }

    @Test
    void whatWasGrantedAlone_andUsedLess_isLeftForOthersHere() {
        Account.Sent sent = send();
        answer(sent, granted(sent, 0));
        grant("known", new LimitUse(ONE.scope(), ONE.name(), ONE.limit(), 0));
        contact.lost(new RedisUnavailableException("gone"));
        account.fallOut().forEach(Runnable::run);
        timeline.advance(FaultyCommands.TIMEOUT);
        LimitUse ninety = new LimitUse(ONE.scope(), ONE.name(), ONE.limit(), 90);
        assertThat(reserve("a", ninety)).isCompletedWithValue(new Grant.Granted("a"));
        assertThat(reserve("b", ONE)).isCompletedWithValue(new Grant.Refused(ONE, Duration.ofSeconds(2)));

        account.release("a");

        assertThat(reserve("c", ninety)).isCompletedWithValue(new Grant.Granted("c"));
    }

    @Test
    void attemptThatNobodyEnds_isUsedOnceItsLeaseIsOver() {
        grant("a", ONE);
        timeline.advance(LEASE);
        Account.Sent sent = send();

        assertThat(sent.trade().uses()).containsExactly(new DatedEntry(0, Duration.ZERO, 1));
        assertThat(sent.trade().blocks()).extracting(BlockEntry::held).containsExactly(0L);
        account.settle("a", Optional.empty(), Duration.ZERO);
        answer(sent, granted(sent, 0));
        assertThat(send().trade().uses()).isEmpty();
    }

    @Test
    void remark_saysWhatIsHeld_andWhoWaits() {
        assertThat(account.remark()).isEmpty();
        CompletableFuture<Grant> first = reserve("a", ONE, TOKENS);
        assertThat(account.remark()).contains("test/acme: a call waits for Redis.");
        Account.Sent sent = send();
        answer(sent, granted(sent, 3));
        assertThat(first).isCompleted();

        assertThat(account.remark())
                .contains("test/acme: 100 requests / 1h: 1 in flight, 3 for the next calls;"
                        + " 1,000 tokens / 1h of m: 50 in flight, 3 for the next calls.");
    }

    /** Otherwise this process's own count would be shown, which has no idea of what others used. */
    @Test
    void left_isTheShare_untilThisProcessIsInStepAgain() {
        grant("a", ONE);
        account.fallOut();
        assertThat(contact.isUp()).isTrue();
        assertThat(account.left(ONE)).hasValue(90);
        Account.Sent sent = send();
        answer(sent, reply(sent, Verdict.CAREFUL, "first", 0, 0, 0));
        assertThat(account.left(ONE)).hasValue(90);
        timeline.advance(Duration.ofSeconds(1));
        Account.Sent last = send();
        answer(last, granted(last, 0));
        assertThat(account.left(ONE)).hasValue(90);
    }

    /** Others may be back later, and only then enter what they used. */
    @ParameterizedTest
    @CsvSource({"100, 100", "2000, 2000", "60000, 2500"})
    void afterATimeWithoutContact_attemptsArePutOffForAsLong_asOthersMayNeedToComeBack(long away, long rest) {
        grant("a", ONE);
        account.fallOut();
        timeline.advance(Duration.ofMillis(away));
        Account.Sent sent = send();
        answer(sent, granted(sent, 0));

        timeline.advance(Duration.ofMillis(rest).minusNanos(1));
        assertThat(reserve("b", ONE)).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
        timeline.advance(Duration.ofNanos(1));
        assertThat(reserve("c", ONE)).as("asks again").isNotCompleted();
    }

    /** Each process tries again with its next beat only, however soon this one was back. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterRefusals_attemptsArePutOffForABeat_howeverShortTheyWere(boolean all) {
        RefusedCommandException full = new RefusedCommandException("OOM", new IllegalStateException());
        grant("a", ONE);
        Account.Sent refused = send();
        if (all) {
            contact.add(new Contact.Member() {
                @Override
                public CompletionStage<Void> met() {
                    return new CompletableFuture<>();
                }
            });
            contact.lost(full);
        }
        fail(refused, full);
        timeline.advance(MOMENT);
        contact.beat();
        timeline.advance(MOMENT);
        Account.Sent sent = send();
        answer(sent, granted(sent, 0));

        timeline.advance(Contact.INTERVAL);
        assertThat(reserve("b", ONE)).isCompletedWithValue(new Grant.Refused(ONE, MOMENT));
        timeline.advance(Duration.ofMillis(500));
        assertThat(reserve("c", ONE)).as("asks again").isNotCompleted();
    }

    @Test
    void left_isKnownForAFewSecondsAfterATrade() {
        assertThat(account.left(ONE)).as("before any").isEmpty();
        grant("a", ONE);

        timeline.advance(Duration.ofNanos(LastLook.APART_NANOS - 1));
        assertThat(account.left(ONE)).hasValue(90);
        assertThat(account.left(TOKENS)).as("of a limit that isn't used here").isEmpty();
        timeline.advance(Duration.ofNanos(1));
        assertThat(account.left(ONE)).isEmpty();
    }

    /** Nothing is in flight then, and so nothing is traded. */
    @Test
    void leftOfALimitThatRefused_isKnownUntilItIsAskedAgain() {
        reserve("a", ONE);
        Account.Sent sent = send();
        answer(sent, reply(sent, Verdict.DONE, "first", 0, 0, 7_000));

        timeline.advance(Duration.ofMillis(6_999));
        assertThat(account.left(ONE)).hasValue(90);
        timeline.advance(Duration.ofMillis(1));
        assertThat(account.left(ONE)).isEmpty();
    }

    @Test
    void released_leavesNothing_andPlacesAreThoseOfItsLimits() {
        grant("a", ONE, TOKENS);
        account.release("a");
        account.release("a");
        Account.Sent sent = send();
        assertThat(sent.trade().uses()).isEmpty();
        assertThat(sent.trade().blocks()).extracting(BlockEntry::held).containsExactly(0L, 0L);
        Map<String, Duration> places = new HashMap<>();
        account.addPlaces(places);
        assertThat(places).containsValues(LEASE.plusHours(1)).hasSize(2);
    }
}
