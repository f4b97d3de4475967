package dev.whippletree.cache.redis.notices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.Samples;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoticeTest {

    private final CorruptValue corrupt = new CorruptValue(
            RedisSettings.from(new Settings("coordinator redis", Map.of())), FakeServices.on(new VirtualTimeline(1)));

    @Test
    void closing_comesBackWhole() {
        for (String name : new String[] {"", "a", "a+b %c", "größer 😀", "\n"}) {
            for (Scope scope : new Scope[] {Scope.of(name), Scope.of("o", name)}) {
                ScopeClosing closing = new ScopeClosing(scope, Duration.ofMillis(90_001), true, "why");

                assertThat(read(Notice.closed("p", closing).text()))
                        .hasValueSatisfying(
                                notice -> assertThat(notice.closing()).isEqualTo(closing));
            }
        }
    }

    @Test
    void otherKinds_comeBackWhole() {
        Notice reopened = Notice.reopened("p", Scope.of("o", "m"));
        Notice unclaimed = Notice.unclaimed("p", Samples.key("t", "q"));

        assertThat(read(reopened.text())).isEqualTo(Optional.of(reopened));
        assertThat(read(unclaimed.text())).isEqualTo(Optional.of(unclaimed));
    }

    @Test
    void endOfAClaim_hasItsTenantsDigestOnly_andIsShortWhateverTheTenantIsCalled() {
        Notice other = Notice.unclaimed("p", Samples.key("bob", "q"));
        for (String tenant : List.of("alice", "a".repeat(10_000))) {
            Notice notice = Notice.unclaimed("p", Samples.key(tenant, "q"));
            assertThat(notice.text()).hasSizeLessThan(200).doesNotContain(tenant);
            assertThat(read(notice.text())).isEqualTo(Optional.of(notice));
            assertThat(notice.parts()).isNotEqualTo(other.parts());
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 744", "false, 1"})
    void closingThatIsLongerThanOthersBelieve_isToldAsTheLongest_withAReasonFitForATerminal(
            boolean endKnown, long hours) {
        String reason = "a\u001b[31mb\u009b2Jc\u202ed\u2028e\r\nf\u0000" + "x".repeat(10_000);
        ScopeClosing told = new ScopeClosing(Scope.of("o"), Duration.ofDays(36_500), endKnown, reason);

        ScopeClosing heard = read(Notice.closed("p", told).text()).orElseThrow().closing();

        assertThat(heard.remaining()).isEqualTo(Duration.ofHours(hours));
        assertThat(heard.endKnown()).isEqualTo(endKnown);
        assertThat(heard.reason()).startsWith("a [31mb 2Jc d e f x").hasSizeBetween(490, 500);
        assertThat(corrupt.sentence()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "1",
                "1 p GONE o ",
                "1 p REOPENED o",
                "1 p REOPENED o %m",
                "1 p REOPENED o  ",
                "1 p UNCLAIMED tenant digest",
                "1 %1B[2Jabc REOPENED o ",
                "1 p CLOSED o  x true ",
                "1 p CLOSED o ",
                "1 p CLOSED o  NaN true ",
                "1 p CLOSED o  -1 true ",
                "1 p CLOSED o  2678400001 true ",
                "1 p CLOSED o  9223372036854775807 true ",
                "1 p CLOSED o  3600001 false ",
                "1 p CLOSED o  1 maybe ",
                "1 p CLOSED o  1 true  ",
                "1:11:p8:REOPENED1:o0:"
            })
    void whatNoProcessTells_isNotHeardAndCounted(String text) {
        assertThat(read(text)).isEmpty();
        assertThat(corrupt.sentence()).get().asString().contains("1 value").doesNotContain("\u001b");
    }

    @Test
    void anotherVersion_isNotHeardAndNotCounted() {
        assertThat(read("2 p REOPENED o ")).isEmpty();
        assertThat(corrupt.sentence()).isEmpty();
    }

    @Test
    void noticeOfMoreThan8192Characters_isNotHeard() {
        int others = Notice.reopened("p", Scope.of("o".repeat(8_000))).text().length() - 8_000;
        for (int more = 0; more < 2; more++) {
            Notice notice = Notice.reopened("p", Scope.of("o".repeat(8_192 - others + more)));
            assertThat(read(notice.text())).isEqualTo(more == 0 ? Optional.of(notice) : Optional.empty());
        }
    }

    private Optional<Notice> read(String text) {
        return Notice.read(text, corrupt);
    }
}
