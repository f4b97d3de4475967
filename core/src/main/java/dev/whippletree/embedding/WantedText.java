package dev.whippletree.embedding;

import dev.whippletree.model.Message;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.TextTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A text that requests want, and the call that asks for it. Guarded by the {@link Embedder}'s lock. */
final class WantedText {

    private final CacheKey key;
    private final Message message;
    private final List<EmbeddingRequest> requests = new ArrayList<>(1);
    private @Nullable EmbeddingCall call;
    private boolean found;

    WantedText(CacheKey key, Message message) {
        this.key = key;
        this.message = message;
    }

    CacheKey key() {
        return key;
    }

    Message message() {
        return message;
    }

    /** Returns a safe estimate of its tokens. */
    long tokens() {
        return message.tokens()
                .map(tokens -> (long) tokens.size())
                .orElseGet(() -> TextTokens.whole(TextTokens.sixths(message.text())));
    }

    void wantedBy(EmbeddingRequest request) {
        requests.add(request);
    }

    /** Returns the requests that still want it, the one that looked it up first. */
    List<EmbeddingRequest> requests() {
        return requests.stream().filter(EmbeddingRequest::isWanted).toList();
    }

    /** Returns the call that asks for it; empty while it is looked up. */
    Optional<EmbeddingCall> call() {
        return Optional.ofNullable(call);
    }

    void askedBy(EmbeddingCall asking) {
        call = asking;
    }

    /** Notes that a cache has its vector. */
    void found() {
        found = true;
    }

    boolean isFound() {
        return found;
    }
}
