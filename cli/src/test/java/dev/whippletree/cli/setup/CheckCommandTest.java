package dev.whippletree.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        shell.variable("KEY", "sesame").variable("OTHER", "sesame-2").file("whippletree.yaml", """
                accounts:
                  - {id: one, provider: scripted, token: '${KEY}', organization: acme,
                     limits: [1000 requests / 1h, {limit: 5 / 1s, model: m}]}
                  - {id: two, provider: scripted, token: '${OTHER}'}
                routes:
                  tiers: {tiers: [[{account: one, model: m}, {account: two, model: n}], [{account: two, model: o}]]}
                  plain: {accounts: [one], model: m, strategy: in-order}
                caches: [ehcache]
                """);

        shell.succeeds("check");

        assertThat(shell.out().lines())
                .containsExactly(
                        "2 accounts",
                        "  one: scripted, organization acme, 1000 requests / 1h, 5 requests / 1s of m",
                        "  two: scripted, no limits declared",
                        "2 routes",
                        "  tiers: one with m and two with n, then two with o, round-robin",
                        "  plain: one with m, in-order",
                        "1 cache tier",
                        "  ehcache",
                        "note: The scripted accounts one, two count as 2 organizations; accounts that share a quota need"
                                + " the same 'organization'. Use only accounts you are entitled to use.",
                        "No problem found.");
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
    void literalToken_isWarnedAboutOnceAndNeverShown() {
        shell.file("whippletree.yaml", "accounts: [{id: one, provider: scripted, token: open-sesame}]");
        shell.succeeds("check");
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
        shell.succeeds("check");
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
        shell.succeeds("check");
        assertThat(shell.out()).contains("state in " + folder.resolve("kept")).doesNotContain("warning");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            caches: [ehcache, {name: similar, mode: serve}]                      | cache similar;mode serve needs max-error
            accounts: [{id: one, provider: openai, token: x}]                    | account one: base-url is missing
            {plugins: nowhere, accounts: [{id: o, provider: scripted, weight: n}]} | nowhere;weight
            gateway: {clients: [{name: a, key: '${KEY}'}, {name: b, key: '${KEY}'}]} | client 'a' and client 'b' have the same key
            gateway: {clients: [{name: a, key: '${file:/no/such/key}'}]}         | gateway.clients[0].key: the file /no/such/key can't be read
            """)
    void problem_isTold_andNoSecretWithIt(String yaml, String words) {
        shell.withAccount().variable("KEY", "key-of-acme-0123456789").file("whippletree.yaml", yaml);

        assertThat(shell.run("check")).isEqualTo(2);

        assertThat(shell.err()).contains(words.split(";")).doesNotContain("unexpected", "key-of-acme");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void shortKey_isWarnedAbout_andNeverShown() {
        shell.withAccount()
                .variable("SHORT_KEY", "short-key")
                .file("whippletree.yaml", "gateway: {clients: [{name: acme, key: '${SHORT_KEY}'}]}");
        shell.succeeds("check");
        assertThat(shell.out())
                .contains("warning: ", "the key of client 'acme' has fewer than 16 characters")
                .doesNotContain("short-key");
    }
}
