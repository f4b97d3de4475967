package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;

/**
 * What the coordinator's keys look like: {@code prefix:v1:{organization}:limit:name} and others. Immutable.
 *
 * <p>Names are replaced by digits of their SHA-256, as {@link RedisKeys} does, and none of these keys is one of an answer. The
 * braces are hash tags: what one script touches lies on one slot, were this a cluster.
 */
final class CoordinationKeys {

    private final String start;

    /** Creates the keys of a prefix. */
    CoordinationKeys(String prefix) {
        this.start = prefix + ":v1:";
    }

    /** Returns where an organization's epoch is. */
    byte[] state(String organization) {
        return bytes("{" + RedisKeys.digitsOf(organization) + "}:state");
    }

    /** Returns a text that no other limit of any organization has, without any of its names. */
    static String place(String organization, LimitName name) {
        return "{" + RedisKeys.digitsOf(organization) + "}:limit:" + RedisKeys.digitsOf(name.distinctText());
    }

    /** Returns where a limit is. */
    byte[] limit(String organization, LimitName name) {
        return limit(place(organization, name));
    }

    /** Returns where a limit is. */
    byte[] limit(String place) {
        return bytes(place);
    }

    /** Returns where the places of all limits are. */
    byte[] limits() {
        return bytes("limits");
    }

    /** Returns where a claim is. */
    byte[] claim(CacheKey key) {
        return bytes("claim:" + RedisKeys.digitsOf(key.tenant()) + ":" + key.digest());
    }

    /** Returns where the processes are. */
    byte[] processes() {
        return bytes("processes");
    }

    /** Returns where the closings are. */
    byte[] closings() {
        return bytes("{scopes}:closings");
    }

    /** Returns where a scope's probe is. */
    byte[] probe(Scope scope) {
        return bytes("{scopes}:probe:" + scopeDigits(scope));
    }

    /** Returns what a scope is called among the closings. */
    static String scopeDigits(Scope scope) {
        String organization = scope.organization();
        return RedisKeys.digitsOf(organization.length() + ":" + organization
                + scope.model().map(model -> "/" + model).orElse(""));
    }

    /** Returns the channel of all notices. */
    byte[] notices() {
        return bytes("notices");
    }

    private byte[] bytes(String rest) {
        return (start + rest).getBytes(US_ASCII);
    }
}
