package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CreditTest {

    @ParameterizedTest
    @CsvSource({"0.10 usd / month, 0.10 usd / month", "0.10USD/MONTH, 0.10 usd / month", "' 2 eur / mo ', 2 eur / month"
    })
    void formsThatPeopleWrite_areRead(String text, String read) {
        assertThat(Credit.parse(text)).hasToString(read);
        assertThat(Credit.parse(read)).isEqualTo(Credit.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "plenty", "$5", "-1 usd / month", "1 usd", "1 / month", "1 usd / year", "1e9 usd / month"})
    void otherForms_areRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> Credit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is not a credit")
                .hasMessageContaining("0.10 usd / month");
    }

    @Test
    void nothing_isNoCredit() {
        assertThatThrownBy(() -> Credit.parse("0.00 usd / month"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a credit must be above 0, not 0.00");
    }
}
