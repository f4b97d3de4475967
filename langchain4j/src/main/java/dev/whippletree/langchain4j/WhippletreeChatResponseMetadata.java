package dev.whippletree.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an answer besides LangChain4j's fields: where it came from, all tokens that the service counted, and
 * the service's further fields. Immutable. It has no {@code id}, because several callers may share an answer.
 */
public final class WhippletreeChatResponseMetadata extends ChatResponseMetadata {

    private final Origin origin;
    private final Optional<TokenUsage> usage;
    private final AnswerExtras extras;

    private final Supplier<CompletableFuture<Void>> forget;

    WhippletreeChatResponseMetadata(
            ChatResponseMetadata.Builder<?> builder, Completion completion, Supplier<CompletableFuture<Void>> forget) {
        super(builder);
        this.forget = forget;
        this.origin = completion.origin();
        this.usage = completion.usage();
        this.extras = completion.extras();
    }

    /**
     * Removes this answer from every cache, because it turned out to be of no use: the next equal request makes a call.
     * An AI service does so itself if one of its methods can't use an answer.
     *
     * @return as {@link dev.whippletree.Whippletree#forget}
     */
    public CompletableFuture<Void> forget() {
        return forget.get();
    }

    /** Returns where the answer came from: the account, the cache, and how many calls and how much waiting it took. */
    public Origin origin() {
        return origin;
    }

    /** Returns the tokens as the service counted them, with cached and reasoning tokens; empty if it didn't say. */
    public Optional<TokenUsage> usage() {
        return usage;
    }

    /** Returns the further fields of the service's answer, such as {@code logprobs} and {@code annotations}. */
    public AnswerExtras extras() {
        return extras;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof WhippletreeChatResponseMetadata that
                && origin.equals(that.origin)
                && usage.equals(that.usage)
                && extras.equals(that.extras);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), origin, usage, extras);
    }

    @Override
    public String toString() {
        return "WhippletreeChatResponseMetadata{" + super.toString() + ", origin=" + origin + ", usage=" + usage + "}";
    }
}
