package dev.whippletree.emulator.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FaultRuleTest {

    @Test
    void outageOfOneAccount_isRead() {
        assertThat(FaultRule.parse("503@5s-40s:account-1"))
                .isEqualTo(FaultRule.always(FaultKind.UNAVAILABLE)
                        .during(Duration.ofSeconds(5), Duration.ofSeconds(40))
                        .forAccount("account-1"));
    }

    @Test
    void everyPart_isRead() {
        FaultRule rule = FaultRule.parse("slow=20s@0s-1m#3-5:12.5%:hf-2");

        assertThat(rule.effectiveTime()).isEqualTo(Duration.ofSeconds(20));
        assertThat(rule.window()).contains(new FaultRule.Window(Duration.ZERO, Duration.ofMinutes(1)));
        assertThat(rule.numbers()).contains(new FaultRule.Numbers(3, 5));
        assertThat(rule.share()).isEqualTo(0.125);
        assertThat(rule.account()).contains("hf-2");
    }

    @Test
    void outageThatComesAgain_isRead_andFlaps() {
        FaultRule rule = FaultRule.parse("503@5s-8s/20s:account-1");

        assertThat(rule)
                .isEqualTo(FaultRule.always(FaultKind.UNAVAILABLE)
                        .during(Duration.ofSeconds(5), Duration.ofSeconds(8), Duration.ofSeconds(20))
                        .forAccount("account-1"));
        assertThat(secondsUntil60(rule)).containsExactly(5, 6, 7, 25, 26, 27, 45, 46, 47);
    }

    private static List<Integer> secondsUntil60(FaultRule rule) {
        return IntStream.range(0, 60)
                .filter(second -> rule.allows(
                        "account-1", "m", 1, Duration.ofSeconds(second).toNanos()))
                .boxed()
                .toList();
    }

    @Test
    void oneModel_ofAnAccountOrOfAll_isRead_andItsRuleConcernsNoOther() {
        FaultRule ofAccount = FaultRule.parse("500:hf-2/openai/gpt-oss-20b");
        FaultRule ofAll = FaultRule.parse("500:/openai/gpt-oss-20b");

        assertThat(ofAccount)
                .isEqualTo(FaultRule.always(FaultKind.SERVER_ERROR)
                        .forAccount("hf-2")
                        .forModel("openai/gpt-oss-20b"));
        assertThat(ofAccount.allows("hf-2", "openai/gpt-oss-20b", 1, 0)).isTrue();
        assertThat(ofAccount.allows("hf-2", "other", 1, 0)).isFalse();
        assertThat(ofAccount.allows("hf-1", "openai/gpt-oss-20b", 1, 0)).isFalse();
        assertThat(ofAll.allows("hf-1", "openai/gpt-oss-20b", 1, 0)).isTrue();
    }

    @Test
    void openRange_hasNoEnd() {
        assertThat(FaultRule.parse("hang#7").numbers()).contains(new FaultRule.Numbers(7, 7));
        assertThat(FaultRule.parse("hang#7+").numbers()).contains(new FaultRule.Numbers(7, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @EnumSource
    void everyKind_isReadByItsName(FaultKind kind) {
        assertThat(FaultRule.parse(kind.text())).isEqualTo(FaultRule.always(kind));
    }

    @ParameterizedTest
    @CsvSource({
        "'', doesn't start with a fault",
        "explode, is not one of 429",
        "503@5s, such as 5s-40s",
        "503@40s-5s, end after it starts",
        "503@5s-8s/2s, end before it repeats",
        "503@5s-8s/20s/1m, such as 5s-40s",
        "reset:0%, above 0 %",
        "reset:101%, at most 100 %",
        "reset:a:b, one account",
        "reset:/m:a, one account",
        "reset:/, one account",
        "hang#0, counted from 1",
        "hang#x, a request's number",
        "503=5s, takes no time"
    })
    void anythingElse_isRefused_withExamples(String text, String reason) {
        assertThatThrownBy(() -> FaultRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("write, for example, '503@5s-40s:account-1'");
    }
}
