package dev.whippletree.springai;

import dev.whippletree.model.Priority;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/**
 * Options of a prompt to a {@link WhippletreeChatModel}: Spring AI's portable ones, and those that Whippletree adds.
 * Immutable. An option that is null is left to the model's options, and then to the route and the service.
 *
 * <p>{@code model} is the name of a route, one of its aliases, or a model of a route.
 */
public final class WhippletreeChatOptions extends DefaultToolCallingChatOptions implements StructuredOutputChatOptions {

    /** A copy that nobody changes. */
    private final Builder own;

    private WhippletreeChatOptions(Builder from, ToolCallingChatOptions portable) {
        super(
                portable.getToolCallbacks(),
                portable.getToolContext(),
                portable.getModel(),
                portable.getFrequencyPenalty(),
                portable.getMaxTokens(),
                portable.getPresencePenalty(),
                portable.getStopSequences(),
                portable.getTemperature(),
                portable.getTopK(),
                portable.getTopP());
        this.own = from.clone();
    }

    /** Returns an empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the JSON schema that the answer must have, as text; null: none. */
    @Override
    public @Nullable String getOutputSchema() {
        return own.outputSchema;
    }

    /** Returns the seed for services that try to repeat themselves. */
    public @Nullable Long getSeed() {
        return own.seed;
    }

    /** Returns who must never see another's answers. */
    public @Nullable String getTenant() {
        return own.tenant;
    }

    /** Returns whose prompt this is: the unit of fairness. */
    public @Nullable String getSession() {
        return own.session;
    }

    /** Returns how urgent the prompt is; null: interactive. */
    public @Nullable Priority getPriority() {
        return own.priority;
    }

    /** Returns how long the caller waits at most: for the answer, or for the first piece of a stream. */
    public @Nullable Duration getDeadline() {
        return own.deadline;
    }

    /** Returns whether a stored answer, or one that another caller is waiting for, may be the answer; null: it may. */
    public @Nullable Boolean getCacheRead() {
        return own.cacheRead;
    }

    /** Returns whether the answer may be stored; null: it may. */
    public @Nullable Boolean getCacheStore() {
        return own.cacheStore;
    }

    /** Returns how long the answer may be stored; null: as the route says. */
    public @Nullable Duration getCacheTtl() {
        return own.cacheTtl;
    }

    /**
     * Returns further fields of the protocol's request, such as {@code reasoning_effort} or {@code tool_choice}; may be
     * empty.
     */
    public Map<String, Object> getExtraBody() {
        return Collections.unmodifiableMap(own.extraBody);
    }

    @Override
    public Builder mutate() {
        return own.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof WhippletreeChatOptions that
                && own.ownValues().equals(that.own.ownValues());
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), own.ownValues());
    }

    /** Collects options. Confined to one thread. Setting null takes an option back. */
    public static final class Builder extends DefaultToolCallingChatOptions.Builder<Builder>
            implements StructuredOutputChatOptions.Builder<Builder> {

        private @Nullable String outputSchema;
        private @Nullable Long seed;
        private @Nullable String tenant;
        private @Nullable String session;
        private @Nullable Priority priority;
        private @Nullable Duration deadline;
        private @Nullable Boolean cacheRead;
        private @Nullable Boolean cacheStore;
        private @Nullable Duration cacheTtl;
        private Map<String, Object> extraBody = new LinkedHashMap<>();

        private Builder() {}

        /** Sets the JSON schema that the answer must have, as text. */
        @Override
        public Builder outputSchema(@Nullable String outputSchema) {
            this.outputSchema = outputSchema;
            return this;
        }

        /** Sets a seed for services that try to repeat themselves. */
        public Builder seed(@Nullable Long seed) {
            this.seed = seed;
            return this;
        }

        /** Sets who must never see another's answers. */
        public Builder tenant(@Nullable String tenant) {
            this.tenant = tenant;
            return this;
        }

        /** Sets whose prompt this is: the unit of fairness. */
        public Builder session(@Nullable String session) {
            this.session = session;
            return this;
        }

        /** Sets how urgent the prompt is. */
        public Builder priority(@Nullable Priority priority) {
            this.priority = priority;
            return this;
        }

        /** Sets how long the caller waits at most: for the answer, or for the first piece of a stream. */
        public Builder deadline(@Nullable Duration deadline) {
            this.deadline = deadline;
            return this;
        }

        /** Sets whether a stored answer, or one that another caller is waiting for, may be the answer. */
        public Builder cacheRead(@Nullable Boolean cacheRead) {
            this.cacheRead = cacheRead;
            return this;
        }

        /** Sets whether the answer may be stored. */
        public Builder cacheStore(@Nullable Boolean cacheStore) {
            this.cacheStore = cacheStore;
            return this;
        }

        /** Sets how long the answer may be stored. */
        public Builder cacheTtl(@Nullable Duration cacheTtl) {
            this.cacheTtl = cacheTtl;
            return this;
        }

        /**
         * Sets further fields of the protocol's request, as JSON values in JDK types; replaces those set before. A
         * field that is null is left out.
         */
        public Builder extraBody(@Nullable Map<String, Object> extraBody) {
            this.extraBody = extraBody == null ? new LinkedHashMap<>() : new LinkedHashMap<>(extraBody);
            this.extraBody.values().removeIf(Objects::isNull);
            return this;
        }

        @Override
        public Builder clone() {
            Builder copy = super.clone();
            copy.extraBody = new LinkedHashMap<>(extraBody);
            return copy;
        }

        /**
         * {@inheritDoc}
         *
         * @throws UnsupportedOptionException if the other one collects the options of another model's service
         */
        @Override
        public Builder combineWith(ChatOptions.Builder<?> other) {
            PortableOptions.require(other);
            super.combineWith(other);
            if (other.build() instanceof StructuredOutputChatOptions structured) {
                outputSchema = either(structured.getOutputSchema(), outputSchema);
            }
            if (other instanceof Builder that) {
                seed = either(that.seed, seed);
                tenant = either(that.tenant, tenant);
                session = either(that.session, session);
                priority = either(that.priority, priority);
                deadline = either(that.deadline, deadline);
                cacheRead = either(that.cacheRead, cacheRead);
                cacheStore = either(that.cacheStore, cacheStore);
                cacheTtl = either(that.cacheTtl, cacheTtl);
                extraBody.putAll(that.extraBody);
            }
            return this;
        }

        private List<@Nullable Object> ownValues() {
            return Arrays.asList(
                    outputSchema,
                    seed,
                    tenant,
                    session,
                    priority,
                    deadline,
                    cacheRead,
                    cacheStore,
                    cacheTtl,
                    extraBody);
        }

        private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
            return first != null ? first : second;
        }

        @Override
        public WhippletreeChatOptions build() {
            return new WhippletreeChatOptions(this, super.build());
        }
    }
}
