package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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

    @Test
    void fileOfAToken_isBesideTheFileThatNamesIt() throws IOException {
        Path yaml = Files.writeString(
                home.resolve("my.yaml"), "accounts: [{id: a, provider: groq, token: '${file:keys/a}'}]");
        Path token = Files.createDirectory(home.resolve("keys")).resolve("a");
        ConfigurationSource source = new ConfigurationSource(Optional.of(yaml), Map.of(), working);

        assertThat(catchThrowableOfType(ConfigurationException.class, () -> read(source)))
                .hasMessageContaining("accounts[0].token: the file " + token + " can't be read");
        Files.writeString(token, "gsk_1");
        assertThat(read(source).accounts().get(0).token().map(Secret::reveal)).contains("gsk_1");
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
    void nothingThere_environmentIsUsed_asWithoutAccountsInTheFile() throws IOException {
        ConfigurationSource source =
                source(Map.of("WHIPPLETREE_CONFIG", " ", "WHIPPLETREE_MODEL", "mine", "ID", "e", "TOKEN", "secret"));

        assertThat(source.file()).isEmpty();
        assertThat(read(source)).isEqualTo(ofEnvironment("mine"));
        assertThat(read(source.withModel("given"))).isEqualTo(ofEnvironment("given"));
        assertThat(read(source.withModel(" "))).isEqualTo(ofEnvironment(Configuration.DEFAULT_MODEL));
        assertThat(source.toString()).doesNotContain("secret");
        Files.writeString(working.resolve("whippletree.yaml"), "# nothing");
        assertThat(read(source)).isEqualTo(ofEnvironment("mine"));
    }

    private static Configuration read(ConfigurationSource source) {
        return source.read(
                Plugins.KNOWN,
                environment -> List.of(
                        AccountSettings.builder(environment.get("ID"), "groq").build()),
                List.of("ehcache", "redis"));
    }

    private static Configuration ofEnvironment(String model) {
        return new Configuration(
                List.of(AccountSettings.builder("e", "groq").build()),
                List.of(RouteSettings.builder("default")
                        .tier(new TargetSettings("e", model))
                        .build()),
                Stream.of("ehcache", "redis")
                        .map(name -> new CacheTierSettings(name, Settings.none("cache " + name)))
                        .toList(),
                EngineSettings.DEFAULT,
                List.of());
    }

    @Test
    void pluginFolders_areThoseOfTheVariable_andOfTheFile_besideIt() throws IOException {
        Path file = Files.writeString(home.resolve("mine.yaml"), "plugins: ${MINE}");
        ConfigurationSource source =
                source(Map.of("WHIPPLETREE_PLUGINS", "theirs", "WHIPPLETREE_CONFIG", file.toString(), "MINE", "mine"));
        assertThat(source.pluginFolders()).containsExactly(working.resolve("theirs"), home.resolve("mine"));
        Files.write(file, new byte[] {(byte) 0xFF});
        assertThat(source.pluginFolders()).containsExactly(working.resolve("theirs"));
    }

    @Test
    void foldersOfTheFile_areBesideIt() throws IOException {
        Path file = Files.writeString(
                home.resolve("mine.yaml"),
                "accounts: [{id: a, provider: groq}]\nstate: kept\ngateway: {batches: {folder: jobs}, trace: past}");
        Configuration read = read(source(Map.of("WHIPPLETREE_CONFIG", file.toString())));
        assertThat(read.state()).contains(home.resolve("kept"));
        assertThat(read.gateway().orElseThrow().batches().orElseThrow().folder())
                .isEqualTo(home.resolve("jobs"));
        assertThat(read.gateway().orElseThrow().trace()).contains(home.resolve("past"));
    }

    @Test
    void fileThatCannotBeRead_isSaid() throws IOException {
        assertThat(problems(source(Map.of())))
                .containsExactly(
                        "there is no account: no configuration file was found and the environment declares none");
        Path missing = working.resolve("none.yaml");
        for (ConfigurationSource named : List.of(
                source(Map.of("WHIPPLETREE_CONFIG", "none.yaml")),
                source(Map.of("WHIPPLETREE_CONFIG", "none.yaml")).settled())) {
            assertThat(problems(named))
                    .containsExactly(missing + ": there is no such file; WHIPPLETREE_CONFIG names it");
        }
        assertThat(problems(new ConfigurationSource(Optional.of(missing), Map.of(), working)))
                .containsExactly(missing + ": there is no such file");
        assertThat(problems(new ConfigurationSource(Optional.of(home), Map.of(), working)))
                .containsExactly(home + ": this is a folder, not a file");
        assertThat(problems(new ConfigurationSource(Optional.of(Path.of("")), Map.of(), Path.of(""))))
                .containsExactly("the path of a file is empty; name the file");
        assertThat(problems(source(Map.of("WHIPPLETREE_CONFIG", "a\0b"))))
                .singleElement()
                .asString()
                .startsWith("WHIPPLETREE_CONFIG isn't a valid path: ");
        Path binary = Files.write(working.resolve("whippletree.yaml"), new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0});
        assertThat(problems(source(Map.of()))).containsExactly(binary + ": this isn't a UTF-8 text file");
        try (RandomAccessFile large = new RandomAccessFile(binary.toFile(), "rw")) {
            large.setLength(16 << 20);
            assertThat(problems(source(Map.of()))).containsExactly(binary + ": this isn't a UTF-8 text file");
            large.setLength((16 << 20) + 1);
        }
        assertThat(problems(source(Map.of())))
                .containsExactly(binary + ": the file is larger than 16 MB; check that it is the right file");
        ConfigurationSource settled = source(Map.of()).settled();
        Files.delete(binary);
        assertThat(problems(settled)).containsExactly(binary + ": there is no such file");
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

    private static Path write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, ONE_ACCOUNT);
    }
}
