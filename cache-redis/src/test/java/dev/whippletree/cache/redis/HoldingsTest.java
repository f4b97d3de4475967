package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.CoordinationCommands.LimitSize;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class HoldingsTest {

    private static final long SECOND = 1_000_000_000L;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Scope ACME = Scope.of("test/acme");

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FakeServices services = FakeServices.on(timeline);
    private final CoordinationCommands commands = new FaultyCommands(new ModelledRedis(timeline), timeline).commands();
    private final Contact contact = new Contact(commands, services, "p", 0, FaultyCommands.TIMEOUT);
    private final Holdings holdings =
            new Holdings(ACME.organization(), new UsageSync(commands, contact, services, Map::of));

    /** Of 100 a minute. */
    private static LimitUse minutely(long amount) {
        return new LimitUse(ACME, "minutely", Limit.requests(100, MINUTE), amount);
    }

    /** Of 1,000 an hour, of one model. */
    private static LimitUse hourly(long amount) {
        return new LimitUse(Scope.of("test/acme", "m"), "hourly", Limit.requests(1_000, HOUR), amount);
    }

    private static HeldGrant grant(String id, LimitUse... uses) {
        return new HeldGrant(id, List.of(uses), 0, true);
    }

    /** Returns how many fit, of both. */
    private List<Long> room(long now) {
        return List.of(room(minutely(1), now), room(hourly(1), now));
    }

    private long room(LimitUse one, long now) {
        return LongStream.rangeClosed(1, one.limit().amount())
                .mapToObj(amount -> new LimitUse(one.scope(), one.name(), one.limit(), amount))
                .takeWhile(use -> holdings.refusal(List.of(use), 1, now).isEmpty())
                .count();
    }

    private Optional<Grant> refusal(int processes, LimitUse... uses) {
        return holdings.refusal(List.of(uses), processes, SECOND);
    }

    @Test
    void refusal_isByTheLimitWithTheLongestWait_butNeverLongerThanABeat() {
        assertThat(refusal(2, minutely(50), hourly(500))).isEmpty();
        Duration most = Contact.INTERVAL;
        assertThat(refusal(2, minutely(51), hourly(501))).contains(new Grant.Refused(hourly(501), most));
        assertThat(refusal(2, hourly(501), minutely(51))).contains(new Grant.Refused(hourly(501), most));
        assertThat(refusal(2, minutely(51), hourly(500))).contains(new Grant.Refused(minutely(51), most));
        holdings.holdUncounted(grant("a", minutely(100)));
        holdings.settle(holdings.find("a").orElseThrow(), Optional.empty(), -58 * SECOND);
        assertThat(holdings.refusal(List.of(minutely(1)), 1, SECOND))
                .as("what was used leaves in a second, and the rest of its slot")
                .hasValueSatisfying(refused -> assertThat(((Grant.Refused) refused).retryAfter())
                        .isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_100)));
    }

    @Test
    void whatOthersHaveLeft_countsUntilAWindowHasPassed_lessWhatTheyDontKnowOf() {
        holdings.keepRefused("refused", List.of(minutely(50)), 0);
        holdings.holdGranted(grant("counted", minutely(10), hourly(1)), List.of(60L, 400L), 0);
        assertThat(room(SECOND)).containsExactly(60L, 400L);
        holdings.holdUncounted(grant("uncounted", minutely(5), hourly(7)));
        assertThat(room(SECOND)).containsExactly(55L, 393L);
        holdings.holdGranted(grant("granted", minutely(20)), List.of(9L), SECOND);
        assertThat(room(SECOND))
                .as("Redis lacks one grant, so what it says is of no use")
                .containsExactly(35L, 393L);

        holdings.release(holdings.find("uncounted").orElseThrow(), SECOND);
        assertThat(room(SECOND)).containsExactly(40L, 400L);
        holdings.release(holdings.find("counted").orElseThrow(), SECOND);
        assertThat(room(SECOND)).as("others may have used that").containsExactly(40L, 400L);
        assertThat(room(60 * SECOND))
                .as("a window later, only what is in flight")
                .containsExactly(80L, 400L);
        assertThat(room(3_600 * SECOND)).containsExactly(80L, 1_000L);
    }

    @Test
    void settledGrant_leavesWhatItHasUsed_ofEachLimitThatCountsTokens() {
        Limit tokens = Limit.tokens(1_000, HOUR);
        LimitUse estimated = new LimitUse(ACME, "tokens", tokens, 300);
        holdings.holdGranted(grant("a", minutely(1), estimated), List.of(99L, 700L), 0);
        HeldGrant uncounted = grant("b", minutely(1), estimated);
        holdings.holdUncounted(uncounted);
        assertThat(room(estimated, SECOND)).isEqualTo(400);

        holdings.settle(uncounted, Optional.of(new TokenCount(30, 20)), SECOND);

        assertThat(room(estimated, SECOND)).isEqualTo(650);
        assertThat(room(minutely(1), SECOND)).isEqualTo(98);
        assertThat(holdings.findInFlight("b")).isEmpty();
        assertThat(holdings.find("b")).contains(uncounted);
        assertThat(holdings.findInFlight("a")).isPresent();
        assertThat(holdings.ended()).containsExactly(uncounted);
        holdings.remove("b");
        assertThat(holdings.ended()).isEmpty();
        assertThat(room(estimated, 3_610 * SECOND)).as("the first in flight").isEqualTo(700);
    }

    @Test
    void onlyWhatRedisMayLack_isEntered() {
        HeldGrant flying = grant("flying", minutely(1));
        HeldGrant settled = grant("settled", minutely(2));
        HeldGrant released = grant("released", minutely(3));
        List.of(flying, settled, released).forEach(holdings::holdUncounted);
        holdings.settle(settled, Optional.empty(), 0);
        holdings.release(released, 0);
        holdings.keepRefused("refused", List.of(minutely(50)), 0);
        assertThat(room(minutely(1), 0)).as("what was refused here isn't held").isEqualTo(97);
        assertThat(holdings.missing()).containsExactly(flying, settled);
        assertThat(holdings.ended()).extracting(HeldGrant::id).containsExactly("settled", "released", "refused");
        assertThat(holdings.isAllEntered()).isFalse();

        holdings.entered(List.of(flying));
        assertThat(holdings.missing()).containsExactly(settled);
        assertThat(holdings.isAllEntered()).isFalse();
        holdings.entered(List.of(settled));
        assertThat(holdings.missing()).isEmpty();
        assertThat(holdings.isAllEntered()).isTrue();
    }

    @Test
    void askedAnew_countsWhatIsEntered_andTheRestBesides() {
        HeldGrant entered = grant("entered", minutely(10), hourly(10));
        HeldGrant later = grant("later", minutely(4), hourly(5));
        List.of(entered, later).forEach(holdings::holdUncounted);
        holdings.entered(List.of(entered));
        List<LimitSize> sizes = holdings.sizes();
        assertThat(sizes)
                .containsExactly(
                        new LimitSize(LimitName.of(minutely(1)), 100, MINUTE),
                        new LimitSize(LimitName.of(hourly(1)), 1_000, HOUR));
        LimitSize unknown = new LimitSize(new LimitName(Optional.empty(), "unknown"), 1, MINUTE);

        holdings.askedAll(List.of(sizes.get(0), unknown, sizes.get(1)), List.of(50L, 1L, 300L), SECOND);

        assertThat(room(SECOND)).containsExactly(46L, 295L);
        assertThat(entered.isCounted()).isTrue();
        assertThat(later.isCounted()).isFalse();
        assertThat(holdings.sizes()).isEqualTo(sizes);
    }

    @Test
    void anotherEpoch_wantsTheUsesOfTheLastWindow_andWhatIsInFlight() {
        HeldGrant flying = grant("flying", minutely(1));
        holdings.holdUncounted(flying);
        for (long ago : new long[] {90, 30, 10}) {
            HeldGrant used = grant("used " + ago, minutely(ago));
            holdings.holdUncounted(used);
            holdings.settle(used, Optional.empty(), 100 * SECOND - ago * SECOND);
        }
        holdings.entered(holdings.missing());

        assertThat(holdings.beginAnew(100 * SECOND))
                .extracting(lost -> lost.limit().name() + " " + lost.use().amount())
                .containsExactly("minutely 30", "minutely 10");

        assertThat(holdings.missing()).containsExactly(flying);
        assertThat(holdings.ended()).isEmpty();
        assertThat(room(minutely(1), 100 * SECOND)).isEqualTo(59);
    }

    @Test
    void tidied_grantsWithoutAnEndCountAsUsed_andWhatNobodyNeedsGoes() {
        holdings.touch(List.of(minutely(1)), 0);
        holdings.holdUncounted(new HeldGrant("unsent", List.of(minutely(7)), 0, false));
        holdings.holdUncounted(grant("sent", minutely(2), hourly(3)));
        assertThat(holdings.tidy(MINUTE.multipliedBy(3), 180 * SECOND - 1)).isEmpty();

        assertThat(holdings.tidy(MINUTE.multipliedBy(3), 180 * SECOND)).containsExactly("unsent", "sent");
        assertThat(holdings.findInFlight("unsent")).isEmpty();
        assertThat(holdings.find("unsent")).isPresent();
        assertThat(room(240 * SECOND)).as("they were over after three minutes").containsExactly(91L, 997L);
        assertThat(holdings.tidy(MINUTE.multipliedBy(3), 242 * SECOND)).isEmpty();
        assertThat(holdings.find("unsent")).as("its minute is over").isEmpty();
        assertThat(holdings.find("sent")).as("its hour isn't").isPresent();
        assertThat(holdings.sizes()).extracting(LimitSize::name).containsExactly(LimitName.of(hourly(1)));
    }

    /** Its end has to be sent, or it stays in Redis until its lease is over. */
    @Test
    void tidied_settledGrantThatRedisMayHave_staysUntilItsLeaseIsOver() {
        for (boolean sent : new boolean[] {false, true}) {
            HeldGrant grant = new HeldGrant("sent " + sent, List.of(minutely(1)), 0, sent);
            holdings.holdUncounted(grant);
            holdings.settle(grant, Optional.empty(), SECOND);
        }
        holdings.tidy(HOUR, 61 * SECOND);
        assertThat(holdings.ended()).as("not older than a window").hasSize(2);
        holdings.tidy(HOUR, 62 * SECOND);
        assertThat(holdings.ended()).extracting(HeldGrant::id).containsExactly("sent true");
        holdings.tidy(HOUR, 3_600 * SECOND - 1);
        assertThat(holdings.ended()).hasSize(1);
        holdings.tidy(HOUR, 3_600 * SECOND);
        assertThat(holdings.ended()).isEmpty();
    }
}
