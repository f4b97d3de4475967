package dev.whippletree.terminal.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

    @ParameterizedTest
    @CsvSource({"0,0.0 %", "0.8,80.0 %", "0.57,57.0 %", "0.6667,66.7 %", "0.9996,99.9 %", "0.99999,99.9 %", "1,100.0 %"
    })
    void percent_isRoundedButOnlyTheWholeIsAHundred(double share, String written) {
        assertThat(Words.percent(share)).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 ms",
        "999,999 ms",
        "1000,1.0 s",
        "4290,4.3 s",
        "59949,59.9 s",
        "59950,1 m 00 s",
        "60000,1 m 00 s",
        "3599499,59 m 59 s",
        "3599500,1 h 00 m",
        "3780000,1 h 03 m",
        "180000000,2 d 02 h"
    })
    void duration_isRoundedToItsTwoLargestUnits(long millis, String written) {
        assertThat(Words.duration(Duration.ofMillis(millis))).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0.00 usd",
        "0.00000001,under 0.0001 usd",
        "0.0123,0.0123 usd",
        "0.99996,1.0000 usd",
        "1,1.00 usd",
        "1234.505,'1,234.51 usd'"
    })
    void money_neverReadsAsNothingWhenItIsSomething(BigDecimal amount, String written) {
        assertThat(Words.money(amount, "usd")).isEqualTo(written);
    }

    @Test
    void time_namesTheDayUnlessItIsToday() {
        Instant now = Instant.parse("2026-11-25T23:59:50Z");
        assertThat(Words.future(now.plusSeconds(5), now, ZoneOffset.UTC)).isEqualTo("23:59:55 (in 5.0 s)");
        assertThat(Words.future(now.plusSeconds(20), now, ZoneOffset.UTC)).isEqualTo("26 Nov 00:00:10 (in 20.0 s)");
        assertThat(Words.future(now, now, ZoneOffset.UTC)).isEqualTo("23:59:50");
    }

    @Test
    void wrap_keepsNumbersWithTheirUnits() {
        assertThat(Words.wrap("all done after 20.4 s or 1 m 08 s, 85 % of 3 h 02 m", 17))
                .containsExactly("all done after", "20.4 s or", "1 m 08 s, 85 % of", "3 h 02 m");
        assertThat(Words.wrap("3 sessions 4 10 minutes", 4)).containsExactly("3", "sessions", "4 10", "minutes");
    }

    @Test
    void clippedNames_keepTheirEnds() {
        assertThat(Words.clipMiddle("huggingface/account account-1", 10)).isEqualTo("hugg…unt-1");
        assertThat(Words.clipMiddle("huggingface/account account-1", 5)).isEqualTo("hu…-1");
        assertThat(Words.clipMiddle("hf-1", 4)).isEqualTo("hf-1");
        assertThat(Words.clip("hf-1", 4)).isEqualTo("hf-1");
        assertThat(Words.clip("hf-12", 4)).isEqualTo("hf-…");
    }

    @Test
    void clippedNames_endWithWholeCharacters() {
        assertThat(Words.clip("a👍👍👍", 5)).isEqualTo("a👍…");
        assertThat(Words.clip("👍👍", 2)).isEqualTo("…");
        assertThat(Words.clipMiddle("a👍👍👍b", 6)).isEqualTo("a…👍b");
        assertThat(Words.clipMiddle("👍👍👍👍", 7)).isEqualTo("👍…👍");
    }

    @Test
    void wrap_breaksBetweenWordsAndKeepsLongOnesWhole() {
        assertThat(Words.wrap("a bc averylongword d e", 4)).containsExactly("a bc", "averylongword", "d e");
    }
}
