package dev.whippletree.embedder.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What is relied on of ONNX Runtime's jar; a newer version may not have it. */
final class RuntimeTest {

    /**
     * From 1.29.0 on it sends reports of its use to Microsoft, with a number for the device, unless the environment
     * forbids it.
     */
    @Test
    void nativeCode_neverLooksUpAHost() throws IOException, URISyntaxException {
        List<String> libraries = new ArrayList<>();
        try (ZipFile jar = new ZipFile(jar().toFile())) {
            for (ZipEntry entry : jar.stream().toList()) {
                if (entry.getName().matches("ai/onnxruntime/native/[^/]+/(lib)?onnxruntime\\.(so|dylib|dll)")) {
                    libraries.add(entry.getName());
                    byte[] code = jar.getInputStream(entry).readAllBytes();
                    assertThat(new String(code, StandardCharsets.ISO_8859_1))
                            .as(entry.getName())
                            .matches(text -> !text.contains("getaddrinfo"), "names no function that looks up a host");
                }
            }
        }
        assertThat(libraries).hasSizeGreaterThanOrEqualTo(4);
    }

    private static Path jar() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(
                        OrtEnvironment.class.getProtectionDomain().getCodeSource())
                .getLocation()
                .toURI());
    }
}
