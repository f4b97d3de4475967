package dev.whippletree.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.PromptException.Reason;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCodeTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ask     | 0 1 2 3 4 5 130 | output was lost, or something unexpected happened
            embed   | 0 1 2 3 4 130   | output was lost, or something unexpected happened
            chat    | 0 1 2 3 4 5 130 | output was lost, or something unexpected happened
            status  | 0 1 2 3 6 7     | output was lost, or something unexpected happened
            check   | 0 1 2           | output was lost, or something unexpected happened
            stress  | 0 1 2 130       | a check failed, output was lost, or something unexpected happened
            plan    | 0 1 2 8         | the accounts aren't enough, output was lost, or something unexpected happened
            batch   | 0 1 2 8 9       | output was lost, or something unexpected happened
            serve   | 0 1 2 10        | output was lost, or something unexpected happened
            emulate | 0 1 2 130       | output was lost, or something unexpected happened
            """)
    void eachCode_hasOneMeaning_inTheHelpOfItsCommandAndOfTheWhole(String command, String codes, String failed) {
        Map<String, String> help = ExitCode.help(command);
        assertThat(help.keySet().stream().map(String::strip)).containsExactly(codes.split(" "));
        assertThat(help.remove("  1")).isEqualTo(failed);
        assertThat(ExitCode.help("whippletree")).containsAllEntriesOf(help);
    }

    @Test
    void codes_haveDigitsThatScriptsKnow_whateverTheLocale() {
        Locale before = Locale.getDefault(Locale.Category.FORMAT);
        Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(ExitCode.help("batch")).containsKeys("  0", "  9");
        } finally {
            Locale.setDefault(Locale.Category.FORMAT, before);
        }
    }

    @Test
    void refusals_areTheServicesWord_brokenAnswersTheirOwn_andAllElseIsALackOfAccounts() {
        EnumSet<Reason> refusals = EnumSet.of(Reason.REJECTED, Reason.FILTERED, Reason.TOO_LARGE);
        assertThat(refusals)
                .allSatisfy(reason -> assertThat(ExitCode.of(reason)).isEqualTo(4));
        assertThat(ExitCode.of(Reason.STREAM_INTERRUPTED)).isEqualTo(5);
        EnumSet<Reason> others = EnumSet.complementOf(refusals);
        others.remove(Reason.STREAM_INTERRUPTED);
        assertThat(others).allSatisfy(reason -> assertThat(ExitCode.of(reason)).isEqualTo(3));
    }
}
