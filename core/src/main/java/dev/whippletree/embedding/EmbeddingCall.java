package dev.whippletree.embedding;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Message;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.EmbeddingBounds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The texts that are asked for together, and the requests that want them. Guarded by the {@link Embedder}'s lock. */
final class EmbeddingCall {

    private final List<WantedText> texts;
    private final List<Message> messages;
    private final Set<EmbeddingRequest> members = new LinkedHashSet<>();

    /** How many members are about to subscribe at the engine. */
    private int subscribing;

    private @Nullable Runnable release;

    private EmbeddingCall(List<WantedText> texts) {
        this.texts = List.copyOf(texts);
        this.messages = texts.stream().map(text -> text.message).toList();
        texts.forEach(text -> text.call = this);
    }

    /** Returns calls for texts, in their order, each within the bounds. A text beyond them has a call of its own. */
    static List<EmbeddingCall> split(List<WantedText> texts, EmbeddingBounds bounds) {
        List<EmbeddingCall> calls = new ArrayList<>();
        List<WantedText> next = new ArrayList<>();
        long tokens = 0;
        for (WantedText text : texts) {
            long more = text.tokens();
            if (next.size() == bounds.inputs() || (!next.isEmpty() && tokens + more > bounds.tokens())) {
                calls.add(new EmbeddingCall(next));
                next.clear();
                tokens = 0;
            }
            next.add(text);
            tokens += more;
        }
        if (!next.isEmpty()) {
            calls.add(new EmbeddingCall(next));
        }
        return calls;
    }

    List<WantedText> texts() {
        return texts;
    }

    List<Message> messages() {
        return messages;
    }

    /** Adds a member, who has to {@linkplain #subscribed subscribe}. Returns whether it is a new one. */
    boolean add(EmbeddingRequest request) {
        boolean fresh = members.add(request);
        subscribing += fresh ? 1 : 0;
        return fresh;
    }

    /** Adds all requests that want one of its texts. Returns them. */
    List<EmbeddingRequest> addAll() {
        return texts.stream()
                .flatMap(text -> text.waiting().stream())
                .filter(this::add)
                .toList();
    }

    /** A member has subscribed. Returns what {@link #release} has left to do. */
    Optional<Runnable> subscribed() {
        subscribing--;
        return subscribing == 0 ? Optional.ofNullable(release) : Optional.empty();
    }

    /** Returns whether nobody is about to subscribe; otherwise the last one to do so releases the answer. */
    boolean release(Runnable whenSubscribed) {
        release = whenSubscribed;
        return subscribing == 0;
    }

    /** A member leaves without an answer. Returns whether all have, so that the call has ended. */
    boolean leave(EmbeddingRequest request) {
        members.remove(request);
        return members.isEmpty();
    }

    List<CacheKey> textsOf(EmbeddingRequest request) {
        return texts.stream().map(text -> text.key).filter(request::wants).toList();
    }

    /** Returns the vectors of an answer, in the order of the texts; empty if there aren't as many. */
    List<String> vectors(Completion answer) {
        List<String> vectors = List.of(answer.text().split("\n", -1));
        return vectors.size() == texts.size() ? vectors : List.of();
    }
}
