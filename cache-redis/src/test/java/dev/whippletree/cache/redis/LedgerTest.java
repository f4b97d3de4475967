package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.CoordinationCommands.GrantEntry;
import dev.whippletree.cache.redis.CoordinationCommands.LimitSize;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsReply;
import dev.whippletree.cache.redis.CoordinationCommands.Use;
import dev.whippletree.cache.redis.CoordinationCommands.Verdict;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LedgerTest {

    private static final Duration MOMENT = Duration.ofMillis(100);
    private static final Duration LEASE = Duration.ofMinutes(5);

    private static final List<LimitUse> USES =
            List.of(new LimitUse(Scope.of("test/acme"), "requests", Limit.requests(100, Duration.ofHours(1)), 1));

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final CoordinationCommands commands = new FaultyCommands(new ModelledRedis(timeline), timeline).commands();
    private final Tokens tokens = new Tokens(services.random());
    private final Contact contact = new Contact(commands, services, tokens.process(), 0, FaultyCommands.TIMEOUT);

    private Ledger ledger() {
        contact.start();
        timeline.advance(Duration.ofMillis(100));
        return new Ledger(
                "test/acme",
                new Ledgers.Parts(commands, contact, tokens, services, FaultyCommands.TIMEOUT, LEASE),
                new UsageSync(commands, contact, services, Map::of));
    }

    private static LimitsReply reply(Verdict verdict, String epoch) {
        return new LimitsReply(verdict, 0, epoch, Duration.ZERO, 0, 0, List.of(90L));
    }

    @Test
    void whatIsToBeEnteredMeanwhile_isEnteredAfterwards_andNoOftener() {
        Ledger ledger = ledger();
        Entry entry = ledger.startEntering().orElseThrow().entry();
        assertThat(ledger.startEntering()).isEmpty();
        assertThat(ledger.entered(entry, reply(Verdict.DONE, "first"), null)).isTrue();
        Entry again = ledger.startEntering().orElseThrow().entry();
        assertThat(ledger.entered(again, reply(Verdict.DONE, "first"), null)).isFalse();

        assertThat(ledger.startEntering()).isPresent();
        assertThat(ledger.startEntering()).isEmpty();
        IllegalStateException wrong = new IllegalStateException("refused");
        assertThat(ledger.entered(entry, null, wrong))
                .as("a failure waits for a beat")
                .isFalse();
        assertThat(ledger.trouble()).contains(wrong);
        assertThat(ledger.startEntering()).isPresent();
        assertThat(ledger.entered(entry, reply(Verdict.DONE, "first"), null)).isFalse();
        assertThat(ledger.trouble()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "500, 500", "3600000, 3600000", "3600001, 3600000"})
    void refusal_isByTheLimitThatHasNoRoom_forAWindowAtMost(long waitMillis, long millis) {
        LimitUse other = new LimitUse(Scope.of("test/acme"), "other", Limit.requests(5, Duration.ofHours(1)), 1);
        LimitsReply refused =
                new LimitsReply(Verdict.REFUSED, 0, "first", Duration.ZERO, 1, waitMillis, List.of(90L, 0L));
        assertThat(ledger().answer("id", List.of(USES.get(0), other), refused))
                .isEqualTo(new Grant.Refused(other, Duration.ofMillis(millis)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"CHANGED", "LATE", "CAREFUL"})
    void whatRedisDoesNotDecide_isPutOffForAMoment_orAnsweredFromWhatIsKnown(Verdict verdict) {
        Ledger ledger = ledger();
        Grant answer = ledger.answer("id", USES, reply(verdict, "second"));
        assertThat(answer)
                .isEqualTo(
                        verdict == Verdict.CAREFUL ? new Grant.Granted("id") : new Grant.Refused(USES.get(0), MOMENT));
        assertThat(ledger.alone()).isEqualTo(verdict == Verdict.CAREFUL ? 1 : 0);
        assertThat(ledger.question(USES).isPresent()).isEqualTo(verdict != Verdict.CHANGED);
    }

    @Test
    void withoutRedis_itGrantsAlone_onlyWhereTheTroubleIsNotItsOwn() {
        Ledger ledger = ledger();
        Grant moment = new Grant.Refused(USES.get(0), MOMENT);
        assertThat(ledger.answerUnasked("a", USES, false))
                .as("it is being entered")
                .isEqualTo(moment);
        Entry entry = ledger.startEntering().orElseThrow().entry();
        ledger.entered(entry, null, new IllegalStateException("OOM"));
        assertThat(ledger.answerUnasked("b", USES, false)).as("refused there").isEqualTo(new Grant.Granted("b"));
        contact.lost(new RedisUnavailableException("gone"));
        assertThat(ledger.question(USES)).isEmpty();
        assertThat(ledger.answerUnasked("c", USES, true)).as("in doubt").isEqualTo(moment);
        timeline.advance(FaultyCommands.TIMEOUT);
        assertThat(ledger.answerUnasked("d", USES, false)).isEqualTo(new Grant.Granted("d"));
        assertThat(ledger.alone()).isEqualTo(2);
        assertThat(ledger.settle("b", Optional.empty(), Duration.ZERO))
                .as("there is no contact")
                .isEmpty();
    }

    @Test
    void endOfAGrant_isSentOnceItIsEntered_andAgainUntilItArrives() {
        Ledger ledger = ledger();
        ledger.answer("a", USES, reply(Verdict.DONE, "first"));
        timeline.advance(Duration.ofSeconds(9));
        Ledger.Ending ending =
                ledger.settle("a", Optional.empty(), Duration.ofSeconds(2)).orElseThrow();
        assertThat(ending.grant()).isEqualTo("a");
        assertThat(ending.sinceArrival()).isEqualTo(Duration.ofSeconds(2));
        assertThat(ending.used()).containsExactly(1L);
        assertThat(ending.call().limits()).extracting(LimitSize::amount).containsExactly(100L);
        assertThat(ledger.endings()).as("it is under way").isEmpty();
        ledger.ended("a", false);
        assertThat(ledger.endings()).extracting(Ledger.Ending::grant).containsExactly("a");
        ledger.ended("a", true);
        assertThat(ledger.endings()).isEmpty();
        assertThat(ledger.settle("a", Optional.empty(), Duration.ZERO)).isEmpty();

        ledger.answer("b", USES, reply(Verdict.CAREFUL, "first"));
        assertThat(ledger.release("b")).as("Redis doesn't know it").isEmpty();
        Entry entry = ledger.startEntering().orElseThrow().entry();
        assertThat(entry.held()).isEmpty();
        ledger.entered(entry, reply(Verdict.DONE, "first"), null);
        assertThat(ledger.endings()).as("nor is told of it").isEmpty();
    }

    /** What has ended waits for its end there, which comes next. */
    @Test
    void entry_hasWhatRemainsOfEachLease_andHowLongAgoUsesWere() {
        Ledger ledger = ledger();
        ledger.answer("used", USES, reply(Verdict.DONE, "first"));
        ledger.settle("used", Optional.empty(), Duration.ZERO);
        ledger.answer("flying", USES, reply(Verdict.CAREFUL, "first"));
        timeline.advance(Duration.ofSeconds(10));
        ledger.answer("ended", USES, reply(Verdict.CAREFUL, "first"));
        ledger.answer("another", USES, reply(Verdict.CHANGED, "second"));
        ledger.settle("ended", Optional.empty(), Duration.ZERO);

        Entry entry = ledger.startEntering().orElseThrow().entry();

        Use use = new Use(0, 1);
        assertThat(entry.grants())
                .containsExactly(
                        new GrantEntry("flying", LEASE.minusSeconds(10), List.of(use)),
                        new GrantEntry("ended", LEASE, List.of(use)));
        assertThat(entry.dated()).singleElement().satisfies(dated -> {
            assertThat(dated.use()).isEqualTo(use);
            assertThat(dated.ago()).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(10));
        });
        Map<String, Duration> places = new HashMap<>();
        ledger.addPlaces(places);
        assertThat(places).containsValues(LEASE.plusHours(1)).hasSize(1);
        ledger.entered(entry, null, new RedisUnavailableException("gone"));
        timeline.advance(LEASE);
        assertThat(ledger.startEntering().orElseThrow().expired()).containsExactly("flying");
    }

    @Test
    void answerOfAFormerEpoch_thatIsHeardAfterTheNextHasBegun_leavesEverythingToBeEntered() {
        Ledger ledger = ledger();
        ledger.answer("used", USES, reply(Verdict.DONE, "first"));
        ledger.settle("used", Optional.empty(), Duration.ZERO);
        ledger.answer("in flight", USES, reply(Verdict.DONE, "first"));
        Entry entry = ledger.startEntering().orElseThrow().entry();
        ledger.answer("another", USES, reply(Verdict.CHANGED, "second"));

        assertThat(ledger.entered(entry, reply(Verdict.DONE, "first"), null)).isTrue();

        Entry again = ledger.startEntering().orElseThrow().entry();
        assertThat(again.call().knownEpoch()).isEqualTo("second");
        assertThat(again.held()).extracting(HeldGrant::id).containsExactly("in flight");
        assertThat(again.dated()).extracting(DatedEntry::use).hasSize(1);
        assertThat(ledger.question(USES)).isEmpty();
    }
}
