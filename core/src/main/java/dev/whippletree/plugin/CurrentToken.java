package dev.whippletree.plugin;

import dev.whippletree.model.Secret;
import java.util.Optional;

/** An account's token, which may be replaced while the account's client is open. Thread-safe. */
final class CurrentToken {

    private volatile Optional<Secret> present;

    CurrentToken(Optional<Secret> first) {
        this.present = first;
    }

    /** Returns what always reveals the present token; empty if there was none at first, and then there never is. */
    Optional<Secret> secret() {
        return present.map(
                first -> Secret.from(() -> present.map(Secret::reveal).orElse("")));
    }

    void replace(Optional<Secret> next) {
        present = next;
    }
}
