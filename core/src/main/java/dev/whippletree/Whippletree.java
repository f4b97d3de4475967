package dev.whippletree;

import dev.whippletree.config.Configuration;
import dev.whippletree.engine.EngineSettings;
import dev.whippletree.engine.RouteSettings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Provider;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Under construction: the signatures others compile against. */
public final class Whippletree implements AutoCloseable {

    private Whippletree() {}

    public static Builder builder() {
        return new Builder();
    }

    public CompletableFuture<Completion> complete(Prompt prompt) {
        throw new UnsupportedOperationException();
    }

    public StatusSnapshot status() {
        throw new UnsupportedOperationException();
    }

    public CompletableFuture<Long> clearCaches(Optional<String> tenant) {
        throw new UnsupportedOperationException();
    }

    public Configuration configuration() {
        throw new UnsupportedOperationException();
    }

    /** Refuses new prompts, lets those under way end for at most {@code grace}, then ends them with CLOSED; closes plugins. */
    public CompletableFuture<Void> close(Duration grace) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    public static final class Builder {
        /** Replaces everything said so far by a configuration read elsewhere. */
        public Builder configuration(Configuration configuration) {
            throw new UnsupportedOperationException();
        }

        /** Accounts from these environment variables, by each provider's own knowledge. */
        public Builder environment(Map<String, String> environment) {
            throw new UnsupportedOperationException();
        }

        public Builder account(AccountSettings account) {
            throw new UnsupportedOperationException();
        }

        /** An account with defaults. */
        public Builder account(String id, String provider, String token) {
            throw new UnsupportedOperationException();
        }

        /** A route; without any there is one, "default", of all accounts in one tier with the default model. */
        public Builder route(RouteSettings route) {
            throw new UnsupportedOperationException();
        }

        /** The model of the route that is made when none is given. */
        public Builder model(String model) {
            throw new UnsupportedOperationException();
        }

        /** Another cache tier, behind those before. */
        public Builder cache(String name) {
            throw new UnsupportedOperationException();
        }

        public Builder cache(String name, Map<String, String> settings) {
            throw new UnsupportedOperationException();
        }

        public Builder engine(EngineSettings engine) {
            throw new UnsupportedOperationException();
        }

        public Builder timeline(Timeline timeline) {
            throw new UnsupportedOperationException();
        }

        public Builder listener(EngineListener listener) {
            throw new UnsupportedOperationException();
        }

        /** Plugin kinds beside those that ServiceLoader finds. */
        public Builder provider(Provider provider) {
            throw new UnsupportedOperationException();
        }

        public Builder cache(Cache cache) {
            throw new UnsupportedOperationException();
        }

        public Builder strategy(BalancingStrategy strategy) {
            throw new UnsupportedOperationException();
        }

        /** Where plugins are looked for; default: the thread's context class loader, else this class's. */
        public Builder classLoader(ClassLoader loader) {
            throw new UnsupportedOperationException();
        }

        /** @throws dev.whippletree.model.ConfigurationException with every problem */
        public Whippletree build() {
            throw new UnsupportedOperationException();
        }
    }
}
