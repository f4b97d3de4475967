package dev.whippletree.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.Shell;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaCommandTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"nofile.yaml, there is no such file", "., 'this is a folder, not a file'"})
    void fileThatCannotBeRead_isAMistake_asElsewhere(String file, String words) {
        Shell named = new Shell(folder);
        assertThat(named.run("schema", "--config", file)).isEqualTo(2);
        assertThat(named.err()).contains(file + ": " + words);
        assertThat(named.out()).isEmpty();
        Shell variable = new Shell(folder).variable("WHIPPLETREE_CONFIG", file);
        assertThat(variable.run("schema")).isEqualTo(2);
        assertThat(variable.err()).contains(file + ": " + words + "; WHIPPLETREE_CONFIG names it");
    }

    @Test
    void fileWithMistakes_stillHasASchema() {
        Shell shell = new Shell(folder).file("whippletree.yaml", "cachs: []");
        shell.succeeds("schema");
        assertThat(shell.out()).contains("\"watch-key\"");
    }
}
