package dev.whippletree.provider.openai;

import org.jspecify.annotations.Nullable;

/** Keeps how the token of the last call is found, since the next call's is mostly the same. Thread-safe. */
final class EchoedTokens {

    private volatile @Nullable EchoedToken last;

    EchoedToken of(String token) {
        EchoedToken known = last;
        if (known == null || !known.isOf(token)) {
            known = new EchoedToken(token);
            last = known;
        }
        return known;
    }
}
