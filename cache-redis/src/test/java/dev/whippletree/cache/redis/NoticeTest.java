package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.testkit.Samples;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoticeTest {

    @Test
    void closing_comesBackWhole() {
        for (String name : new String[] {"", "a", "3:abc", "größer 😀", "\n"}) {
            for (Scope scope : new Scope[] {Scope.of(name), Scope.of("o", name)}) {
                ScopeClosing closing = new ScopeClosing(scope, Duration.ofMillis(90_001), true, name);

                assertThat(Notice.read(Notice.closed("p", closing).text()))
                        .hasValueSatisfying(
                                notice -> assertThat(notice.closing()).isEqualTo(closing));
            }
        }
    }

    @Test
    void longReason_isCut() {
        ScopeClosing closing = new ScopeClosing(Scope.of("o"), Duration.ofHours(1), false, "x".repeat(10_000));

        assertThat(Notice.read(Notice.closed("p", closing).text())
                        .orElseThrow()
                        .closing()
                        .reason())
                .hasSize(500);
    }

    @Test
    void otherKinds_comeBackWhole() {
        Notice reopened = Notice.reopened("p", Scope.of("o", "m"));
        Notice unclaimed = Notice.unclaimed("p", Samples.key("t", "q"));

        assertThat(Notice.read(reopened.text())).isEqualTo(Optional.of(reopened));
        assertThat(Notice.read(unclaimed.text())).isEqualTo(Optional.of(unclaimed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "1:1",
                "1:2" + "1:p8:REOPENED1:o0:",
                "1:11:p4:GONE1:o0:",
                "1:11:p8:REOPENED1:o",
                "1:11:p8:REOPENED1:o9:m",
                "1:11:p6:CLOSED1:o0:1:x4:true0:",
                "1:11:p6:CLOSED1:o0:",
                "-1:"
            })
    void whatIsNoneOfThisVersion_isNotHeard(String text) {
        assertThat(Notice.read(text)).isEmpty();
    }
}
