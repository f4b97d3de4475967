package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.spi.CacheKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What keys look like: {@code prefix:v1:tenant:digest}. Immutable.
 *
 * <p>{@code v1} is the version of this form and of the envelope under it, so that processes of different versions don't read
 * each other's. The tenant is the first half of its SHA-256 in hexadecimal: names may be of any length and alphabet, and may be
 * nobody's business. There are no braces, and so no hash tag: were the keys on a cluster, they would be spread over all of it,
 * which single-key commands are content with.
 */
final class RedisKeys {

    private static final String FORM = ":v1:";
    private static final int TENANT_DIGITS = 32;

    private final String start;

    /**
     * Creates the keys of a prefix.
     *
     * @param prefix without any of the characters that mean something in a pattern
     */
    RedisKeys(String prefix) {
        this.start = prefix + FORM;
    }

    /** Returns the key of an answer. */
    byte[] of(CacheKey key) {
        return (start + digitsOf(key.tenant()) + ":" + key.digest()).getBytes(US_ASCII);
    }

    /** Returns the glob pattern of a tenant's keys, or of all; it matches no keys of another prefix. */
    byte[] pattern(Optional<String> tenant) {
        String digits = tenant.map(RedisKeys::digitsOf).orElse("?".repeat(TENANT_DIGITS));
        return (start + digits + ":*").getBytes(US_ASCII);
    }

    /** Returns the first half of a name's SHA-256 in hexadecimal. */
    static String digitsOf(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, TENANT_DIGITS / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
