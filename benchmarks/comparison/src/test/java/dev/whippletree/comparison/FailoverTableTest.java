package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.comparison.failover.FailoverGateway;
import dev.whippletree.comparison.failover.FailoverLiteLlm;
import dev.whippletree.comparison.failover.FailoverScenario;
import dev.whippletree.comparison.failover.FailoverWhippletree;
import dev.whippletree.comparison.failover.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailoverTableTest {

    private static final Results.Origin ORIGIN = new Results.Origin("2026-01-01T00:00:00Z", "a machine", "c0ffee", 0.5);

    private static FailoverResults.Gateway gateway(FailoverGateway gateway) {
        return new FailoverResults.Gateway(
                gateway.label(), gateway.title(), "1.2-SNAPSHOT", "its manual", "its: settings\n");
    }

    private static FailoverResults.Cell cell(
            FailoverGateway gateway, FailoverScenario scenario, Verdict verdict, String reason) {
        return new FailoverResults.Cell(gateway.label(), scenario.id(), ORIGIN, verdict, reason, 3, 1, 12.3, "");
    }

    private static FailoverResults results() {
        return FailoverResults.NONE
                .with(List.of(gateway(FailoverWhippletree.FALLBACK), gateway(FailoverLiteLlm.BASELINE)))
                .with(cell(FailoverWhippletree.FALLBACK, FailoverScenario.SLOW, Verdict.PASS, ""))
                .with(cell(FailoverLiteLlm.BASELINE, FailoverScenario.SLOW, Verdict.PARTIAL, "over 15 s"))
                .with(cell(FailoverLiteLlm.BASELINE, FailoverScenario.CUT, Verdict.FAIL, "hammered"));
    }

    @Test
    void text_hasEachVerdictBesideThePublishedOne() throws IOException {
        assertThat(new FailoverTable(results()).text())
                .contains("| S07 | first token after 20 s | pass, 12 s | partial, 12 s | partial |")
                .contains("| S08 | stream cut after 40 of 60 tokens | – | **fail**, 12 s | safe |")
                .contains("| **1, 0, 0, 0** of 1 measured | **0, 1, 0, 1** of 2 measured | **9, 3, 4, 0** |")
                .contains("| LiteLLM | S07, partial | over 15 s | 3 | 1 |")
                .contains("**LiteLLM 1.2.** its manual\n\n```\nits: settings\n```")
                .contains(" on a machine, of commit c0ffee, at a load average of at most 0.5 before.")
                .doesNotContain("| Whippletree, with a fallback | S07")
                .doesNotContain("{{");
    }

    @Test
    void text_listsDifferencesToThePublishedVerdicts() throws IOException {
        assertThat(new FailoverTable(results()).text())
                .contains("- LiteLLM, S08: published safe, here **fail**.")
                .doesNotContain("S07: published");
    }

    @Test
    void gatewayThatIsMeasuredAgain_isSaid() throws IOException {
        FailoverResults whole = results();
        for (FailoverScenario each : FailoverScenario.values()) {
            whole = whole.with(cell(FailoverLiteLlm.BASELINE, each, Verdict.PASS, ""));
        }
        FailoverResults again = whole.without("litellm")
                .without("litellm")
                .with(List.of(gateway(FailoverLiteLlm.BASELINE)))
                .with(cell(FailoverLiteLlm.BASELINE, FailoverScenario.SLOW, Verdict.PASS, ""));

        assertThat(new FailoverTable(again).text()).contains("at most 0.5 before. Measured again: LiteLLM (2 times).");
        assertThat(new FailoverTable(whole).text()).doesNotContain("Measured again");
    }

    @Test
    void text_beforeAnythingIsMeasured_saysSo() throws IOException {
        assertThat(new FailoverTable(FailoverResults.NONE).text()).isEqualTo("Nothing has been measured yet.");
    }

    @Test
    void results_areReadAsWritten_andANewCellReplacesTheOlder(@TempDir Path folder) throws IOException {
        FailoverResults again = results().with(cell(FailoverLiteLlm.BASELINE, FailoverScenario.SLOW, Verdict.PASS, ""));
        again.write(folder.resolve(FailoverResults.FILE));

        FailoverResults read = FailoverResults.read(folder.resolve(FailoverResults.FILE));

        assertThat(read).isEqualTo(again);
        assertThat(read.cells()).hasSize(3);
        assertThat(read.of("litellm", "S07"))
                .get()
                .extracting(FailoverResults.Cell::verdict)
                .isEqualTo(Verdict.PASS);
    }

    @Test
    void without_forgetsOneGateway() {
        assertThat(results().without("litellm").cells())
                .extracting(FailoverResults.Cell::gateway)
                .containsExactly("whippletree-fallback");
    }

    @Test
    void results_ofAGatewayThatIsNoMore_go() {
        assertThat(results()
                        .with(List.of(gateway(FailoverWhippletree.FALLBACK)))
                        .cells())
                .hasSize(1);
    }
}
