package dev.whippletree.embedder.minilm;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * What this machine is, as far as native code goes. Immutable.
 *
 * @param system the operating system, with its C library where that isn't the usual one
 * @param processor what the JVM calls it
 */
record Machine(String system, String processor) {

    private static final String MADE_FOR = "Linux with glibc (x86-64, ARM64), macOS (ARM64) and Windows (x86-64)";

    /**
     * Looks.
     *
     * @param root of the file system
     * @param property a property of the JVM's by its name
     */
    static Machine of(Path root, UnaryOperator<String> property) {
        String system = property.apply("os.name");
        return new Machine(
                has(root.resolve("lib"), "ld-musl-*") && !has(root.resolve("lib64"), "ld-linux-*")
                        ? system + " with musl"
                        : system,
                property.apply("os.arch"));
    }

    private static boolean has(Path folder, String name) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, name)) {
            return found.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns what to tell a user whose ONNX Runtime can't be loaded here, for that cause. */
    String withoutRuntime(Throwable cause) {
        return "the native code of ONNX Runtime can't be loaded on this machine, " + system + " (" + processor + "): "
                + innermost(cause)
                + ". It supports " + MADE_FOR
                + ", and is unpacked into the temporary folder, which must allow executing it."
                + " Without it, set mode to off and use approved wordings, which need no embedder; or name a folder that has native"
                + " code of it for this machine by -Donnxruntime.native.path";
    }

    private static String innermost(Throwable thrown) {
        Throwable inner = thrown;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage();
    }
}
