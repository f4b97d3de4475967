package dev.whippletree.cli.emulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmulateCommandTest {

    @TempDir
    private Path folder;

    private Shell shell;

    @BeforeEach
    void openShell() {
        shell = new Shell(folder);
    }

    @Test
    void addressesTokensAndAnExample_arePrinted() {
        shell.interrupt();
        shell.succeeds("emulate", "--port", "0", "--accounts", "3", "--limit", "200 requests / 10s");
        assertThat(shell.out())
                .contains("http://127.0.0.1:")
                .contains("/hf/v1")
                .contains("account-3 with token token-3")
                .contains("Limits of each: 200 requests / 10s")
                .contains("/stats")
                .contains("curl http://127.0.0.1:");
    }

    @Test
    void services_canBeChosen() {
        shell.interrupt();
        shell.succeeds("emulate", "--port", "0", "--service", "groq");
        assertThat(shell.out()).contains("/groq/openai/v1/chat/completions").doesNotContain("/hf/v1");
    }

    @ParameterizedTest
    @CsvSource({
        "--service=nonesuch,there are huggingface",
        "--accounts=0,1 or more",
        "--assumed-max-tokens=-1,0 or more",
        "--limit=few,is not a limit",
        "--latency=soon,is not a latency",
        "--answers=nonesuch.json,--answers nonesuch.json can't be read",
        "--fault=explode,explode",
        "--fault=503:hf-9,there is no account 'hf-9'; there are account-1 to account-2",
        "--accounts=20000000,'at most 2,000'",
        "'--port=70000','--port is 0 to 65535, not 70000'"
    })
    void wrongUsage_exitsWith2(String option, String message) {
        shell.interrupt();
        assertThat(shell.run(
                        option.startsWith("--port")
                                ? new String[] {"emulate", option}
                                : new String[] {"emulate", "--port=0", option}))
                .isEqualTo(2);
        assertThat(shell.err()).contains(message).doesNotContain("\tat ");
    }
}
