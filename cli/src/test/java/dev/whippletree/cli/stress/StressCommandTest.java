package dev.whippletree.cli.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.ShellTest;
import dev.whippletree.terminal.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StressCommandTest extends ShellTest {

    @Test
    void emulatedRun_answersEverybodyAndSaysThatTheAccountsAreEmulated() {
        shell.terminal(new Terminal(false, false, true, false));
        assertThat(shell.run("stress", "--interviews", "10", "--questions", "4", "--latency", "20ms"))
                .as(() -> shell.out() + shell.err())
                .isZero();
        assertThat(shell.out())
                .contains("40 of 40 answered")
                .contains("8 made")
                .contains("The accounts are emulated")
                .contains("p50 ")
                .contains("never below 80 ms")
                .containsPattern("All \\d+ checks held\\.");
        assertThat(shell.err()).contains("40 prompts, 8 of them distinct", "100 %  40 of 40");
    }

    @Test
    void checkThatDoesNotHold_exitsWith1() {
        assertThat(shell.run("stress", "--interviews", "3", "--questions", "2", "--latency", "20ms", "--fault", "400"))
                .isEqualTo(1);
        assertThat(shell.out()).contains("✗  prompts answered").contains("did not hold");
    }

    @ParameterizedTest
    @CsvSource({
        "--interviews=0,1 or more interviews",
        "--repeat=2,a share is 0 to 1",
        "--interviews=99999999,too many to emulate",
        "--accounts=99999,too many to emulate",
        "--fault=503:hf-9,there is no account 'hf-9'; there are account-1 to account-2",
        "--latency=soon,is not a latency",
        "--fault=explode,explode",
        "--accounts=0,1 or more accounts",
        "--cache=nonesuch,nonesuch"
    })
    void wrongUsage_exitsWith2(String option, String message) {
        assertThat(shell.run("stress", option)).isEqualTo(2);
        assertThat(shell.err()).contains(message).doesNotContain("\tat ");
    }

    @Test
    void interruption_stillTellsHowFarItWas_andExitsWith130() {
        shell.interrupt();
        assertThat(shell.run("stress", "--interviews", "20", "--latency", "1h")).isEqualTo(130);
        assertThat(shell.out())
                .contains("Whippletree", "Interrupted after", "0 of 340 prompts were answered", "Nothing was checked.")
                .doesNotContain("checks held");
    }
}
