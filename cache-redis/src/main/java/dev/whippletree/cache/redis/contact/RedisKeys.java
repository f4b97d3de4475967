package dev.whippletree.cache.redis.contact;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What keys look like: {@code prefix:v1:tenant:digest} of answers, {@code prefix:v2:{organization}:limit:name} and
 * others of the coordinator. Immutable.
 *
 * <p>{@code v1} and {@code v2} are the versions of these forms and of what is under them, so that processes of
 * different versions don't read each other's. Names are replaced by the first half of their SHA-256 in hexadecimal:
 * they may be of any length and alphabet, and may be nobody's business. Braces are hash tags: what one script touches
 * lies in one slot of a cluster. Keys of answers and of claims have none, since what touches one key may be spread over
 * all slots.
 */
public final class RedisKeys {

    private static final int DIGITS = 32;

    /** Few tenants ask at once, and each is named with each trade. */
    private static final int TURN_DIGITS = 16;

    private final String answers;
    private final String shared;

    /** Creates the keys of a prefix, which has none of the characters that mean something in a pattern. */
    public RedisKeys(String prefix) {
        answers = prefix + ":v1:";
        shared = prefix + ":v2:";
    }

    /** Returns a text that no other tenant's and no other question has, without any of their words. */
    public static String question(CacheKey key) {
        return digitsOf(key.tenant()) + ":" + key.digest();
    }

    public byte[] answer(CacheKey key) {
        return ofAnswers(question(key));
    }

    /** Returns the glob pattern of a tenant's answers, or of all; it matches no keys of another prefix. */
    public byte[] answers(Optional<String> tenant) {
        return ofAnswers(tenant.map(RedisKeys::digitsOf).orElse("?".repeat(DIGITS)) + ":*");
    }

    /** Returns where an organization's epoch is. */
    public byte[] state(String organization) {
        return bytes("{" + digitsOf(organization) + "}:state");
    }

    /** Returns a text that no other limit of any organization has, without any of its names. */
    public static String place(String organization, LimitName name) {
        return "{" + digitsOf(organization) + "}:limit:" + digitsOf(name.distinctText());
    }

    public byte[] limit(String organization, LimitName name) {
        return limit(place(organization, name));
    }

    public byte[] limit(String place) {
        return bytes(place);
    }

    /** Returns where the places of all limits are. */
    public byte[] limits() {
        return bytes("limits");
    }

    public byte[] claim(CacheKey key) {
        return bytes("claim:" + question(key));
    }

    public byte[] processes() {
        return bytes("{processes}");
    }

    /** Returns where the processes of version 1 are, which count limits under keys of their own. */
    public byte[] processesOfVersion1() {
        return ofAnswers("processes");
    }

    public byte[] closings() {
        return bytes("{scopes}:closings");
    }

    public byte[] probe(Scope scope) {
        return bytes("{scopes}:probe:" + scopeDigits(scope));
    }

    /** Returns what a scope is called among the closings. */
    public static String scopeDigits(Scope scope) {
        String organization = scope.organization();
        return digitsOf(organization.length() + ":" + organization
                + scope.model().map(model -> "/" + model).orElse(""));
    }

    /** Returns what a tenant's turns are called, without its name. */
    public static String turnDigits(String turns) {
        return digitsOf(turns).substring(0, TURN_DIGITS);
    }

    public byte[] notices() {
        return bytes("notices");
    }

    private byte[] ofAnswers(String rest) {
        return (answers + rest).getBytes(US_ASCII);
    }

    private byte[] bytes(String rest) {
        return (shared + rest).getBytes(US_ASCII);
    }

    private static String digitsOf(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGITS / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
