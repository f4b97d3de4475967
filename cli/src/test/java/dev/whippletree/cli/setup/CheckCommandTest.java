package dev.whippletree.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.ShellTest;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckCommandTest extends ShellTest {

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
    void coordinatorThatCannotBeReached_isWarnedOf_andTheConfigurationIsGood() {
        shell.file("whippletree.yaml", """
                accounts: [{id: one, provider: scripted, limits: [10 requests / 1h]}]
                routes: {default: {accounts: [one], model: m}}
                coordinator: {name: redis, uri: "redis-cluster://127.0.0.1:1,127.0.0.1:2"}
                """);

        shell.succeeds("check");

        assertThat(shell.out())
                .contains("warning: coordinator redis: Redis at cluster 127.0.0.1:1, 127.0.0.1:2 can't be used")
                .contains("check that its nodes run")
                .endsWith("No problem found.\n");
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
    void problemsOfPlugins_areToldWithTheRest_andTheirLines() {
        shell.file("whippletree.yaml", """
                accounts:
                  - id: one
                    provider: openai
                    connect-timeout: soon
                    embedding-inputs: 0
                  - {id: two, provider: scripted, wieght: 3}
                caches:
                  - name: similar
                    mode: serve
                """);
        assertThat(shell.run("check")).isEqualTo(2);
        String line = "whippletree: " + folder.resolve("whippletree.yaml") + ", line ";
        assertThat(shell.err().lines())
                .containsExactly(
                        line + "2: accounts[0].base-url: account one: base-url is missing: the address of a service"
                                + " that speaks OpenAI's protocol, such as https://api.openai.com/v1 or"
                                + " http://localhost:11434/v1",
                        line + "4: accounts[0].connect-timeout: account one: connect-timeout is a duration such as"
                                + " 250ms, 30s, 5m, 1h, 1d, 1w, not 'soon'",
                        line + "5: accounts[0].embedding-inputs: account one: embedding-inputs is a whole number from"
                                + " 1 to 2048, not '0'",
                        line + "6: accounts[1].wieght: unknown key; did you mean 'weight'?",
                        line + "9: caches[0].mode: cache similar: mode serve needs max-error: the share of requests"
                                + " that may be served a wrong answer, such as 1%");
    }

    @Test
    void defaultModel_isWarnedAboutWhereTheServiceMayLackIt_andElseNoted() {
        String account = "accounts: [{id: one, provider: openai, base-url: 'http://localhost:1/v1'}]";
        shell.file("whippletree.yaml", account).succeeds("check");
        assertThat(shell.out())
                .contains("  default: one with openai/gpt-oss-20b, round-robin")
                .contains("line 1: accounts[0]: its route states no model, so it is asked for the default,"
                        + " openai/gpt-oss-20b; name one that its service has: 'routes: {default: {model: NAME}}'")
                .contains("note: openai/gpt-oss-20b is the default model");

        Shell stated = new Shell(folder)
                .file("whippletree.yaml", account + "\nroutes: {default: {tiers: [{account: one, model: m}]}}");
        stated.succeeds("check");
        assertThat(stated.out()).doesNotContain("warning", "default model");
        Shell unstated =
                new Shell(folder).file("whippletree.yaml", account + "\nroutes: {default: {tiers: [{account: one}]}}");
        unstated.succeeds("check");
        assertThat(unstated.out()).contains("warning", "states no model");
        Shell variable = new Shell(folder).variable("WHIPPLETREE_MODEL", "openai/gpt-oss-20b");
        variable.succeeds("check");
        assertThat(variable.out()).doesNotContain("warning").contains("note: openai/gpt-oss-20b is the default model");
        Shell other = new Shell(folder).withAccount().file("whippletree.yaml", "");
        other.succeeds("check");
        assertThat(other.out()).doesNotContain("warning").contains("note: openai/gpt-oss-20b is the default model");
    }

    @Test
    void namesWithControlCharacters_sendNoneToTheTerminal() {
        shell.withAccount().file("whippletree.yaml", "routes: {\"\\e[31mred\": {model: \"m\\r\\nNo problem\"}}");
        shell.succeeds("check");
        assertThat(shell.out())
                .contains("   [31mred: scripted-1 with m No problem, round-robin")
                .doesNotContain("\u001b", "\r\nNo");
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
    void gatewayThatCouldNotStart_isAProblem() {
        shell.withAccount()
                .variable("KEY", "key-of-acme-0123456789")
                .file("notes", "")
                .file("whippletree.yaml", """
                gateway:
                  host: no such host
                  memory: 1000GB
                  batches: {folder: notes}
                  trace: notes/below
                  clients: [{name: acme, key: '${KEY}'}]
                """);
        assertThat(shell.run("check")).isEqualTo(2);
        String file = folder.resolve("notes") + " is a file; name a folder";
        assertThat(shell.err().lines())
                .containsExactly(
                        "whippletree: gateway.host: unknown host 'no such host'; name an address of this machine",
                        "whippletree: gateway.memory: " + (1000L << 30) + " bytes are more than the whole heap of this"
                                + " process (" + Runtime.getRuntime().maxMemory()
                                + "); lower it, or raise the heap (-Xmx)",
                        "whippletree: gateway.batches.folder: " + file,
                        "whippletree: gateway.trace: " + file);
        assertThat(shell.out()).isEmpty();
    }

    /** No user may create anything in /proc, though it seems so to root. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux has such a folder")
    void folderThatCantBeCreated_isAProblem() {
        shell.withAccount().file("whippletree.yaml", "gateway: {batches: {folder: /proc/batches}}");

        assertThat(shell.run("check")).isEqualTo(2);
        assertThat(shell.err()).contains("gateway.batches.folder: nothing can be created in /proc; name a folder");
    }

    @Test
    void addressOfRequests_isWarnedAbout() {
        shell.file("whippletree.yaml", """
                accounts: [{id: one, provider: openai, base-url: 'http://localhost:1/v1/chat/completions/'}]
                """).succeeds("check");

        assertThat(shell.out())
                .contains("warning: account one: base-url ends with /chat/completions, which is added to it");
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
