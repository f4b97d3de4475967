package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Rules for all sources that the formatter doesn't check: the width of comments and of Kotlin, and names of types. */
final class SourcesTest {

    private static final Path MAIN = Path.of("src/main/java");

    /** The formatter's line length, which it doesn't apply to comments. */
    private static final int LONGEST_LINE = 120;

    /** Names that are only used together with the name of the type around them. */
    private static final Set<String> CONVENTIONAL = Set.of("Builder");

    @Test
    void commentLines_andKotlin_haveAtMost120Characters() throws IOException {
        assertThat(sources().stream().flatMap(SourcesTest::longComments).toList())
                .isEmpty();
    }

    @Test
    void simpleName_isThatOfOneTypeInItsModule() throws IOException {
        Map<Path, List<Path>> byModule = new TreeMap<>();
        for (Path source : sources()) {
            module(source)
                    .ifPresent(module -> byModule.computeIfAbsent(module, key -> new ArrayList<>())
                            .add(source));
        }
        assertThat(byModule).hasSizeGreaterThan(20).containsKey(Project.ROOT.resolve("core"));
        for (Map.Entry<Path, List<Path>> module : byModule.entrySet()) {
            Map<String, List<String>> filesByName = new TreeMap<>();
            collectTypes(module.getValue(), filesByName);
            filesByName.keySet().removeAll(CONVENTIONAL);
            filesByName.values().removeIf(files -> files.size() == 1);
            assertThat(filesByName)
                    .as(Project.ROOT.relativize(module.getKey()).toString())
                    .isEmpty();
        }
    }

    /** Returns the module whose main code a source belongs to; empty for tests. */
    private static Optional<Path> module(Path source) {
        return Stream.iterate(source, path -> path.startsWith(Project.ROOT), Path::getParent)
                .filter(path -> source.startsWith(path.resolve(MAIN)))
                .findFirst();
    }

    private static List<Path> sources() throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(Project.ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean notOurs = name.equals("target")
                        || name.equals("node_modules")
                        || name.startsWith("venv")
                        || name.startsWith(".");
                return notOurs ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (name.endsWith(".java") || name.endsWith(".kt")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(found).hasSizeGreaterThan(1_000);
        return found;
    }

    private static Stream<String> longComments(Path source) {
        try {
            List<String> lines = Files.readAllLines(source);
            return IntStream.range(0, lines.size())
                    .filter(index -> source.toString().endsWith(".kt")
                            || isComment(lines.get(index).strip()))
                    .filter(index ->
                            lines.get(index).codePointCount(0, lines.get(index).length()) > LONGEST_LINE)
                    .mapToObj(index -> Project.ROOT.relativize(source) + ":" + (index + 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isComment(String line) {
        return line.startsWith("*") || line.startsWith("//") || line.startsWith("/*");
    }

    /** Adds the file of each type, nested and local ones included, by its simple name. */
    private static void collectTypes(List<Path> sources, Map<String, List<String>> filesByName) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            for (CompilationUnitTree unit : task.parse()) {
                String file = Project.ROOT
                        .relativize(Path.of(unit.getSourceFile().toUri()))
                        .toString();
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitClass(ClassTree type, Void unused) {
                        if (!type.getSimpleName().isEmpty()) {
                            filesByName
                                    .computeIfAbsent(type.getSimpleName().toString(), name -> new ArrayList<>())
                                    .add(file);
                        }
                        return super.visitClass(type, null);
                    }
                }.scan(unit, null);
            }
        }
    }
}
