package dev.whippletree.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import dev.whippletree.cli.ShellTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with the distribution's own providers and with a scripted one. */
class InitCommandTest extends ShellTest {

    @Test
    void tokensInTheEnvironment_areAccountsAndNeverWritten() throws IOException {
        shell.variable("HF_TOKEN", "hf_sesame")
                .variable("HF_TOKEN_2", "hf_sesame2")
                .variable("GROQ_API_KEY", "gsk_sesame")
                .variable("GROQ_BASE_URL", "http://localhost:9100");
        shell.succeeds("init");
        assertThat(shell.out())
                .contains("Wrote whippletree.yaml with 3 accounts:"
                        + " groq-1 from GROQ_API_KEY, hf-1 from HF_TOKEN, hf-2 from HF_TOKEN_2")
                .contains("whippletree check" + System.lineSeparator())
                .doesNotContain("sesame");
        assertThat(written())
                .contains("\naccounts:\n")
                .contains("    token: ${HF_TOKEN_2}\n")
                .contains("    base-url: ${GROQ_BASE_URL}\n")
                .doesNotContain("sesame");
        shell.succeeds("check");
        assertThat(shell.out()).contains("3 accounts", "hf-2: huggingface, no limits declared", "No problem found");
    }

    @Test
    void noToken_everythingIsCommentedAndTheVariablesAreNamed() throws IOException {
        shell.succeeds("init");
        assertThat(shell.out())
                .contains("there is no token in the environment")
                .contains("HF_TOKEN", "GROQ_API_KEY", "SCRIPTED_TOKEN");
        assertThat(written().lines())
                .allMatch(line -> line.isBlank() || line.strip().startsWith("#"));
        assertThat(written()).contains("# SCRIPTED_TOKEN: anything, from nowhere\n", "#token: ${SCRIPTED_TOKEN}");
    }

    @Test
    void schema_isWrittenBesideTheFile_whichNamesIt() throws IOException {
        Files.createDirectory(folder.resolve("team"));
        shell.withAccount().succeeds("init", "--output", "team/pool.yaml");
        assertThat(Files.readString(folder.resolve("team/pool.yaml")))
                .startsWith("# yaml-language-server: $schema=whippletree.schema.json\n");
        assertThat(shell.out()).contains("Wrote " + Path.of("team/whippletree.schema.json") + ", by which editors");
        Shell again = new Shell(folder);
        again.succeeds("schema");
        assertThat(Files.readString(folder.resolve("team/whippletree.schema.json"))
                        .strip())
                .isEqualTo(again.out().strip())
                .contains("http://json-schema.org/draft-07/schema#", "huggingface", "bill-to", "watch-key");
    }

    @Test
    void schemaThatIsThere_isKept_andItSaysSo() throws IOException {
        shell.file("whippletree.schema.json", "{}").withAccount().succeeds("init");
        assertThat(shell.out()).contains("note: whippletree.schema.json exists and wasn't changed");
        assertThat(Files.readString(folder.resolve("whippletree.schema.json"))).isEqualTo("{}");
        assertThat(written()).contains("accounts:");
    }

    @Test
    void folderOfPluginsInTheEnvironment_isUsed() {
        shell.variable("WHIPPLETREE_PLUGINS", "nowhere");
        assertThat(shell.run("init")).isEqualTo(2);
        assertThat(shell.err()).contains("nowhere");
    }

    /** Each block ends with an empty line; the accounts are one of them, if nothing declares any. */
    @Test
    void eachBlockUncommented_isValid() throws IOException {
        shell.variable("HF_TOKEN", "hf_sesame").variable("GROQ_API_KEY", "gsk_sesame");
        shell.run("init");
        List<String> blocks = List.of(written().split("\n\n"));
        assertThat(blocks).hasSize(7);
        for (int block = 0; block < blocks.size(); block++) {
            List<String> some = new ArrayList<>(blocks);
            some.set(block, uncommented(blocks.get(block)));
            shell.file("whippletree.yaml", String.join("\n\n", some));
            assertThat(shell.run("check")).as(() -> shell.err() + some).isZero();
        }
        assertThat(uncommented(written()).lines().map(line -> line.replaceFirst(":.*", "")))
                .contains("accounts", "  - id", "routes", "  two-tiers", "caches", "state", "gateway", "prices");
    }

    @Test
    void exampleOfAnyOtherService_isAnAccountOnceItIsUncommented() throws IOException {
        shell.run("init");
        String file = written();
        assertThat(file).contains("such as vLLM, Ollama or llama.cpp");
        String account = file.substring(file.indexOf("  #- id: local"), file.indexOf("\n\n# A route"));
        shell.file("whippletree.yaml", "accounts:\n" + uncommented(account));
        shell.succeeds("check");
        assertThat(shell.out()).contains("1 account", "local: openai");
    }

    @Test
    void file_isNeverOverwritten() throws IOException {
        shell.withAccount().file("whippletree.yaml", "mine");
        assertThat(shell.run("init")).isEqualTo(2);
        assertThat(shell.err()).contains("whippletree.yaml exists", "--output FILE");
        assertThat(shell.out()).isEmpty();
        assertThat(written()).isEqualTo("mine");
    }

    @Test
    void output_isAnotherFileThatChecksHaveToName() {
        shell.withAccount().succeeds("init", "--output", "team.yaml");
        assertThat(folder.resolve("whippletree.yaml")).doesNotExist();
        assertThat(shell.out()).contains("whippletree check --config team.yaml");
        shell.file("whippletree.yaml", "caches: []").succeeds("init", "--output", "other.yaml");
        assertThat(shell.out()).contains("whippletree check --config other.yaml");
        shell.succeeds("check", "--config", "team.yaml");
    }

    @Test
    void outputInAFolderThatIsNotThere_saysSo() {
        assertThat(shell.withAccount().run("init", "--output", "nowhere/team.yaml"))
                .isEqualTo(2);
        assertThat(shell.err()).contains("its folder doesn't exist; create it first");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "."})
    void outputThatIsAFolder_isAMistake(String output) {
        assertThat(shell.withAccount().run("init", "--output", output)).isEqualTo(2);
        assertThat(shell.err()).contains("--output: '" + output + "' is a folder; name a file in it");
    }

    @Test
    void variablesThatCannotBeUsed_areToldAndNothingIsWritten() {
        shell.variable("HF_TOKEN", "hf_sesame").variable("HF_TOKEN_2", "hf_sesame");
        assertThat(shell.run("init")).isEqualTo(2);
        assertThat(shell.err()).contains("HF_TOKEN and HF_TOKEN_2").doesNotContain("sesame");
        assertThat(folder.resolve("whippletree.yaml")).doesNotExist();
    }

    @Test
    void tokenThatIsInNoVariable_isCommentedOutAndSaysWhy() throws IOException {
        Files.writeString(folder.resolve("token"), "hf_sesame");
        shell.withAccount().variable("HF_HOME", folder.toString());
        shell.succeeds("init");
        assertThat(shell.out())
                .contains(
                        "with 1 account: scripted-1 from SCRIPTED_TOKEN", "hf-1 is commented out: its token isn't in");
        assertThat(written()).contains("    #token: ${file:/path}\n").doesNotContain("sesame", "##");
        shell.succeeds("check");
    }

    @Test
    void variableOfAProvidersOwnName_isPreferred() throws IOException {
        shell.variable("A_COPY", "sesame").withAccount();
        shell.run("init");
        assertThat(written()).contains("    token: ${SCRIPTED_TOKEN}\n");
    }

    private String written() throws IOException {
        return Files.readString(folder.resolve("whippletree.yaml"));
    }

    /** Makes keys of what is commented out: prose has a space behind its #. */
    private static String uncommented(String yaml) {
        List<String> lines = yaml.lines()
                .map(line -> line.strip().startsWith("# ") ? "" : line.replaceFirst("^(\\s*)#", "$1"))
                .toList();
        return lines.stream().collect(Collectors.joining("\n"));
    }
}
