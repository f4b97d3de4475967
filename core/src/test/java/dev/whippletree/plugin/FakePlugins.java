package dev.whippletree.plugin;

import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Plugins that say what is opened and closed. Public, with public constructors, so that service files can name them.
 */
public final class FakePlugins {

    /**
     * Names the lock of tests that open these plugins: they share {@link #EVENTS}, and test classes run side by side.
     */
    public static final String LOCK = "FakePlugins.EVENTS";

    /** What was opened and closed, in order, by name. Confined to the test's thread. */
    public static final List<String> EVENTS = new ArrayList<>();

    private FakePlugins() {}

    /**
     * A provider whose setting {@code fail} says what {@code connect} does: {@code refuse}, {@code crash},
     * {@code overflow} or {@code nothing}.
     */
    public static class FakeProvider implements Provider {

        private @Nullable Services services;

        public Services services() {
            return Objects.requireNonNull(services);
        }

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public Set<SettingKey> settings() {
            return Set.of(
                    new SettingKey("fail", "how connecting fails"),
                    new SettingKey("close-fails", "any value"),
                    new SettingKey("reveals", "any value: answers with the token"));
        }

        @Override
        public List<AccountSettings> fromEnvironment(Map<String, String> environment) {
            return environment.containsKey("FAKE_TOKEN")
                    ? List.of(AccountSettings.of("fake-1", name(), Optional.empty(), Settings.none("account fake-1")))
                    : List.of();
        }

        @Override
        public Map<String, String> environmentVariables() {
            return Map.of("FAKE_TOKEN", "anything");
        }

        @Override
        public ProviderClient connect(AccountSettings account, Services given) {
            services = given;
            return switch (account.settings().text("fail").orElse("")) {
                case "refuse" -> throw new IllegalArgumentException("account " + account.id() + ": fail is refused");
                case "crash" -> throw new IllegalStateException("out of luck");
                case "overflow" -> throw new StackOverflowError("too deep");
                default -> new FakeClient(account);
            };
        }
    }

    public static final class Twin extends FakeProvider {}

    public static final class Broken extends FakeProvider {

        public Broken() {
            throw new IllegalStateException("no luck today");
        }
    }

    public static final class Nameless extends FakeProvider {

        @Override
        public String name() {
            throw new IllegalStateException("I have no name");
        }
    }

    private record FakeClient(AccountSettings account) implements ProviderClient {

        FakeClient {
            EVENTS.add("open " + account.id());
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            return Admission.NONE;
        }

        @Override
        public Optional<EmbeddingBounds> embeddings() {
            return Optional.of(new EmbeddingBounds(9, 99));
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            sink.sent();
            sink.firstByte();
            String text = account.settings().text("reveals").isPresent()
                    ? account.token().map(Secret::reveal).orElse("none")
                    : "answer of " + account.id() + ", " + model;
            sink.delta(new Delta.Text(text));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            return () -> {};
        }

        @Override
        public void close() {
            EVENTS.add("close " + account.id());
            if (account.settings().text("close-fails").isPresent()) {
                throw new StackOverflowError("stuck");
            }
        }
    }

    public static final class FakeCache implements Cache {

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public Set<SettingKey> settings() {
            return Set.of(new SettingKey("size", "a number"));
        }

        @Override
        public CacheStore open(Settings settings, Services services) {
            settings.integer("size", 1, 10);
            EVENTS.add("open cache");
            return new EmptyStore();
        }
    }

    private static final class EmptyStore implements CacheStore {

        @Override
        public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> remove(CacheKey key) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Long> clear(Optional<String> tenant) {
            return CompletableFuture.completedFuture(0L);
        }

        @Override
        public void close() {
            EVENTS.add("close cache");
        }
    }

    public static final class FakeStrategy implements BalancingStrategy {

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public Set<SettingKey> settings() {
            return Set.of(new SettingKey("share", "a number"));
        }

        @Override
        public Picker open(Settings settings, RandomGenerator random) {
            settings.integer("share", 1, 10);
            EVENTS.add("open strategy");
            return (ready, now) -> 0;
        }
    }
}
