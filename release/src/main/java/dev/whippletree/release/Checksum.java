package dev.whippletree.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The checksums that Maven Central takes: it requires the first two. */
enum Checksum {
    MD5("MD5"),
    SHA1("SHA-1"),
    SHA256("SHA-256"),
    SHA512("SHA-512");

    private final String algorithm;

    Checksum(String algorithm) {
        this.algorithm = algorithm;
    }

    /** Returns the checksum of a file's content, in lower-case hexadecimal digits. */
    String of(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has them.
        }
    }

    /** Writes the checksum into a file beside the given one, as Maven repositories have it. */
    void writeBeside(Path file) throws IOException {
        Files.writeString(file.resolveSibling(file.getFileName() + "." + name().toLowerCase(Locale.ROOT)), of(file));
    }
}
