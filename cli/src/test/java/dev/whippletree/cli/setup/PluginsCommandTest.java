package dev.whippletree.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.ShellTest;
import org.junit.jupiter.api.Test;

class PluginsCommandTest extends ShellTest {

    @Test
    void withoutAConfiguration_nothingIsUsed_whichIsNoMistake() {
        shell.succeeds("plugins");
        assertThat(shell.out())
                .containsPattern("provider +scripted +not named +program")
                .containsPattern("strategy +round-robin +not named +built in")
                .doesNotContain(" used ");
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void whatTheEnvironmentsAccountsAndTheDefaultsName_isUsed() {
        shell.withAccount().succeeds("plugins");
        assertThat(shell.out())
                .containsPattern("provider +scripted +used +program")
                .containsPattern("strategy +round-robin +used +built in")
                .containsPattern("strategy +in-order +not named +built in");
        shell.file(
                "whippletree.yaml", "{caches: [ehcache], routes: {a: {model: m}, b: {model: m, strategy: in-order}}}");
        shell.succeeds("plugins");
        assertThat(shell.out())
                .containsPattern("strategy +in-order +used +built in")
                .containsPattern("cache +ehcache +used ");
    }

    @Test
    void configurationThatCannotBeRead_isToldBehindTheList() {
        shell.file("whippletree.yaml", "accounts: [{id: one, provider: scriptet}]");
        assertThat(shell.run("plugins")).isEqualTo(2);
        assertThat(shell.out()).containsPattern("provider +scripted +unknown +program");
        assertThat(shell.err()).contains("scriptet").contains("did you mean 'scripted'?");
    }

    @Test
    void folderThatTheVariableNames_hasToBeThere() {
        assertThat(shell.variable("WHIPPLETREE_PLUGINS", "nowhere").run("plugins"))
                .isEqualTo(2);
        assertThat(shell.err()).contains(folder.resolve("nowhere") + ": there is no such folder");
    }
}
