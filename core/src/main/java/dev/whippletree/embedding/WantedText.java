package dev.whippletree.embedding;

import dev.whippletree.model.Message;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.TextTokens;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A text that requests want, and the call that asks for it. Guarded by the {@link Embedder}'s lock. */
final class WantedText {

    final CacheKey key;
    final Message message;

    /** The request that looks it up stands first. */
    final List<EmbeddingRequest> requests = new ArrayList<>(1);

    /** Null while it is looked up. */
    @Nullable EmbeddingCall call;

    /** Whether a cache has its vector. */
    boolean found;

    WantedText(CacheKey key, Message message) {
        this.key = key;
        this.message = message;
    }

    long tokens() {
        return message.tokens()
                .map(tokens -> (long) tokens.size())
                .orElseGet(() -> TextTokens.whole(TextTokens.sixths(message.text())));
    }

    List<EmbeddingRequest> waiting() {
        return requests.stream().filter(EmbeddingRequest::isWanted).toList();
    }
}
