package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitSlotTest {

    private static LimitSlot slot(String limit) {
        AccountGroup group = AccountPool.parse("huggingface:1x10 requests / " + limit)
                .groups()
                .get(0);
        return new LimitSlot(group, "huggingface-1", CountedLimit.of(group).get(0), "", List.of(0), 1);
    }

    /** A window that ends within a minute spans that minute too: what is used in it counts. */
    @ParameterizedTest
    @CsvSource({"30s, 1", "1m, 1", "90s, 2", "2m, 2", "1h, 60"})
    void window_spansEachMinuteThatItTouches(String window, int minutes) {
        assertThat(slot(window).windowIn(Duration.ofMinutes(1))).isEqualTo(minutes);
    }

    @ParameterizedTest
    @CsvSource({"30s, 20", "1m, 10", "1h, 10"})
    void whatIsAllowedInAMinute_isAWindowsAmountOrThatOfSeveral(String window, double amount) {
        assertThat(slot(window).allowedIn(Duration.ofMinutes(1))).isEqualTo(amount);
    }
}
