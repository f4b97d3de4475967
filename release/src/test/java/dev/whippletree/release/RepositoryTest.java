package dev.whippletree.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepositoryTest {

    @TempDir
    private Path project;

    private void write(String path) throws IOException {
        Path file = project.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, path);
    }

    @Test
    void repository_hasVerifiedModulesOnly_withTheChecksumThatMavenReads() throws IOException {
        for (String path :
                List.of("pom.xml", "bom/pom.xml", "core/pom.xml", "stress/pom.xml", "target/repository/old")) {
            write(path);
        }
        for (String ending : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
            write("core/target/whippletree-core-1" + ending);
        }
        write("stress/target/whippletree-stress-1.jar");

        Repository.main(new String[] {project.toString(), "1"});

        Path repository = project.resolve("target/repository");
        Path core = repository.resolve("dev/whippletree/whippletree-core/1");
        assertThat(core.resolve("whippletree-core-1.jar")).content().isEqualTo("core/target/whippletree-core-1.jar");
        assertThat(core.resolve("whippletree-core-1.jar.sha1")).content().hasSize(40);
        assertThat(Trees.files(repository))
                .extracting(file -> file.getFileName().toString())
                .filteredOn(name -> !name.endsWith(".sha1"))
                .containsExactlyInAnyOrder(
                        "whippletree-bom-1.pom",
                        "whippletree-core-1-javadoc.jar",
                        "whippletree-core-1-sources.jar",
                        "whippletree-core-1.jar",
                        "whippletree-core-1.pom",
                        "whippletree-parent-1.pom");
    }
}
