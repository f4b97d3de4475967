package dev.whippletree.provider.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.AccountSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnvironmentAccountsTest {

    @TempDir
    private Path folder;

    @Test
    void tokens_areAccounts_gapsIncluded() {
        List<AccountSettings> accounts = find(Map.of("HF_TOKEN", "a", "HF_TOKEN_2", "b", "HF_TOKEN_5", "e"));

        assertThat(accounts).extracting(AccountSettings::id).containsExactly("hf-1", "hf-2", "hf-5");
        assertThat(accounts).extracting(AccountSettings::provider).containsOnly("huggingface");
        assertThat(tokens(accounts)).containsExactly("a", "b", "e");
    }

    @Test
    void olderName_standsForTheFirst() {
        assertThat(tokens(find(Map.of("HUGGING_FACE_HUB_TOKEN", "old", "HF_TOKEN_2", "b"))))
                .containsExactly("old", "b");
        assertThat(tokens(find(Map.of("HUGGING_FACE_HUB_TOKEN", "old", "HF_TOKEN", "a"))))
                .containsExactly("a");
    }

    @Test
    void tokenFile_isFoundWhereHuggingFaceKeepsIt() throws IOException {
        Path cached = Files.createDirectories(folder.resolve(".cache").resolve("huggingface"));
        Files.writeString(cached.resolve("token"), "cached\n");
        Files.writeString(folder.resolve("token"), "homed");
        Files.writeString(folder.resolve("other"), "named");
        String home = folder.toString();

        assertThat(tokens(find(Map.of("HOME", home)))).containsExactly("cached");
        assertThat(tokens(find(Map.of("USERPROFILE", home)))).containsExactly("cached");
        assertThat(tokens(find(Map.of("HOME", home, "HF_HOME", home)))).containsExactly("homed");
        assertThat(tokens(find(Map.of(
                        "HOME",
                        home,
                        "HF_HOME",
                        home,
                        "HF_TOKEN_PATH",
                        folder.resolve("other").toString()))))
                .containsExactly("named");
        assertThat(tokens(find(Map.of("HOME", home, "HF_TOKEN_2", "b"))))
                .as("a variable is set")
                .containsExactly("b");
        List<AccountSettings> accounts = find(Map.of("HF_HOME", home));
        Files.writeString(folder.resolve("token"), "second");
        assertThat(tokens(accounts)).as("read anew").containsExactly("second");
    }

    /** Whoever had set one of these was logged in for Python, and not here. */
    @Test
    void tokenFile_isFoundBelowTheCacheFolder_andByPathsWithVariables() throws IOException {
        Path moved = Files.createDirectories(folder.resolve("moved").resolve("huggingface"));
        Files.writeString(moved.resolve("token"), "moved");
        Files.writeString(folder.resolve("token"), "homed");
        String home = folder.toString();

        assertThat(tokens(find(Map.of("HOME", home, "XDG_CACHE_HOME", "~/moved"))))
                .containsExactly("moved");
        assertThat(tokens(find(Map.of("HOME", home, "HF_HOME", "~")))).containsExactly("homed");
        for (String path : List.of("~/token", "$HOME/token", "${HOME}/token")) {
            assertThat(tokens(find(Map.of("HOME", home, "HF_TOKEN_PATH", path))))
                    .as(path)
                    .containsExactly("homed");
        }
        for (String path : List.of("~nobody/token", "$OTHER/token", "${HOME/token")) {
            assertThat(find(Map.of("HOME", home, "HF_TOKEN_PATH", path)))
                    .as(path)
                    .isEmpty();
        }
    }

    @Test
    void missingOrEmptyTokenFile_isNoAccount() throws IOException {
        Files.writeString(folder.resolve("token"), " \n");

        assertThat(find(Map.of("HF_HOME", folder.toString()))).isEmpty();
        assertThat(find(Map.of("HF_TOKEN_PATH", folder.resolve("absent").toString())))
                .isEmpty();
        assertThat(find(Map.of("HOME", folder.toString()))).isEmpty();
    }

    private static List<AccountSettings> find(Map<String, String> environment) {
        return new HuggingFaceProvider().fromEnvironment(environment);
    }

    private static List<String> tokens(List<AccountSettings> accounts) {
        return accounts.stream()
                .map(account -> account.token().orElseThrow().reveal())
                .toList();
    }
}
