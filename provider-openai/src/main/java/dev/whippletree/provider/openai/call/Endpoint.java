package dev.whippletree.provider.openai.call;

import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.provider.openai.dialect.Verdict;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.slf4j.Logger;

/**
 * What all calls of one account share. Thread-safe.
 *
 * @param token read anew for each call; absent: the service wants none
 * @param log where faults are told that nobody foresaw
 * @param answered whether a call was ever answered
 */
record Endpoint(
        String account,
        AccountConnections connections,
        HttpUrl url,
        Optional<Secret> token,
        Dialect dialect,
        InstantSource clock,
        Logger log,
        AtomicBoolean answered) {

    private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7E]+");

    /** Returns the same account at another address. */
    Endpoint at(HttpUrl other) {
        return new Endpoint(account, connections, other, token, dialect, clock, log, answered);
    }

    /** Returns the host that is called, with the port unless it is the usual one. */
    String where() {
        boolean usual = url.port() == HttpUrl.defaultPort(url.scheme());
        return usual ? url.host() : url.host() + ":" + url.port();
    }

    /** Returns what a service says, where the address or its embeddings are doubtful: behind words about that. */
    String inWords(ServiceError error, Verdict verdict, boolean embeds) {
        if (error.status() != 404 || verdict.reach() != Reach.PROMPT || (answered.get() && !embeds)) {
            return error.message();
        }
        if (answered.get()) {
            return "the service has no embeddings, or none of this model; it says: " + error.message();
        }
        String path = url.encodedPath();
        return "check base-url: " + where() + path + " isn't found"
                + (path.contains("/v1/") ? "." : "; is /v1 missing?") + " The service says: " + error.message();
    }

    /** Returns the token's value as it is now; empty if the account has none. */
    Optional<String> revealToken() throws UnusableTokenException {
        if (token.isEmpty()) {
            return Optional.empty();
        }
        String value;
        try {
            value = token.get().reveal().strip();
        } catch (RuntimeException e) {
            throw new UnusableTokenException("account " + account + ": its token can't be read", e);
        }
        if (!SENDABLE.matcher(value).matches()) {
            throw new UnusableTokenException(
                    "account " + account + ": its token is empty or contains characters that a token can't have", null);
        }
        return Optional.of(value);
    }
}
