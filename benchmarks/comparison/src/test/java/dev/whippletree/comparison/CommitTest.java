package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitTest {

    @TempDir
    private Path root;

    private void git(String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@example.org"));
        words.addAll(List.of(command));
        assertThat(new ProcessBuilder(words)
                        .directory(root.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor())
                .isZero();
    }

    private void commit(String file, String text) throws Exception {
        write(file, text);
        git("add", "-A");
        git("commit", "-q", "-m", "change");
    }

    private void write(String file, String text) throws Exception {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void resultsThatAreCommitted_orNot_leaveTheCommitAsItIs() throws Exception {
        git("init", "-q");
        commit("src/Code.java", "one");
        String first = Commit.of(root).clean();

        commit("docs/comparison.json", "{}");
        commit("docs/images/comparison-dark.svg", "<svg/>");
        write("docs/comparison-details.md", "more");
        assertThat(Commit.of(root).clean()).isEqualTo(first).hasSize(40);

        commit("docs/other.md", "anything else");
        assertThat(Commit.of(root).clean()).isNotEqualTo(first);
    }

    @Test
    void changesThatAreNotCommitted_areRefused_unlessTheyAreSaid() throws Exception {
        git("init", "-q");
        commit("src/Code.java", "one");
        write("src/Code.java", "two");

        assertThatThrownBy(() -> Commit.of(root).clean())
                .isInstanceOf(Refused.class)
                .hasMessage("not committed:  M src/Code.java; commit before you measure, or add --try, which keeps its"
                        + " results apart");
        assertThat(Commit.attempted(root)).endsWith(" with changes");
    }

    @Test
    void folderWithoutACommit_isRefused() {
        assertThatThrownBy(() -> Commit.of(root))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("git can't tell the commit")
                .hasMessageEndingWith("run it in a clone of the repository, or add --try");
        assertThat(Commit.attempted(root)).isEqualTo("no commit");
    }
}
