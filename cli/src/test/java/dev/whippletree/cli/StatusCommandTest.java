package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class StatusCommandTest {

    @TempDir
    private Path folder;

    private Shell shell;

    @BeforeEach
    void openShell() {
        shell = new Shell(folder).withAccount();
    }

    @Test
    void board_isPrintedWithoutAnyCall() {
        assertThat(shell.run("status")).isZero();
        assertThat(shell.out()).startsWith("Whippletree").contains("scripted-1").contains("0 made");
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void json_canBeParsed() {
        assertThat(shell.run("status", "--json")).isZero();
        assertThat(JsonMapper.shared()
                        .readTree(shell.out())
                        .at("/accounts/0/id")
                        .asString())
                .isEqualTo("scripted-1");
    }

    @Test
    void probe_spendsOneCallOfOneTokenAnAccountAndSaysSo() {
        assertThat(shell.run("status", "--probe")).isZero();
        assertThat(shell.err())
                .contains("one call of one token on each of 1 account")
                .contains("✓ scripted-1");
        assertThat(shell.provider.asked).hasSize(1);
        assertThat(shell.provider.asked.get(0).parameters().maxTokens()).isEqualTo(OptionalInt.of(1));
        assertThat(shell.out()).contains("1 made");
    }

    @Test
    void probe_isPricedByTheListTheConfigurationNames() {
        shell.file("whippletree.yaml", "prices: prices.yaml").file("prices.yaml", """
                        as-of: 2026-11-01
                        currency: eur
                        stale-after-days: 36500
                        prices: [{provider: scripted, model: openai/gpt-oss-20b, prompt: 1000, completion: 2000}]
                        """);
        assertThat(shell.run("status", "--probe")).as(shell.err()).isZero();
        assertThat(shell.out()).contains("0.0280 eur").contains("By the prices of 2026-11-01");
    }

    @Test
    void priceListThatIsntThere_isAMistakeOfTheConfiguration() {
        shell.file("whippletree.yaml", "prices: prices.yaml");
        assertThat(shell.run("status")).isEqualTo(2);
        assertThat(shell.err()).contains("prices.yaml: there is no such file");
    }

    @Test
    void probeOfABadToken_exitsWith3AndShowsWhy() {
        shell.provider.failure = Optional.of(Failure.of(FailureKind.UNAUTHORIZED, "token refused"));
        assertThat(shell.run("status", "--probe")).isEqualTo(3);
        assertThat(shell.err()).contains("✗ scripted-1").contains("token refused");
        assertThat(shell.out()).contains("off");
    }
}
