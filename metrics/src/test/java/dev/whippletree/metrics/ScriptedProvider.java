package dev.whippletree.metrics;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
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
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;

/** A service that does what a test says, call by call, on a timeline. */
final class ScriptedProvider implements Provider {

    static final String NAME = "scripted";

    /** What one call does. */
    interface Behaviour {
        void run(String model, AttemptSink sink);
    }

    private final Timeline timeline;
    private final Deque<Behaviour> script = new ArrayDeque<>();

    ScriptedProvider(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Sets what the next call does that nothing is set for; without, it answers after a quarter of a second. */
    void then(Behaviour behaviour) {
        script.add(behaviour);
    }

    void after(Duration pause, Runnable task) {
        timeline.schedule(pause.toNanos(), task);
    }

    Behaviour answers(Duration after, String servedModel) {
        return (model, sink) -> after(after, () -> {
            sink.delta(new Delta.Text("an answer nobody may log"));
            sink.done(new AnswerEnd(
                    FinishReason.STOP,
                    Optional.of(new TokenUsage(20, 30, 8, 5)),
                    servedModel,
                    Optional.of("chatcmpl-1")));
        });
    }

    Behaviour fails(Duration after, Failure failure) {
        return (model, sink) -> after(after, () -> sink.failed(failure));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        return new ProviderClient() {

            @Override
            public Optional<EmbeddingBounds> embeddings() {
                return Optional.of(new EmbeddingBounds(10, 1_000));
            }

            @Override
            public Admission admission(Prompt prompt, String model) {
                return Admission.NONE;
            }

            @Override
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                sink.sent();
                Behaviour behaviour = script.isEmpty() ? answers(Duration.ofMillis(250), model) : script.removeFirst();
                behaviour.run(model, sink);
                return () -> {};
            }

            @Override
            public void close() {}
        };
    }
}
