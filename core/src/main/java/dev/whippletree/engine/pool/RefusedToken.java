package dev.whippletree.engine.pool;

import dev.whippletree.model.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, by digest, the refused token of an account, so that a new token is noticed. Thread-safe. Reading a token
 * may read a file, so never call it under the engine's lock.
 *
 * <p>The token is read when the refusal arrives. A token that was replaced while the refused attempt was under way is taken for the refused one, and
 * tried when the account is probed.
 */
public final class RefusedToken {

    /** Stands for a token that couldn't be read, and is the digest of none. */
    private static final byte[] UNREADABLE = new byte[0];

    private final Supplier<Optional<Secret>> source;
    private volatile byte @Nullable [] refused;

    /**
     * Creates one that knows of no refusal.
     *
     * @param source says what the account's token is; asked without the lock
     */
    RefusedToken(Supplier<Optional<Secret>> source) {
        this.source = source;
    }

    /** The present token was refused. */
    public void remember() {
        refused = digest();
    }

    /** The present token is accepted, whatever was refused before. */
    void forget() {
        refused = null;
    }

    /** Returns whether a token was refused and the present one is another; that one then counts as untried. Told once. */
    public boolean takeChange() {
        byte[] before = refused;
        byte[] present = before == null ? null : digest();
        if (before == null || present == null || present == UNREADABLE || MessageDigest.isEqual(before, present)) {
            return false;
        }
        refused = null;
        return true;
    }

    /** Returns nothing if there is no token. One that can't be read just now was refused by the provider; any that can is another. */
    private byte @Nullable [] digest() {
        try {
            return source.get().map(token -> sha256(token.reveal())).orElse(null);
        } catch (RuntimeException e) {
            return UNREADABLE;
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
