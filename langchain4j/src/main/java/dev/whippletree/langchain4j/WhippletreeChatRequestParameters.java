package dev.whippletree.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.whippletree.model.CachePolicy;
import dev.whippletree.model.Priority;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's parameters of a request, and those that only a Whippletree has. Immutable. Null means that the model's
 * default applies.
 */
public final class WhippletreeChatRequestParameters extends DefaultChatRequestParameters {

    /** No parameters. */
    public static final WhippletreeChatRequestParameters EMPTY = builder().build();

    private final Own own;

    /** Those that LangChain4j doesn't have. */
    private record Own(
            @Nullable String session,
            @Nullable String tenant,
            @Nullable Priority priority,
            @Nullable Duration deadline,
            boolean deadlineForFirstPiece,
            @Nullable CachePolicy cachePolicy,
            @Nullable String question,
            @Nullable Integer seed,
            Map<String, Object> customParameters) {}

    private WhippletreeChatRequestParameters(Builder builder) {
        super(builder);
        this.own = new Own(
                builder.session,
                builder.tenant,
                builder.priority,
                builder.deadline,
                builder.deadlineForFirstPiece,
                builder.cachePolicy,
                builder.question,
                builder.seed,
                builder.customParameters);
    }

    /** Returns an empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns these parameters as they are, or LangChain4j's without any of a Whippletree's. */
    static WhippletreeChatRequestParameters of(ChatRequestParameters parameters) {
        return EMPTY.overrideWith(parameters);
    }

    /** Returns whose prompt it is: the unit of fairness. */
    public @Nullable String session() {
        return own.session;
    }

    /** Returns who must never see another's answers. */
    public @Nullable String tenant() {
        return own.tenant;
    }

    /** Returns how urgent it is. */
    public @Nullable Priority priority() {
        return own.priority;
    }

    /** Returns how long the caller waits at most. */
    public @Nullable Duration deadline() {
        return own.deadline;
    }

    /** Returns whether a streaming caller's deadline ends when the first piece of the answer arrives. */
    public boolean deadlineForFirstPiece() {
        return own.deadlineForFirstPiece;
    }

    /** Returns what the caches may do. */
    public @Nullable CachePolicy cachePolicy() {
        return own.cachePolicy;
    }

    /** Returns the part of the last message that may vary in wording. */
    public @Nullable String question() {
        return own.question;
    }

    /** Returns the seed for services that try to repeat themselves. */
    public @Nullable Integer seed() {
        return own.seed;
    }

    /** Returns other fields of the protocol's request, as JSON values in JDK types; empty if there are none. */
    public Map<String, Object> customParameters() {
        return own.customParameters;
    }

    /**
     * Returns these parameters, replaced by others where those are set.
     *
     * @throws UnsupportedFeatureException if the others are those of another model provider
     */
    @Override
    public WhippletreeChatRequestParameters overrideWith(ChatRequestParameters others) {
        return builder().overrideWith(this).overrideWith(others).build();
    }

    /**
     * Returns these parameters, completed by others where these aren't set.
     *
     * @throws UnsupportedFeatureException if the others are those of another model provider
     */
    @Override
    public WhippletreeChatRequestParameters defaultedBy(ChatRequestParameters others) {
        return builder().overrideWith(others).overrideWith(this).build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other) && other instanceof WhippletreeChatRequestParameters that && own.equals(that.own);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), own);
    }

    @Override
    public String toString() {
        return "WhippletreeChatRequestParameters{" + super.toString() + ", " + own + "}";
    }

    /** Collects parameters. Confined to one thread; may be used again after {@link #build()}. */
    public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {

        private @Nullable String session;
        private @Nullable String tenant;
        private @Nullable Priority priority;
        private @Nullable Duration deadline;
        private boolean deadlineForFirstPiece;
        private @Nullable CachePolicy cachePolicy;
        private @Nullable String question;
        private @Nullable Integer seed;
        private Map<String, Object> customParameters = Map.of();

        private Builder() {}

        /**
         * Takes over all parameters that are set.
         *
         * @throws UnsupportedFeatureException if they are those of another model provider, which would be lost
         */
        @Override
        public Builder overrideWith(ChatRequestParameters parameters) {
            super.overrideWith(parameters);
            if (parameters instanceof WhippletreeChatRequestParameters theirs) {
                take(theirs.own);
            } else if (parameters instanceof DefaultChatRequestParameters
                    && parameters.getClass() != DefaultChatRequestParameters.class) {
                throw new UnsupportedFeatureException(parameters.getClass().getSimpleName()
                        + " is not supported by Whippletree, because its own parameters would be lost; use"
                        + " ChatRequestParameters or WhippletreeChatRequestParameters");
            }
            return this;
        }

        private void take(Own theirs) {
            session = theirs.session == null ? session : theirs.session;
            tenant = theirs.tenant == null ? tenant : theirs.tenant;
            priority = theirs.priority == null ? priority : theirs.priority;
            if (theirs.deadline != null) {
                deadline = theirs.deadline;
                deadlineForFirstPiece = theirs.deadlineForFirstPiece;
            }
            cachePolicy = theirs.cachePolicy == null ? cachePolicy : theirs.cachePolicy;
            question = theirs.question == null ? question : theirs.question;
            seed = theirs.seed == null ? seed : theirs.seed;
            customParameters = theirs.customParameters.isEmpty() ? customParameters : theirs.customParameters;
        }

        /** Sets whose prompt it is: the unit of fairness. */
        public Builder session(@Nullable String session) {
            this.session = session;
            return this;
        }

        /** Sets who must never see another's answers. */
        public Builder tenant(@Nullable String tenant) {
            this.tenant = tenant;
            return this;
        }

        /** Sets how urgent it is; interactive by default. */
        public Builder priority(@Nullable Priority priority) {
            this.priority = priority;
            return this;
        }

        /** Sets how long the caller waits at most, more than zero; by default as the route says. */
        public Builder deadline(@Nullable Duration deadline) {
            this.deadline = deadline;
            this.deadlineForFirstPiece = false;
            return this;
        }

        /**
         * Sets how long a caller that streams waits at most for the first piece, and any other for the whole answer.
         */
        public Builder firstPieceWithin(@Nullable Duration deadline) {
            this.deadline = deadline;
            this.deadlineForFirstPiece = true;
            return this;
        }

        /** Sets what the caches may do; by default, answer and store for as long as the route says. */
        public Builder cachePolicy(@Nullable CachePolicy cachePolicy) {
            this.cachePolicy = cachePolicy;
            return this;
        }

        /** Declares which part of the last message may vary in wording. */
        public Builder question(@Nullable String question) {
            this.question = question;
            return this;
        }

        /** Sets a seed for services that try to repeat themselves. */
        public Builder seed(@Nullable Integer seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets other fields of the protocol's request, as JSON values in JDK types, such as {@code reasoning_effort}.
         */
        public Builder customParameters(@Nullable Map<String, Object> customParameters) {
            this.customParameters = customParameters == null
                    ? Map.of()
                    : Collections.unmodifiableMap(new LinkedHashMap<>(customParameters));
            return this;
        }

        @Override
        public WhippletreeChatRequestParameters build() {
            return new WhippletreeChatRequestParameters(this);
        }
    }
}
