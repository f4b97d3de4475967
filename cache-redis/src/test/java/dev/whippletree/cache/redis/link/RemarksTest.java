package dev.whippletree.cache.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemarksTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    private final Remarks remarks =
            new Remarks(RedisSettings.from(new Settings("coordinator redis", Map.of("uri", "redis://host:6379"))));

    private static String memory(long bound, String policy) {
        return "# Memory\r\nused_memory:1\r\nmaxmemory:" + bound + "\r\nmaxmemory_human:1K\r\nmaxmemory_policy:"
                + policy + "\r\nallocator:x\r\n";
    }

    @ParameterizedTest
    @CsvSource({
        "0, allkeys-lru, false",
        "1000, noeviction, false",
        "1000, allkeys-lru, true",
        "1000, volatile-ttl, true"
    })
    void policyThatEvicts_isSaid_whereMemoryHasABound(long bound, String policy, boolean said) {
        assertThat(remarks.memory(memory(bound, policy)).isPresent()).isEqualTo(said);
        assertThat(remarks.sentence().isPresent()).isEqualTo(said);
        remarks.sentence()
                .ifPresent(text -> assertThat(text)
                        .isEqualTo("coordinator redis: Redis at host:6379 may drop what was used of limits, because its"
                                + " maxmemory-policy is " + policy + "; set it to noeviction"));
    }

    @Test
    void whatIsKnown_isNotWarnedOfAgain_andIsForgottenOnceItIsPutRight() {
        assertThat(remarks.memory(memory(1, "allkeys-lru"))).isPresent();
        assertThat(remarks.memory(memory(1, "allkeys-lru"))).isEmpty();
        assertThat(remarks.sentence()).isPresent();
        assertThat(remarks.memory(memory(1, "noeviction"))).isEmpty();
        assertThat(remarks.sentence()).isEmpty();
        assertThat(remarks.memory("nothing of the kind")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"60, false, ''", "-60, false, ''", "61, true, ahead of", "-61, true, behind", "300, true, ahead of"})
    void clocksThatDifferByMoreThanAMinute_areSaid(long secondsAhead, boolean said, String how) {
        remarks.time(NOW.minusSeconds(secondsAhead).toEpochMilli(), NOW);
        assertThat(remarks.sentence().isPresent()).isEqualTo(said);
        remarks.sentence()
                .ifPresent(text -> assertThat(text)
                        .contains(
                                "this machine's clock is " + Math.abs(secondsAhead) + " s " + how + " that of Redis"));

        remarks.time(NOW.toEpochMilli(), NOW);
        assertThat(remarks.sentence()).isEmpty();
    }

    @Test
    void clockThatIsSetAhead_isSaid_andOneThatIsLateOrSetBackIsNot() {
        long now = NOW.toEpochMilli();
        assertThat(remarks.clock(now, 0, 10)).isEmpty();
        assertThat(remarks.clock(now + 2_900, 2_000, 2_010))
                .as("less than a second")
                .isEmpty();
        assertThat(remarks.clock(now + 4_000, 4_000, 9_000)).as("heard late").isEmpty();
        assertThat(remarks.clock(now + 9_000, 9_000, 9_010)).isEmpty();
        assertThat(remarks.clock(now - 100_000, 11_000, 11_010)).isEmpty();
        assertThat(remarks.sentence()).isEmpty();

        assertThat(remarks.clock(now - 90_000, 13_000, 13_010))
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("coordinator redis: the clock of Redis at host:6379 was set ahead by 7 s, to "
                                + "2026-11-30T11:58:30Z, or this machine stood still"));

        assertThat(remarks.clock(now - 88_000, 15_000, 15_010)).isEmpty();
        assertThat(remarks.sentence()).isPresent();
        long later = Duration.ofDays(1).toMillis() + 15_000;
        assertThat(remarks.clock(now - 103_000 + later, later, later + 10)).isEmpty();
        assertThat(remarks.sentence()).as("after a day").isEmpty();
    }

    @Test
    void twoThings_areBothSaid() {
        remarks.memory(memory(1, "allkeys-lru"));
        remarks.time(NOW.minusSeconds(90).toEpochMilli(), NOW);
        assertThat(remarks.sentence()).get().asString().contains("noeviction; coordinator redis: this machine's clock");
    }
}
