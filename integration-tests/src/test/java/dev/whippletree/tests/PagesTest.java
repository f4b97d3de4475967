package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documentation: its links work, its Java compiles, and its README is short. */
final class PagesTest {

    private static final Path README = Project.ROOT.resolve("README.md");
    private static final Path MAP = Project.ROOT.resolve("docs/README.md");
    private static final List<String> WITH_JAVA = List.of(
            "README.md",
            "docs/batch.md",
            "docs/embedding.md",
            "docs/embeddings.md",
            "docs/reference/metrics.md",
            "docs/similar-questions.md");
    private static final Pattern CODE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|src(?:set)?=\"([^\"]+)\"");
    private static final Pattern VARIABLE = Pattern.compile("\\bWHIPPLETREE_[A-Z]\\w*");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    /** What the pages' Java takes for granted: imports, and variables that it doesn't declare. */
    private static final String AROUND = """
            import static org.assertj.core.api.Assertions.assertThat;

            import com.google.inject.multibindings.Multibinder;
            import dev.whippletree.*;
            import dev.whippletree.batch.*;
            import dev.whippletree.batch.file.*;
            import dev.whippletree.config.*;
            import dev.whippletree.gateway.*;
            import dev.whippletree.guice.*;
            import dev.whippletree.metrics.*;
            import dev.whippletree.model.*;
            import dev.whippletree.settings.*;
            import dev.whippletree.settings.RouteSettings.TargetSettings;
            import dev.whippletree.spi.*;
            import dev.whippletree.test.*;
            import dev.whippletree.time.*;
            import io.micrometer.core.instrument.MeterRegistry;
            import io.opentelemetry.api.OpenTelemetry;
            import java.net.URI;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.time.Instant;
            import java.util.List;
            import java.util.Map;
            import java.util.Optional;
            import java.util.concurrent.CompletableFuture;
            import java.util.concurrent.Flow;
            import java.util.function.*;
            import java.util.stream.*;

            abstract class %s extends com.google.inject.AbstractModule {
                Whippletree whippletree;
                Prompt prompt;
                Path path;
                Map<String, String> environment;
                MeterRegistry registry;
                OpenTelemetry openTelemetry;
                FakeWhippletree fake;
                String interviewer;
                List<Row> rows;
                interface Row {
                    String id();
                    String text();
                }
            """;

    @TempDir
    private Path folder;

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(Project.ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(
                                    README,
                                    Project.ROOT.resolve("CONTRIBUTING.md"),
                                    Project.ROOT.resolve("CHANGELOG.md")),
                            docs.filter(file -> file.toString().endsWith(".md")))
                    .toList();
        }
    }

    @Test
    void readme_isAtMostEightKilobytes() throws IOException {
        assertThat(Files.size(README)).isLessThanOrEqualTo(8192);
    }

    @Test
    void links_leadToAFileAndAHeading() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            for (String link : links(page)) {
                if (!leadsSomewhere(page, link)) {
                    broken.add(Project.ROOT.relativize(page) + ": " + link);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void map_hasEachPage() throws IOException {
        Set<Path> mapped = new HashSet<>(Set.of(MAP));
        for (String link : links(MAP)) {
            mapped.add(MAP.resolveSibling(link.split("#")[0]).normalize());
        }
        assertThat(pages().stream().filter(page -> !page.startsWith(Project.ROOT.resolve("docs/decisions"))))
                .allSatisfy(page -> assertThat(mapped).contains(page));
    }

    /** Between the parts of the command alone: what the launcher of Windows hands over. */
    private static final Set<String> INTERNAL = Set.of("WHIPPLETREE_ARGUMENTS");

    @Test
    void eachVariableThatIsRead_isListed() throws IOException {
        String configuration = Files.readString(Project.ROOT.resolve("docs/reference/configuration.md"));
        Set<String> read = new TreeSet<>();
        try (Stream<Path> modules = Files.list(Project.ROOT)) {
            for (Path main : modules.map(module -> module.resolve("src/main"))
                    .filter(Files::isDirectory)
                    .toList()) {
                read.addAll(variables(main));
            }
        }
        read.removeAll(INTERNAL);
        assertThat(VARIABLE.matcher(configuration.replaceAll("(?m)^(?!\\| `).*", ""))
                        .results()
                        .map(MatchResult::group))
                .containsExactlyInAnyOrderElementsOf(read);
    }

    private static Set<String> variables(Path folder) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                VARIABLE.matcher(text).results().map(MatchResult::group).forEach(found::add);
            }
        }
        return found;
    }

    @Test
    void java_compiles() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String page : WITH_JAVA) {
            List<String> examples = CODE.matcher(Files.readString(Project.ROOT.resolve(page)))
                    .results()
                    .filter(block -> block.group(1).equals("java"))
                    .map(block -> block.group(2).strip())
                    .toList();
            assertThat(examples).as(page).isNotEmpty();
            sources.add(source(page, examples));
        }
        assertThat(Javac.compile(sources, classPath(), folder)).isEmpty();
    }

    /**
     * Writes a file that has each example of a page in a method of its own, and that compiler messages name like the
     * page.
     */
    private Path source(String page, List<String> examples) throws IOException {
        StringBuilder source = new StringBuilder(AROUND.formatted("Page" + WITH_JAVA.indexOf(page)));
        for (int example = 0; example < examples.size(); example++) {
            source.append("void example%d() throws Exception {\n%s;\n}\n".formatted(example, examples.get(example)));
        }
        return Files.writeString(folder.resolve(page.replace('/', '-') + ".java"), source.append("}\n"));
    }

    private static List<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    private static List<String> links(Path page) throws IOException {
        return LINK.matcher(withoutCode(page))
                .results()
                .map(link -> link.group(1) != null ? link.group(1) : link.group(2))
                .filter(link -> !link.startsWith("https://"))
                .toList();
    }

    private static boolean leadsSomewhere(Path page, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        return Files.exists(file) && (parts.length == 1 || headings(file).contains(parts[1]));
    }

    /** The anchors of a page's headings, as GitHub makes them. */
    private static Set<String> headings(Path page) throws IOException {
        Set<String> anchors = new HashSet<>();
        HEADING.matcher(withoutCode(page))
                .results()
                .map(MatchResult::group)
                .map(heading -> heading.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .forEach(anchors::add);
        return anchors;
    }

    private static String withoutCode(Path page) throws IOException {
        return CODE.matcher(Files.readString(page)).replaceAll("");
    }
}
