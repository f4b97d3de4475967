package dev.whippletree.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NumberedTokenTest {

    @Test
    void row_isReadInOrder_gapsIncluded() {
        List<NumberedToken> tokens = find(Map.of(
                "KEY_10",
                "ten",
                "KEY",
                "one",
                "KEY_3",
                " three\n",
                "KEY_x",
                "no",
                "KEY_0",
                "no",
                "KEY_02",
                "no",
                "KEY_10000",
                "no",
                "KEY_2",
                " "));

        assertThat(tokens).extracting(NumberedToken::number).containsExactly(1, 3, 10);
        assertThat(tokens).extracting(NumberedToken::variable).containsExactly("KEY", "KEY_3", "KEY_10");
        assertThat(tokens).extracting(token -> token.token().reveal()).containsExactly("one", "three", "ten");
    }

    @Test
    void alternative_countsOnlyWhereTheFirstIsNotSet() {
        assertThat(find(Map.of("OLD_KEY", "a")))
                .extracting(NumberedToken::variable)
                .containsExactly("OLD_KEY");
        assertThat(find(Map.of("OLD_KEY", "a", "KEY", " ", "OLDER_KEY", "b")))
                .extracting(NumberedToken::variable)
                .containsExactly("OLD_KEY");
        assertThat(find(Map.of("OLD_KEY", " ", "OLDER_KEY", "b")))
                .extracting(NumberedToken::variable)
                .containsExactly("OLDER_KEY");
        assertThat(find(Map.of("OLD_KEY", "a", "KEY", "a")))
                .extracting(NumberedToken::variable)
                .containsExactly("KEY");
    }

    @ParameterizedTest
    @CsvSource({
        "KEY, value-7, KEY_4, value-7, KEY and KEY_4 contain the same token",
        "KEY, value-7, KEY_1, other, KEY and KEY_1 stand for the same account",
        "KEY_2, value 7, KEY, other, KEY_2 contains characters"
    })
    void mistake_namesVariablesAndNoValue(String one, String value, String other, String otherValue, String words) {
        assertThatThrownBy(() -> find(Map.of(one, value, other, otherValue)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining(value);
        assertThat(find(Map.of("KEY", "value-7")).toString()).doesNotContain("value-7");
    }

    private static List<NumberedToken> find(Map<String, String> environment) {
        return NumberedToken.find(environment, "KEY", List.of("OLD_KEY", "OLDER_KEY"));
    }
}
