package dev.whippletree.engine.saving;

import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/**
 * Tells whether tokens are still the same ones, without telling the tokens: 16 bits of a SHA-256 digest. One in 65,536 other tokens
 * has the same mark, so it gives nothing away and is wrong about a new token as rarely.
 */
final class TokenMark {

    private static final int BYTES = 2;

    private TokenMark() {}

    /** Returns the mark of the tokens of some accounts. Reads them. */
    static String of(Collection<AccountSettings> accounts) {
        MessageDigest digest = sha256();
        for (AccountSettings account : accounts) {
            add(digest, account.id());
            add(digest, account.token().map(TokenMark::value).orElse(""));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    /** What can't be read now is an error when it is needed, not here. */
    private static String value(Secret token) {
        try {
            return token.reveal();
        } catch (RuntimeException e) {
            return "";
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
