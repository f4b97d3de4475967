package dev.whippletree.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.Shell;
import dev.whippletree.cli.ShellTest;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeCommandTest extends ShellTest {

    private void configure(String gateway) throws IOException {
        Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts:
                  - id: one
                    provider: huggingface
                    token: ${HF_TOKEN}
                """ + gateway);
        shell.variable("HF_TOKEN", "hf_secret");
        shell.variable("ACME_KEY", "key-of-acme");
    }

    @Test
    void addressAndAnExample_arePrinted_andItEndsWhenTold() {
        shell.interrupt();
        shell.succeeds("serve", "--emulated", "--port", "0");
        assertThat(shell.out())
                .containsPattern("serves http://127.0.0.1:\\d+/v1")
                .contains("any program on this machine, without a key")
                .contains("curl http://127.0.0.1:");
        assertThat(shell.err())
                .contains("emulated service, not from a model")
                .contains("new requests are rejected; requests under way have 30.0 s to finish");
    }

    @ParameterizedTest
    @CsvSource({"100, 100, true", "5000, 5000, false", "20000, 10000, false"})
    void connections_areAsManyAsTheProcessCanHave_andAsTheConfigurationAllows(int possible, int bound, boolean warned)
            throws IOException {
        configure("");
        List<String> logged = Collections.synchronizedList(new ArrayList<>());
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        try (SystemTimeline timeline = new SystemTimeline();
                Whippletree whippletree = Whippletree.builder()
                        .configuration(folder.resolve("whippletree.yaml"))
                        .environment(Map.of("HF_TOKEN", "hf_secret"))
                        .build()) {
            GatewaySettings settings = new ServeRun.Wish(
                            Optional.of("127.0.0.2"), Optional.of(99), Duration.ZERO, possible)
                    .settings(whippletree.configuration());

            assertThat(settings.bounds().mostConnections()).isEqualTo(bound);
            assertThat(settings.host() + ":" + settings.port()).isEqualTo("127.0.0.2:99");
            Surroundings surroundings = Shell.around(folder, Map.of(), nowhere, nowhere, Terminal.NONE, timeline);
            surroundings.interruption().complete(null);
            LogOutput.to(logged::add);
            new ServeRun(
                            surroundings,
                            new ServeRun.Wish(Optional.empty(), Optional.of(0), Duration.ZERO, possible),
                            Optional.empty())
                    .run(whippletree);
        } finally {
            LogOutput.to(System.err::println);
        }
        assertThat(logged.stream().anyMatch(line -> line.contains("max-connections is " + bound + " here, not 10000")))
                .isEqualTo(warned);
    }

    @Test
    void clientsOfTheConfiguration_areCounted_andTheirKeysArePrintedNowhere() throws IOException {
        configure("""
                gateway:
                  port: 0
                  clients:
                    - name: acme
                      key: ${ACME_KEY}
                      limits: [60 requests / 1m]
                """);
        shell.interrupt();
        shell.succeeds("serve");
        assertThat(shell.out())
                .contains("  accounts  1\n", "1, by their keys", "/, once gateway.watch-key is set")
                .contains("Authorization: Bearer $KEY", "{\"model\":\"default\",");
        assertThat(shell.out() + shell.err()).doesNotContain("key-of-acme", "hf_secret");
    }

    @Test
    void anotherAddressWithoutKeys_isRefused() throws IOException {
        configure("");
        assertThat(shell.run("serve", "--host", "0.0.0.0", "--port", "0")).isEqualTo(2);
        assertThat(shell.err()).contains("add clients with keys").doesNotContain("\tat ");
    }

    @Test
    void everyProblemOfTheSection_isToldAtOnce() throws IOException {
        configure("""
                gateway:
                  prot: 8080
                  max-body-bytes: many
                  clients:
                    - name: acme
                    - key: ${NOT_SET}
                    - name: acme
                      key: ${ACME_KEY}
                      limits: [few]
                """);
        assertThat(shell.run("serve")).isEqualTo(2);
        assertThat(shell.err())
                .contains("gateway.prot", "port")
                .contains("gateway.max-body-bytes")
                .contains("gateway.clients[0].key", "this key is missing; each client needs it")
                .contains("NOT_SET")
                .contains("gateway.clients[1].name")
                .contains("gateway.clients[2].limits");
    }

    @Test
    void portThatCannotBe_exitsWith2() {
        assertThat(shell.run("serve", "--emulated", "--port", "70000")).isEqualTo(2);
        assertThat(shell.err()).contains("--port is 0 to 65535, not 70000");
    }
}
