package dev.whippletree.cli;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A provider whose accounts answer, or fail, as a test says; one account for the variable {@code SCRIPTED_TOKEN}. */
public final class ScriptedProvider implements Provider {

    public static final String VARIABLE = "SCRIPTED_TOKEN";

    public final List<Prompt> asked = new CopyOnWriteArrayList<>();
    public final List<String> models = new CopyOnWriteArrayList<>();
    public FinishReason finishReason = FinishReason.STOP;
    public String answer = "Fine, thank you.";
    public Optional<Failure> failure = Optional.empty();

    /** What the next prompts get instead, one each. */
    public final Queue<Consumer<AttemptSink>> scripts = new ConcurrentLinkedQueue<>();

    /** Has a permit for each call that was cancelled. */
    public final Semaphore cancelled = new Semaphore(0);

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public Map<String, String> environmentVariables() {
        return Map.of(VARIABLE, "anything, from nowhere");
    }

    @Override
    public List<AccountSettings> fromEnvironment(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE))
                .map(token -> AccountSettings.of(
                        "scripted-1", name(), Optional.of(Secret.of(token)), Settings.none("account scripted-1")))
                .stream()
                .toList();
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        return new Client();
    }

    /** Ends an answer that has been delivered. */
    public void end(AttemptSink sink) {
        sink.done(new AnswerEnd(finishReason, Optional.of(TokenUsage.of(18, 5)), "scripted-model"));
    }

    private final class Client implements ProviderClient {

        @Override
        public Optional<EmbeddingBounds> embeddings() {
            return Optional.of(new EmbeddingBounds(2, 1_000));
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            return Admission.asMade(1, 0);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            asked.add(prompt);
            models.add(model);
            if (failure.isPresent()) {
                sink.failed(failure.get());
                return () -> {};
            }
            sink.sent();
            sink.firstByte();
            Consumer<AttemptSink> script = scripts.poll();
            if (script != null) {
                script.accept(sink);
                return cancelled::release;
            }
            boolean embeds = prompt.operation() == Prompt.Operation.EMBEDDING;
            sink.delta(new Delta.Text(embeds ? vectors(prompt) : answer));
            end(sink);
            return () -> {};
        }

        /** A vector of each text's length. */
        private String vectors(Prompt prompt) {
            return prompt.messages().stream()
                    .map(text -> Embedding.encode(new float[] {text.text().length(), 0.5f}))
                    .collect(Collectors.joining("\n"));
        }

        @Override
        public void close() {}
    }
}
