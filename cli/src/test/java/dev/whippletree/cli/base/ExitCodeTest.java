package dev.whippletree.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.PromptException.Reason;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

    @Test
    void eachCode_hasOneMeaning_inTheHelpOfItsCommandAndOfTheWhole() {
        assertThat(ExitCode.help("plan").get("  8"))
                .isEqualTo(ExitCode.help("whippletree").get("  8"));
        assertThat(ExitCode.help("serve").get(" 10"))
                .isEqualTo(ExitCode.help("whippletree").get(" 10"));
        assertThat(ExitCode.help("plan")).containsOnlyKeys("  0", "  1", "  2", "  8");
        assertThat(ExitCode.help("serve")).containsOnlyKeys("  0", "  1", "  2", " 10");
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
