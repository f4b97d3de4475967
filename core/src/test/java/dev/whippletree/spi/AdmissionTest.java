package dev.whippletree.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdmissionTest {

    private static final TokenUsage USAGE = new TokenUsage(100, 7, 40, 0);

    @Test
    void usage_countsAsMadeOrInFull_withTheCachedPromptOrWithoutIt() {
        assertThat(Admission.asMade(9, 500).counted(USAGE)).isEqualTo(new TokenCount(100, 7));
        assertThat(Admission.onEntry(9, 500).withoutCached().counted(USAGE)).isEqualTo(new TokenCount(60, 500));
        assertThat(Admission.onEntry(9, OptionalInt.empty()).counted(USAGE)).isEqualTo(new TokenCount(100, 7));
        assertThat(Admission.NONE.withoutCached().counted(new TokenUsage(3, 1, 5, 0)))
                .as("more cached than there are")
                .isEqualTo(new TokenCount(0, 1));
    }

    @Test
    void severalCompletions_multiplyTheBoundAlone() {
        Admission three = Admission.onEntry(9, OptionalInt.of(500)).times(3);
        assertThat(three.promptTokens()).isEqualTo(9);
        assertThat(three.completionBound()).hasValue(1_500);
        assertThat(three.completions()).isEqualTo(3);
        assertThat(three.withoutCached().completions()).isEqualTo(3);
        assertThat(Admission.asMade(9, Long.MAX_VALUE).times(2).completionBound())
                .hasValue(Long.MAX_VALUE - 1);
        assertThat(Admission.onEntry(9, OptionalInt.empty()).times(2).isGuessed())
                .isTrue();
        assertThat(three.isGuessed() || Admission.asMade(9, OptionalInt.empty()).isGuessed())
                .isFalse();
    }

    @Test
    void amountsOutOfRange_areRefused() {
        assertThatThrownBy(() -> Admission.asMade(-1, 0)).hasMessage("tokens can't be negative");
        assertThatThrownBy(() -> Admission.asMade(0, -1)).hasMessage("tokens can't be negative");
        assertThatThrownBy(() -> Admission.NONE.times(-1)).hasMessage("there is at least one completion, not -1");
    }

    /** In sixths of a token: what a kind of character counts, and how whole tokens are rounded. */
    @ParameterizedTest
    @CsvSource({
        "'ab ', 6, 1",
        "'abc ', 8, 2",
        "09, 12, 2",
        "/:, 6, 1",
        "\u00e4\u07ff, 8, 2",
        "\u0800, 6, 1",
        "\ud83d\udc4b, 18, 3",
        "'', 0, 0"
    })
    void texts_countByTheirKindsOfCharacters(String text, long sixths, long tokens) {
        assertThat(TextTokens.sixths(text)).isEqualTo(sixths);
        assertThat(TextTokens.whole(sixths)).isEqualTo(tokens);
    }
}
