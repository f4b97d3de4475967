package dev.whippletree.release;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Signs files with GnuPG, each in a file {@code .asc} beside it. Immutable.
 *
 * @param key the key, as {@code gpg --local-user} takes it; empty if nothing is signed
 * @param home the folder of keys, as {@code gpg --homedir} takes it; empty for gpg's own choice
 */
record Signer(String key, String home) {

    boolean signs() {
        return !key.isEmpty();
    }

    /**
     * Signs a file, if there is a key. Blocks until that is done; gpg's agent may ask for the key's passphrase.
     *
     * @throws IOException if gpg can't be started, or doesn't sign
     */
    void sign(Path file) throws IOException, InterruptedException {
        if (!signs()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("gpg", "--batch", "--yes", "--armor", "--detach-sign"));
        if (!home.isEmpty()) {
            command.addAll(List.of("--homedir", home));
        }
        command.addAll(List.of("--local-user", key, "--output", file + ".asc", file.toString()));
        Process gpg = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(gpg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (gpg.waitFor() != 0) {
            throw new IOException("gpg doesn't sign " + file + " with the key " + key
                    + "; check -Dgpg.keyname and -Dgpg.homedir: " + said.strip());
        }
    }
}
