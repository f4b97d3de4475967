package dev.whippletree.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

    @TempDir
    private Path folder;

    private Shell shell;

    @BeforeEach
    void openShell() {
        shell = new Shell(folder);
    }

    @Test
    void goodConfiguration_isShown() {
        shell.variable("KEY", "sesame").file("whippletree.yaml", """
                accounts:
                  - id: one
                    provider: scripted
                    token: ${KEY}
                    limits: ["1000 requests / 1h"]
                """);
        assertThat(shell.run("check")).as(shell.err()).isZero();
        assertThat(shell.out())
                .contains("1 account")
                .contains("one: scripted, 1000 requests / 1h")
                .contains("No problem found")
                .doesNotContain("sesame");
        assertThat(shell.provider.asked).isEmpty();
    }

    @Test
    void everyProblem_isToldAtOnce() {
        shell.file("whippletree.yaml", """
                accounts:
                  - id: one
                    provider: scriptet
                  - id: two
                    provider: scripted
                    wieght: 3
                patiense: 3s
                """);
        assertThat(shell.run("check")).isEqualTo(2);
        assertThat(shell.err())
                .contains("scriptet")
                .contains("wieght")
                .contains("weight")
                .contains("patiense");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void valuesThatACacheCannotUse_areProblems() {
        shell.withAccount().file("whippletree.yaml", "caches: [ehcache, {name: similar, mode: serve}]");
        assertThat(shell.run("check")).isEqualTo(2);
        assertThat(shell.err()).contains("cache similar").contains("mode serve needs max-error");
    }

    @Test
    void literalToken_isWarnedAboutOnceAndNeverShown() {
        shell.file("whippletree.yaml", "accounts: [{id: one, provider: scripted, token: open-sesame}]");
        assertThat(shell.run("check")).as(shell.err()).isZero();
        assertThat(shell.out()).contains("warning: ").doesNotContain("open-sesame");
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void noAccountAtAll_isToldAsInAsk() {
        assertThat(shell.run("check")).isEqualTo(2);
        assertThat(shell.err()).contains("SCRIPTED_TOKEN");
    }

    @Test
    void stateFolderThatCannotBeUsed_isWarnedAbout() {
        shell.file("whippletree.yaml", """
                state: nowhere
                accounts: [{id: one, provider: scripted}]
                """);
        assertThat(shell.run("check")).as(shell.err()).isZero();
        assertThat(shell.out())
                .contains("warning: limits won't be remembered after this process")
                .contains(folder.resolve("nowhere") + " doesn't exist; create it");
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void stateFolder_isShown() throws IOException {
        Files.createDirectory(folder.resolve("kept"));
        shell.file("whippletree.yaml", """
                state: kept
                accounts: [{id: one, provider: scripted}]
                """);
        assertThat(shell.run("check")).as(shell.err()).isZero();
        assertThat(shell.out()).contains("state in " + folder.resolve("kept")).doesNotContain("warning");
    }

    private void configureClients(String clients) {
        shell.variable("KEY", "key-of-acme-0123456789")
                .variable("SHORT_KEY", "short-key")
                .file("whippletree.yaml", """
                accounts: [{id: one, provider: scripted}]
                gateway:
                  clients:
                """ + clients.indent(4));
    }

    @Test
    void keyThatTwoClientsHave_isAProblemThatNamesBoth_andNeverTheKey() {
        configureClients("- {name: acme, key: '${KEY}'}\n- {name: other, key: '${KEY}'}");
        assertThat(shell.run("check")).isEqualTo(2);
        assertThat(shell.err()).contains("client 'acme' and client 'other' have the same key");
        assertThat(shell.out() + shell.err()).doesNotContain("key-of-acme");
    }

    @Test
    void keyFileThatIsMissing_isAProblem() {
        configureClients("- {name: acme, key: '${file:/no/such/key}'}");
        assertThat(shell.run("check")).isEqualTo(2);
        assertThat(shell.err()).contains("gateway.clients[0].key: the file /no/such/key can't be read");
    }

    @Test
    void shortKey_isWarnedAbout_andNeverShown() {
        configureClients("- {name: acme, key: '${SHORT_KEY}'}");
        assertThat(shell.run("check")).as(shell.err()).isZero();
        assertThat(shell.out())
                .contains("warning: ", "the key of client 'acme' has fewer than 16 characters")
                .doesNotContain("short-key");
    }

    @Test
    void folderOfPluginsThatIsNotThere_hidesNoOtherProblem() {
        Shell shell = new Shell(folder).file("whippletree.yaml", """
                plugins: nowhere
                accounts: [{id: one, provider: scripted, weight: none}]
                """);
        assertThat(shell.run("check")).isEqualTo(2);
        assertThat(shell.err()).contains("nowhere", "weight");
    }

    @Test
    void openaiWithoutAnAddress_isAProblem() {
        Shell shell = new Shell(folder).file("whippletree.yaml", "accounts: [{id: one, provider: openai, token: x}]");
        assertThat(shell.run("check")).isEqualTo(2);
        assertThat(shell.err()).contains("account one: base-url is missing").doesNotContain("unexpected");
    }
}
