package dev.whippletree.gateway;

import dev.whippletree.model.Secret;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key that requests have to send. While it can't be read, no request matches it. The log tells when that begins,
 * when the reason changes and when it ends. Thread-safe.
 */
final class ExpectedKey {

    private static final Logger LOG = LoggerFactory.getLogger(ExpectedKey.class);

    private final String owner;
    private final Secret key;
    private final AtomicReference<Optional<String>> trouble = new AtomicReference<>(Optional.empty());

    /**
     * Creates one.
     *
     * @param owner who shows it, as the log names it
     */
    ExpectedKey(String owner, Secret key) {
        this.owner = owner;
        this.key = key;
    }

    /** Returns whether it is the one that a request shows, in a time that depends on neither. Reads it, which may read a file. */
    boolean is(ShownKey shown) {
        try {
            boolean same = shown.is(key);
            note(Optional.empty());
            return same;
        } catch (RuntimeException e) {
            note(Optional.of(String.valueOf(e.getMessage())));
            return false;
        }
    }

    private void note(Optional<String> now) {
        Optional<String> before = trouble.getAndSet(now);
        if (before.equals(now)) {
            return;
        }
        now.ifPresentOrElse(
                why -> LOG.warn("The key of {} can't be read, so the gateway rejects it: {}", owner, why),
                () -> LOG.info("The key of {} can be read again", owner));
    }
}
