package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.tests.Project;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Everything that is published has what Maven Central and those who use it ask for. */
@Tag("slow")
final class ArtifactsTest {

    /** Each jar and the name of its module. Written by hand: others require these names. */
    private static final Map<String, String> MODULES = Map.ofEntries(
            Map.entry("whippletree-batch", "dev.whippletree.batch"),
            Map.entry("whippletree-cache-ehcache", "dev.whippletree.cache.ehcache"),
            Map.entry("whippletree-cache-redis", "dev.whippletree.cache.redis"),
            Map.entry("whippletree-cache-similar", "dev.whippletree.cache.similar"),
            Map.entry("whippletree-cli", "dev.whippletree.cli"),
            Map.entry("whippletree-core", "dev.whippletree.core"),
            Map.entry("whippletree-embedder-minilm", "dev.whippletree.embedder.minilm"),
            Map.entry("whippletree-emulator", "dev.whippletree.emulator"),
            Map.entry("whippletree-gateway", "dev.whippletree.gateway"),
            Map.entry("whippletree-kotlin", "dev.whippletree.kotlin"),
            Map.entry("whippletree-langchain4j", "dev.whippletree.langchain4j"),
            Map.entry("whippletree-metrics", "dev.whippletree.metrics"),
            Map.entry("whippletree-planner", "dev.whippletree.planner"),
            Map.entry("whippletree-provider-groq", "dev.whippletree.provider.groq"),
            Map.entry("whippletree-provider-huggingface", "dev.whippletree.provider.huggingface"),
            Map.entry("whippletree-provider-openai", "dev.whippletree.provider.openai"),
            Map.entry("whippletree-spring-ai", "dev.whippletree.springai"),
            Map.entry("whippletree-spring-boot-starter", "dev.whippletree.springboot"),
            Map.entry("whippletree-stress", "dev.whippletree.stress"),
            Map.entry("whippletree-terminal", "dev.whippletree.terminal"),
            Map.entry("whippletree-test", "dev.whippletree.test"),
            Map.entry("whippletree-testkit", "dev.whippletree.testkit"));

    static Set<String> ids() {
        return new TreeSet<>(MODULES.keySet());
    }

    @BeforeEach
    void onlyWherePublished() {
        PublishedArtifact.assumePublished();
    }

    @Test
    void published_areTheModulesTheirParentAndTheBom_andNoTests() throws IOException {
        assertThat(PublishedArtifact.ids())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(ids().stream(), Stream.of("whippletree-bom", "whippletree-parent"))
                                .toList());
    }

    /** Those that need Undertow or Spring don't: libraries of both miss modules, or share packages. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "batch",
                "cache-ehcache",
                "cache-redis",
                "cache-similar",
                "embedder-minilm",
                "kotlin",
                "langchain4j",
                "metrics",
                "provider-groq",
                "provider-huggingface"
            })
    void module_isFoundOnTheModulePath_withAllItNeeds(String module) throws IOException {
        String classPath = Files.readString(Project.ROOT.resolve(module).resolve("target/runtime-class-path.txt"));
        List<Path> jars = Stream.concat(
                        Stream.of(new PublishedArtifact("whippletree-" + module).jar()),
                        Stream.of(classPath.strip().split(File.pathSeparator)).map(Path::of))
                .toList();
        ModuleFinder found = ModuleFinder.of(jars.toArray(Path[]::new));
        List<String> names =
                found.findAll().stream().map(jar -> jar.descriptor().name()).toList();

        assertThat(ModuleLayer.boot()
                        .configuration()
                        .resolveAndBind(found, ModuleFinder.of(), names)
                        .modules())
                .hasSameSizeAs(jars);
    }

    @ParameterizedTest
    @MethodSource("ids")
    void jar_saysItsModuleName_andComesWithSources(String id) throws IOException {
        PublishedArtifact artifact = new PublishedArtifact(id);
        try (JarFile classes = open(artifact.jar());
                JarFile sources = open(artifact.file("-sources.jar"))) {
            assertThat(classes.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                    .isEqualTo(MODULES.get(id));
            List<String> packages = packages(classes);

            assertThat(packages).isNotEmpty();
            assertThat(packages)
                    .allSatisfy(name -> assertThat(sources.getEntry(name + "package-info.java"))
                            .as(name)
                            .isNotNull());
        }
    }

    @ParameterizedTest
    @MethodSource("ids")
    @Tag("thorough")
    void jar_comesWithPages(String id) throws IOException {
        PublishedArtifact artifact = new PublishedArtifact(id);
        try (JarFile classes = open(artifact.jar());
                JarFile pages = open(artifact.file("-javadoc.jar"))) {
            assertThat(pages.getEntry("index.html")).isNotNull();
            boolean javadoc = !id.equals("whippletree-kotlin"); // Javadoc reads no Kotlin.
            assertThat(packages(classes))
                    .anySatisfy(name -> assertThat(pages.stream())
                            .anyMatch(
                                    page -> !javadoc || page.getName().endsWith("/" + name + "package-summary.html")));
        }
    }

    @Test
    void projectFile_hasWhatCentralAsksFor() throws IOException {
        Element parent = new PublishedArtifact("whippletree-parent").project();
        for (String id : PublishedArtifact.ids()) {
            Element project = new PublishedArtifact(id).project();
            List<String> missing = new ArrayList<>();
            for (String own : List.of("name", "description")) {
                note(missing, PublishedArtifact.text(project, own), own);
            }
            boolean inherits =
                    PublishedArtifact.text(project, "parent", "artifactId").equals(Optional.of("whippletree-parent"));
            for (String[] shared : List.of(
                    new String[] {"url"},
                    new String[] {"licenses", "license", "name"},
                    new String[] {"licenses", "license", "url"},
                    new String[] {"developers", "developer", "name"},
                    new String[] {"scm", "connection"},
                    new String[] {"scm", "developerConnection"},
                    new String[] {"scm", "url"})) {
                Optional<String> text = PublishedArtifact.text(project, shared)
                        .or(() -> inherits ? PublishedArtifact.text(parent, shared) : Optional.empty());
                note(missing, text, String.join("/", shared));
            }
            assertThat(missing).as("missing in the project file of " + id).isEmpty();
        }
    }

    @Test
    void bom_managesEveryModuleInItsOwnVersion_andNothingElse() throws IOException {
        Element bom = new PublishedArtifact("whippletree-bom").project();
        NodeList dependencies = bom.getElementsByTagName("dependency");
        List<String> managed = new ArrayList<>();
        for (int index = 0; index < dependencies.getLength(); index++) {
            Element dependency = (Element) dependencies.item(index);
            managed.add(PublishedArtifact.text(dependency, "artifactId").orElseThrow());
            assertThat(PublishedArtifact.text(dependency, "version")).contains("${project.version}");
        }

        assertThat(managed).containsExactlyInAnyOrderElementsOf(ids());
        assertThat(PublishedArtifact.text(bom, "version")).contains(System.getProperty("whippletree.version"));
        assertThat(PublishedArtifact.text(bom, "parent")).isEmpty();
    }

    /** A model and native code for four machines are five times what the rest weighs. */
    @Test
    void command_comesWithoutAnEmbedder_andWithoutLangChain4j() throws IOException {
        assertThat(Files.readString(Project.ROOT.resolve("cli/target/runtime-class-path.txt")))
                .contains("jline")
                .doesNotContain("whippletree-embedder", "onnxruntime", "langchain4j");
    }

    private static void note(List<String> missing, Optional<String> text, String what) {
        if (text.filter(found -> !found.isEmpty()).isEmpty()) {
            missing.add(what);
        }
    }

    private static JarFile open(Path jar) throws IOException {
        assertThat(jar).exists();
        return new JarFile(jar.toFile());
    }

    private static List<String> packages(JarFile jar) {
        return jar.stream()
                .map(entry -> entry.getName())
                .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF"))
                .map(name -> name.substring(0, name.lastIndexOf('/') + 1))
                .distinct()
                .toList();
    }
}
