package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationSourceTest {

    private static final String ONE_ACCOUNT = "accounts: [{id: a, provider: groq}]";

    @TempDir
    Path folder;

    private Path working;
    private Path home;

    @BeforeEach
    void createFolders() throws IOException {
        working = Files.createDirectory(folder.resolve("working"));
        home = Files.createDirectory(folder.resolve("home"));
    }

    /** Each that is added goes before those that are there. */
    @Test
    void file_isTheNamedOne_elseTheVariables_elseInTheWorkingDirectory_elseInTheUsersFolders() throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of(
                "HOME", home.toString(),
                "XDG_CONFIG_HOME", home.resolve("xdg").toString(),
                "APPDATA", home.resolve("data").toString()));
        assertThat(source(environment).file()).isEmpty();
        for (Path there : List.of(
                home.resolve(".config/whippletree/whippletree.yaml"),
                home.resolve("data/whippletree/whippletree.yaml"),
                home.resolve("xdg/whippletree/whippletree.yaml"),
                working.resolve("whippletree.yaml"))) {
            write(there);
            assertThat(source(environment).file()).contains(there);
        }
        environment.put("WHIPPLETREE_CONFIG", "other.yaml");
        assertThat(source(environment).file()).contains(working.resolve("other.yaml"));
        assertThat(new ConfigurationSource(Optional.of(Path.of("mine.yaml")), environment, working).file())
                .contains(working.resolve("mine.yaml"));
    }

    @Test
    void nothingThere_environmentIsUsed() {
        ConfigurationSource source = source(Map.of("WHIPPLETREE_CONFIG", " ", "WHIPPLETREE_MODEL", "mine"));

        assertThat(source.file()).isEmpty();
        Configuration configuration =
                source.read(Plugins.KNOWN, environment -> List.of(account("e")), List.of("ehcache"));
        assertThat(configuration.accounts()).extracting(AccountSettings::id).containsExactly("e");
        assertThat(configuration.routes().get(0).tiers().get(0).targets().get(0).model())
                .isEqualTo("mine");
        assertThat(configuration.caches().get(0).name()).isEqualTo("ehcache");
        assertThat(source.withModel("given")
                        .read(Plugins.KNOWN, environment -> List.of(account("e")), List.of())
                        .routes()
                        .get(0)
                        .tiers()
                        .get(0)
                        .targets()
                        .get(0)
                        .model())
                .isEqualTo("given");
    }

    @Test
    void fileThatCannotBeRead_isSaid() throws IOException {
        assertThat(problems(source(Map.of())))
                .containsExactly(
                        "there is no account: no configuration file was found and the environment declares none");
        Path missing = working.resolve("none.yaml");
        assertThat(problems(source(Map.of("WHIPPLETREE_CONFIG", "none.yaml"))))
                .containsExactly(missing + ": there is no such file; WHIPPLETREE_CONFIG names it");
        assertThat(problems(new ConfigurationSource(Optional.of(missing), Map.of(), working)))
                .containsExactly(missing + ": there is no such file");
        assertThat(problems(new ConfigurationSource(Optional.of(home), Map.of(), working)))
                .containsExactly(home + ": this is a folder, not a file");
        assertThat(problems(source(Map.of("WHIPPLETREE_CONFIG", "a\0b"))))
                .singleElement()
                .asString()
                .startsWith("WHIPPLETREE_CONFIG isn't a valid path: ");
        Path binary = Files.write(working.resolve("whippletree.yaml"), new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0});
        assertThat(problems(source(Map.of()))).containsExactly(binary + ": this isn't a UTF-8 text file");
    }

    @Test
    void tokenFile_isReadAnewEachTime() throws IOException {
        Path token = Files.writeString(home.resolve("token"), "first\n");
        Files.writeString(
                working.resolve("whippletree.yaml"),
                "accounts:\n- id: a\n  provider: groq\n  token: ${file:" + token + "}\n");
        Secret secret = source(Map.of())
                .read(Plugins.KNOWN, environment -> List.of(), List.of())
                .accounts()
                .get(0)
                .token()
                .orElseThrow();

        assertThat(secret.reveal()).isEqualTo("first");
        Files.writeString(token, "second");
        assertThat(secret.reveal()).isEqualTo("second");
    }

    @Test
    void stateFolder_isBesideTheFileThatNamesIt() throws IOException {
        Path file = working.resolve("whippletree.yaml");
        Files.writeString(file, ONE_ACCOUNT + "\nstate: kept/here");
        assertThat(state(Map.of())).contains(working.resolve("kept/here"));
        Path absolute = home.resolve("kept");
        Files.writeString(file, ONE_ACCOUNT + "\nstate: ${STATE}");
        assertThat(state(Map.of("STATE", absolute.toString()))).contains(absolute);
        Files.writeString(file, ONE_ACCOUNT);
        assertThat(state(Map.of())).isEmpty();
    }

    private Optional<Path> state(Map<String, String> environment) {
        return source(environment)
                .read(Plugins.KNOWN, variables -> List.of(), List.of())
                .state();
    }

    private ConfigurationSource source(Map<String, String> environment) {
        return new ConfigurationSource(Optional.empty(), environment, working);
    }

    private static List<String> problems(ConfigurationSource source) {
        return catchThrowableOfType(
                        ConfigurationException.class,
                        () -> source.read(Plugins.KNOWN, environment -> List.of(), List.of()))
                .problems();
    }

    private static AccountSettings account(String id) {
        return AccountSettings.of(id, "groq", Optional.empty(), Settings.none("account " + id));
    }

    private static Path write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, ONE_ACCOUNT);
    }
}
