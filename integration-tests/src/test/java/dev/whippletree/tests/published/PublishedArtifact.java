package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.tests.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Assumptions;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * One artifact of ours in the repository that {@code mvn verify} fills. Immutable.
 *
 * @param id what it is called in its group
 */
record PublishedArtifact(String id) {

    /** In Maven's layout, of one build's artifacts. */
    static final Path REPOSITORY = Project.ROOT.resolve("target/repository");

    private static final Path GROUP = REPOSITORY.resolve("dev/whippletree");

    /** Skips the test unless the other modules have been verified before; they publish then. */
    static void assumePublished() {
        Assumptions.assumeTrue(
                Files.exists(Project.ROOT.resolve("core/target/runtime-class-path.txt")),
                "skipped: nothing has been published to target/repository yet; mvn verify does");
        assertThat(GROUP).isDirectory();
    }

    /** Returns the ids of all artifacts, sorted. */
    static List<String> ids() throws IOException {
        try (Stream<Path> folders = Files.list(GROUP)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /** Returns the jar of classes, whether or not there is one. */
    Path jar() {
        return file(".jar");
    }

    /** Returns the file whose name ends so after the version, whether or not there is one. */
    Path file(String ending) {
        String version = System.getProperty("whippletree.version", "");
        return GROUP.resolve(id).resolve(version).resolve(id + "-" + version + ending);
    }

    /** Returns what the project file says: the root element of it. */
    Element project() throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file(".pom").toFile())
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("the project file of " + id + " can't be read", e);
        }
    }

    /** Returns the text of an element under nested ones; empty if there is none. */
    static Optional<String> text(Element project, String... path) {
        Optional<Element> element = Optional.of(project);
        for (String name : path) {
            element = element.flatMap(outer -> child(outer, name));
        }
        return element.map(found -> found.getTextContent().strip());
    }

    private static Optional<Element> child(Element outer, String name) {
        for (Node node = outer.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return Optional.of(element);
            }
        }
        return Optional.empty();
    }
}
