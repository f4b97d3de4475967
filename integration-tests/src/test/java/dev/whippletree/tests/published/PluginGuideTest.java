package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.testkit.emulator.EmulatedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The plugin author's guide: its page shows what is built, and what is built is a plugin that works. */
@Tag("slow")
final class PluginGuideTest {

    private static final Path PROJECT = Path.of("plugin-guide");
    private static final Path PROVIDER = PROJECT.resolve("src/main/java/magpie/MagpieProvider.java");
    private static final GuidePage PAGE = GuidePage.of("plugins.md");

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(ServiceSettings.builder(ServiceKind.OPENAI)
            .account("magpie-1", "the-key")
            .models("magpie-1")
            .build());

    @TempDir
    private Path folder;

    @Test
    void page_showsTheDialectAsItIs_andLinksEachFile() throws IOException {
        String dialect = PAGE.blocks("java").get(0);
        assertThat(Files.readString(PROVIDER)).contains(dialect.replaceAll("(?m)^(?=.)", "    "));
        String page = Files.readString(PAGE.file());
        for (Path file : files()) {
            assertThat(page).contains("](../integration-tests/" + file + ")");
        }
    }

    @Test
    void provider_isShorterThanAHundredLines() throws IOException {
        assertThat(Files.readAllLines(PROVIDER)).hasSizeLessThan(100);
    }

    @Test
    @Tag("thorough")
    void underANewerJdk_itPassesTheContractsToo() throws IOException, InterruptedException {
        Optional<Path> newer = OtherJdk.ofVersion(25);
        Assumptions.assumeTrue(newer.isPresent(), "there is no JDK 25 beside the one that runs this");

        assertContractsRan(OutsideBuild.packaged(PROJECT, newer.get()));
    }

    private static void assertContractsRan(Path built) throws IOException {
        try (Stream<Path> reports = Files.list(built.resolve("target/surefire-reports"))) {
            assertThat(reports.filter(report -> report.toString().endsWith(".txt")))
                    .as("tests that ran against the contracts")
                    .hasSize(3);
        }
    }

    @Test
    void outsideBuild_passesTheContracts_andWorksFromThePluginFolder() throws IOException, InterruptedException {
        Path built = OutsideBuild.packaged(PROJECT);
        assertContractsRan(built);
        Path plugins = built.resolve("target/plugins");
        Path configuration = Files.writeString(
                folder.resolve("whippletree.yaml"), """
                accounts:
                  - id: magpie-1
                    provider: magpie
                    token: the-key
                    base-url: %s
                routes:
                  default: { model: magpie-1, strategy: dice }
                caches: [nest]
                """.formatted(services.baseUrl(ServiceKind.OPENAI)));

        try (Whippletree whippletree = Whippletree.builder()
                .plugins(plugins)
                .configuration(configuration)
                .environment(Map.of())
                .build()) {
            Completion called = whippletree.complete(Prompt.of("Hello")).join();
            Completion kept;
            do {
                // Until the first answer is stored, equal prompts join it.
                kept = whippletree.complete(Prompt.of("Hello")).join();
            } while (kept.origin().source() == Origin.Source.JOINED);

            assertThat(called.origin().account()).isEqualTo("magpie-1");
            assertThat(kept.origin().source()).isEqualTo(Origin.Source.CACHE);
            assertThat(services.stats(ServiceKind.OPENAI).calls()).isEqualTo(1);
            assertThat(kept.text()).isEqualTo(called.text());
        }
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT)) {
            return files.filter(file -> file.toString().endsWith(".java") || file.endsWith("pom.xml"))
                    .toList();
        }
    }
}
