package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {

    private static Results.Origin origin(String date, String machine, String commit) {
        return new Results.Origin(date, machine, commit, 9);
    }

    private static void check(Results.Origin other) {
        Conditions.check(List.of(other, Samples.ORIGIN), "results.json");
    }

    @Test
    void oneMachine_oneCommit_within48Hours_mayBeMixed() {
        assertThatCode(() -> check(origin("2026-11-30T12:00:00Z", "a machine", "a commit")))
                .doesNotThrowAnyException();
        assertThatCode(() -> Conditions.check(List.of(), "results.json")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "2026-11-28T13:00:00Z; another; a commit; the machine of 2026-11-28T12:00:00Z is 'a machine', that of 2026-11-28T13:00:00Z is 'another'",
                "2026-11-28T13:00:00Z; a machine; another; the commit of 2026-11-28T12:00:00Z is 'a commit', that of 2026-11-28T13:00:00Z is 'another'",
                "2026-11-30T13:00:00Z; a machine; a commit; 2026-11-28T12:00:00Z and 2026-11-30T13:00:00Z are 49 hours apart"
            })
    void anythingElse_isRefused_withWhatWhereAndWhatToDo(String date, String machine, String commit, String words) {
        assertThatThrownBy(() -> check(origin(date, machine, commit)))
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith("results.json: results can't be mixed: ")
                .hasMessageContaining(words)
                .hasMessageEndingWith("or start afresh with --new");
    }
}
