package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NamesTest {

    private static final List<String> KNOWN = List.of("provider", "token", "weight", "max-concurrency");

    @ParameterizedTest
    @CsvSource({"provdier,provider", "Token,token", "tokens,token", "maxconcurrency,max-concurrency", "wieght,weight"})
    void nearName_isOffered(String written, String meant) {
        assertThat(Names.suggestion(written, KNOWN)).isEqualTo("; did you mean '" + meant + "'?");
    }

    @Test
    void farName_getsAllThatAreKnown() {
        assertThat(Names.suggestion("zebra", KNOWN)).isEqualTo("; known: max-concurrency, provider, token, weight");
        assertThat(Names.suggestion("", List.of("a"))).isEqualTo("; known: a");
        assertThat(Names.suggestion("x", List.of())).isEqualTo("; none is known");
    }
}
