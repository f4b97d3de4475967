package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A server's certificate for {@code localhost}, and two authorities, only one of which has signed it: files in PEM
 * form.
 */
final class Certificates {

    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final Path keys;

    private Certificates(Path folder) {
        this.folder = folder;
        this.keys = folder.resolve("keys.p12");
    }

    /** Makes them with the JDK's own tool. */
    static Certificates in(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        Certificates made = new Certificates(folder);
        made.generate("authority", "-ext", "bc:c");
        made.generate("stranger", "-ext", "bc:c");
        made.generate("server", "-ext", "san=dns:localhost", "-signer", "authority");
        KeyStore store = KeyStore.getInstance(made.keys.toFile(), PASSWORD.toCharArray());
        made.write(
                "authority.pem",
                "CERTIFICATE",
                store.getCertificate("authority").getEncoded());
        made.write(
                "stranger.pem", "CERTIFICATE", store.getCertificate("stranger").getEncoded());
        made.write("server.pem", "CERTIFICATE", store.getCertificate("server").getEncoded());
        made.write(
                "server-key.pem",
                "PRIVATE KEY",
                store.getKey("server", PASSWORD.toCharArray()).getEncoded());
        store.deleteEntry("server");
        store.deleteEntry("stranger");
        try (var out = Files.newOutputStream(folder.resolve("trusted.p12"))) {
            store.store(out, PASSWORD.toCharArray());
        }
        return made;
    }

    /** Returns the settings of a server that speaks TLS at a port, and wants no certificate of its clients. */
    String[] serverSettings(int port) {
        return new String[] {
            "tls-port " + port,
            "tls-cert-file " + folder.resolve("server.pem"),
            "tls-key-file " + folder.resolve("server-key.pem"),
            "tls-ca-cert-file " + authority(),
            "tls-auth-clients no"
        };
    }

    /** Returns the certificate of the authority that has signed the server's. */
    Path authority() {
        return folder.resolve("authority.pem");
    }

    /** Returns the certificate of an authority that has signed nothing. */
    Path stranger() {
        return folder.resolve("stranger.pem");
    }

    /** Returns what makes a JVM trust the authority. */
    List<String> optionsThatTrustTheAuthority() {
        return List.of(
                "-Djavax.net.ssl.trustStore=" + folder.resolve("trusted.p12"),
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }

    private void generate(String alias, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("childJdk"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-alias", alias, "-dname", "CN=" + alias, "-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-validity", "2", "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", keys.toString()));
        command.addAll(Arrays.asList(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
        assertThat(keytool.waitFor()).as(output).isZero();
    }

    private void write(String file, String kind, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                folder.resolve(file), "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n");
    }
}
