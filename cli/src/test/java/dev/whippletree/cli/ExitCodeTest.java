package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.PromptException.Reason;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

    @Test
    void refusals_areTheServicesWordAndAllElseIsALackOfAccounts() {
        EnumSet<Reason> refusals = EnumSet.of(Reason.REJECTED, Reason.FILTERED, Reason.TOO_LARGE);
        assertThat(refusals)
                .allSatisfy(reason -> assertThat(ExitCode.of(reason)).isEqualTo(4));
        assertThat(EnumSet.complementOf(refusals))
                .allSatisfy(reason -> assertThat(ExitCode.of(reason)).isEqualTo(3));
    }
}
