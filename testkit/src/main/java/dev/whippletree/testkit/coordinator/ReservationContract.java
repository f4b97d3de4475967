package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract's part about limits. */
abstract class ReservationContract extends CoordinatorBench {

    private static final Optional<TokenCount> AS_RESERVED = Optional.empty();

    ReservationContract() {}

    @Test
    void grants_addUpOverProcesses() {
        Coordination a = open();
        Coordination b = open();
        granted("nothing was used", a, requests(6));

        refused("6 of 10 were used by another process", b, requests(5));
        granted("6 of 10 were used", b, requests(4));
        refused("all was used, most of it here", a, requests(1));
        refused("all was used, most of it by another process", b, requests(1));
    }

    @Test
    void severalLimits_areReservedTogetherOrNotAtAll() {
        Coordination a = open();
        Coordination b = open();
        granted("nothing was used", a, requests(1), tokens(90));

        refused("the tokens don't fit", b, requests(1), tokens(11));
        refused("the tokens don't fit, in whatever order", b, tokens(11), requests(1));

        granted("a refusal uses up nothing: 9 requests and 10 tokens are left", b, requests(9), tokens(10));
        refused("no request is left", a, requests(1));
        refused("no token is left", a, tokens(1));
    }

    @Test
    void scopesAndNames_areKeptApart() {
        Coordination a = open();
        Coordination b = open();
        List<Scope> scopes = List.of(
                Scope.of("o"),
                Scope.of("o", "m"),
                Scope.of("o", "n"),
                Scope.of("o", ""),
                Scope.of("o", "*"),
                Scope.of("om"),
                Scope.of("O"),
                Scope.of("o/m"),
                Scope.of("o:m"),
                Scope.of("o", "m:a"),
                Scope.of("o, model m"));
        for (Scope scope : scopes) {
            for (String name : List.of("a", "b", "A", "m:a", "")) {
                LimitUse all = new LimitUse(scope, name, Limit.requests(1, HOUR), 1);
                granted("no other scope's or name's use is this one's", a, all);
                refused("it was used by another process", b, all);
            }
        }
    }

    @Test
    void processesThatDifferAboutTheAmount_shareTheCount() {
        Coordination a = open();
        Coordination b = open();
        granted("nothing was used", a, requests(6));

        LimitUse ofEight = new LimitUse(ORGANIZATION, "requests-per-hour", Limit.requests(8, HOUR), 3);
        refused("6 were used of what this process knows as 8: the name says which limit", b, ofEight);
        granted("6 were used of what this process knows as 10", a, requests(4));
    }

    @Test
    void refusal_namesTheUseThatHasToWaitLongest() {
        Coordination a = open();
        Coordination b = open();
        LimitUse ofAMinute =
                new LimitUse(ORGANIZATION, "requests-per-minute", Limit.requests(2, Duration.ofMinutes(1)), 2);
        used(a, AS_RESERVED, Duration.ZERO, ofAMinute, requests(10));

        assertThat(refused("neither fits", b, ofAMinute, requests(1)).by())
                .as("the use that has to wait longest, for an hour's window")
                .isEqualTo(requests(1));
        assertThat(refused("neither fits", b, requests(1), ofAMinute).by())
                .as("the use that has to wait longest, in whatever order")
                .isEqualTo(requests(1));
    }

    @Test
    void settledByFewerTokens_givesTheRestBack() {
        Coordination a = open();
        Coordination b = open();
        a.settle(
                granted("nothing was used", a, requests(1), tokens(100)),
                Optional.of(new TokenCount(30, 0)),
                Duration.ZERO);

        grantedSoon("the call took 30 tokens, not 100", b, tokens(70));
        refused("30 and 70 of 100 tokens were used", b, tokens(1));
        granted("1 of 10 requests was used: tokens change nothing about that", b, requests(9));
        refused("all requests were used", b, requests(1));
    }

    @Test
    void inputAndOutputTokens_areSettledApart() {
        Coordination a = open();
        Coordination b = open();
        LimitUse input = apart(Limit.Unit.INPUT_TOKENS, 100);
        LimitUse output = apart(Limit.Unit.OUTPUT_TOKENS, 100);
        a.settle(granted("nothing was used", a, input, output), Optional.of(new TokenCount(70, 20)), Duration.ZERO);

        grantedSoon("20 of 100 output tokens were used", b, apart(Limit.Unit.OUTPUT_TOKENS, 80));
        grantedSoon("70 of 100 input tokens were used", b, apart(Limit.Unit.INPUT_TOKENS, 30));
        refused("all input tokens were used", b, apart(Limit.Unit.INPUT_TOKENS, 1));
        refused("all output tokens were used", b, apart(Limit.Unit.OUTPUT_TOKENS, 1));
    }

    private static LimitUse apart(Limit.Unit unit, long amount) {
        return new LimitUse(MODEL, unit.wireName() + "/PT1H", new Limit(unit, 100, HOUR), amount);
    }

    @Test
    void settledByMoreTokens_usesMore() {
        Coordination a = open();
        Coordination b = open();
        used(a, Optional.of(new TokenCount(60, 0)), Duration.ZERO, requests(1), tokens(10));

        refused("the call took 60 of 100 tokens, not 10", b, tokens(41));
        granted("the call took 60 of 100 tokens", b, tokens(40));
        granted("1 of 10 requests was used: tokens change nothing about that", b, requests(9));
    }

    @Test
    void settledWithoutTokens_keepsWhatWasReserved() {
        Coordination a = open();
        Coordination b = open();
        used(a, AS_RESERVED, Duration.ZERO, requests(1), tokens(60));

        refused("the call took 60 of 100 tokens as reserved, and keeps them", b, tokens(41));
        granted("no more than that is used", b, tokens(40));
        refused("1 of 10 requests was used", b, requests(10));
    }

    @Test
    void released_isFreeAgainAltogether() {
        Coordination a = open();
        Coordination b = open();
        a.release(granted("nothing was used", a, requests(10), tokens(100)));

        grantedSoon("nothing was sent by the other process", b, requests(10), tokens(100));
        refused("all was used", a, requests(1));
    }

    @Test
    void unknownGrant_endsNothing() {
        Coordination a = open();
        Coordination b = open();
        granted("nothing was used", a, requests(6), tokens(60));
        for (String unknown : List.of("no such grant", "", "0", "*")) {
            assertThatCode(() -> {
                        b.release(unknown);
                        b.settle(unknown, Optional.of(new TokenCount(1, 0)), Duration.ZERO);
                    })
                    .as("ending an unknown grant '%s'", unknown)
                    .doesNotThrowAnyException();
        }
        awaitArrival(b);

        refused("60 of 100 tokens were used, and nobody has ended that", b, tokens(41));
        granted("nobody has ended anything", b, requests(4), tokens(40));
    }

    @Test
    void endedGrant_isEndedOnce() {
        Coordination a = open();
        Coordination b = open();
        String settled = granted("nothing was used", a, tokens(60));
        a.settle(settled, AS_RESERVED, Duration.ZERO);
        a.release(settled);
        a.settle(settled, Optional.of(new TokenCount(0, 0)), Duration.ZERO);
        String released = granted("60 of 100 tokens were used", a, tokens(40));
        a.release(released);
        a.settle(released, Optional.of(new TokenCount(40, 0)), Duration.ZERO);
        awaitArrival(a);

        refused("60 of 100 tokens were settled, and what comes after that does nothing", b, tokens(41));
        grantedSoon("40 of 100 tokens were released, and what comes after that does nothing", b, tokens(40));
    }

    @Test
    void nothing_fitsAlways() {
        Coordination a = open();
        Coordination b = open();
        granted("nothing was used", a, requests(10));

        granted("nothing is used of the full limit", b, requests(0), tokens(50));
        granted("nothing was used of that", a, tokens(50));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 30})
    void usedInTheWindow_isUsedUntilItLeavesIt(int minutes) {
        Coordination a = open();
        Coordination b = open();
        Duration ago = Duration.ofMinutes(minutes);
        used(a, AS_RESERVED, ago, requests(10));

        assertThat(refused("the service counted it " + ago + " ago, of a window of an hour", b, requests(1))
                        .retryAfter())
                .as("the wait for what was counted %s ago, of a window of an hour", ago)
                .isBetween(HOUR.minus(ago).minusMinutes(5), HOUR.minus(ago).plusMinutes(5));
    }

    @Test
    void stillOnItsWay_isUsedAndNotOver() {
        Coordination a = open();
        Coordination b = open();
        used(a, AS_RESERVED, HOUR.negated(), requests(10));

        refused("it will be counted in an hour at the latest, and so isn't over", b, requests(1));
    }

    @Test
    void window_passes() {
        Coordination a = open();
        Coordination b = open();
        LimitUse ofASecond = new LimitUse(MODEL, "tokens-per-second", Limit.tokens(5, Duration.ofSeconds(1)), 5);
        a.settle(granted("nothing was used", a, ofASecond), AS_RESERVED, Duration.ZERO);
        passTime(Duration.ofSeconds(1));

        grantedSoon("a window of a second has passed", b, ofASecond);
    }

    @Test
    void manyAtOnce_useAllThereIs_andNoMore() {
        List<Coordination> all = open(4);
        long amount = 500;
        List<CompletableFuture<Long>> users = all.stream()
                .map(process -> start(() -> useOften(process, amount)))
                .toList();
        long used = users.stream()
                .mapToLong(user -> join(user, "one of four processes that reserve and release at once"))
                .sum();

        assertThat(used)
                .as("what four processes at once were granted and kept, of %d tokens", amount)
                .isLessThanOrEqualTo(amount);
        awaitArrival(all.get(0));
        if (used < amount) {
            grantedSoon("that is what is left", all.get(0), crowd(amount, amount - used));
        }
        refused("all is used", all.get(1), crowd(amount, 1));
    }

    /** Returns what a process keeps of many reservations, a third of which it releases. */
    private long useOften(Coordination process, long amount) {
        long kept = 0;
        for (int n = 0; n < 200; n++) {
            long tokens = 1L + n % 5;
            if (reserve(process, crowd(amount, tokens)) instanceof Grant.Granted granted) {
                if (n % 3 == 0) {
                    process.release(granted.id());
                } else {
                    kept += tokens;
                }
            }
        }
        return kept;
    }

    private static LimitUse crowd(long limit, long amount) {
        return new LimitUse(MODEL, "crowd", Limit.tokens(limit, HOUR), amount);
    }

    /** Uses what nobody has used, and waits until the others know how it ended. */
    private void used(Coordination process, Optional<TokenCount> tokens, Duration sinceArrival, LimitUse... uses) {
        process.settle(granted("nothing was used", process, uses), tokens, sinceArrival);
        awaitArrival(process);
    }
}
