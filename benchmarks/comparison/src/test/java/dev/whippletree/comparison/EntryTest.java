package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryTest {

    @TempDir
    private Path root;

    private Places places() throws IOException {
        Places places = new Places(root, "9");
        Path target = Files.createDirectories(places.contenders().resolve("some/target"));
        Files.writeString(target.resolve("class-path.txt"), "/m2/other-lib-7.jar:/m2/lib-1.2.jar\n");
        Files.createDirectories(places.contenders().resolve("python"));
        Files.writeString(places.contenders().resolve("python/requirements.txt"), "other==4\npackage==3.1\n");
        Files.writeString(places.contenders().resolve("some/Some.java"), """
                code();
                    // configuration
                    all();
                    // end
                    // configuration best
                    best();
                    // end
                """);
        return places;
    }

    private static Entry entry(String variant, String library) {
        return new Entry("n", "N", null, "some", "Some", variant, library, List.of("some/Some.java"), "its manual");
    }

    @ParameterizedTest
    @CsvSource({
        "shipped, lib, 'all();', 1.2",
        "best, package, 'all();best();', 3.1",
        "best, whippletree, 'all();best();', 9",
        "best, gone, 'all();best();', 9"
    })
    void about_showsTheVariantsConfiguration_andTheVersion(
            String variant, String library, String configuration, String version) throws IOException {
        Results.About about = entry(variant, library).about(places());

        assertThat(about.configuration().replaceAll("\\s", "")).isEqualTo(configuration);
        assertThat(about.version()).isEqualTo(version);
    }

    @Test
    void all_leavesOutWhatIsInOneTableOnly() throws IOException {
        Files.writeString(places().contenders().resolve("contenders.json"), """
                [{"name": "everywhere"}, {"name": "floor", "only": "overhead"}, {"name": "other", "only": "streams"}]
                """);

        assertThat(Entry.all(places())).extracting(Entry::name).containsExactly("everywhere");
        assertThat(Entry.of("overhead", places())).extracting(Entry::name).containsExactly("everywhere", "floor");
    }

    @Test
    void everyJavaContender_getsTheSameHeap() throws IOException {
        assertThat(entry("best", "lib").command(places()))
                .contains("-Xmx512m", "dev.whippletree.comparison.contender.Driver")
                .endsWith("Some", "best");
    }
}
