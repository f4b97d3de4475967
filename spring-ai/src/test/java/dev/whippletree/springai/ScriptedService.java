package dev.whippletree.springai;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A service that does at once what a test says, call by call; without a word it answers {@code Hello}, or with vectors
 * whose first number is the length of their text.
 */
final class ScriptedService implements Provider {

    static final String MODEL = "llama";

    final List<Prompt> asked = new CopyOnWriteArrayList<>();
    final CompletableFuture<String> cancelled = new CompletableFuture<>();
    private final ConcurrentLinkedDeque<Consumer<AttemptSink>> script = new ConcurrentLinkedDeque<>();

    ScriptedService then(Consumer<AttemptSink> behaviour) {
        script.add(behaviour);
        return this;
    }

    ScriptedService thenAnswers(String text) {
        return then(sink -> {
            sink.delta(new Delta.Text(text));
            end(sink, FinishReason.STOP);
        });
    }

    ScriptedService thenCalls(String tool, String arguments) {
        return then(sink -> {
            sink.delta(new Delta.ToolCallPart(0, Optional.of("call-1"), Optional.of(tool), ""));
            sink.delta(new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), arguments));
            end(sink, FinishReason.TOOL_CALLS);
        });
    }

    ScriptedService thenFails(FailureKind kind, String message) {
        return then(sink -> sink.failed(Failure.of(kind, message)));
    }

    static void end(AttemptSink sink, FinishReason reason) {
        sink.done(
                new AnswerEnd(reason, Optional.of(new TokenUsage(20, 30, 8, 5)), "llama-3", Optional.of("chatcmpl-1")));
    }

    /**
     * Opens an account {@code a} of 100 requests an hour, a default route, and a route {@code drafts} with an alias.
     */
    Whippletree open(EngineListener... listeners) {
        Whippletree.Builder builder = Whippletree.builder()
                .provider(this)
                .account(AccountSettings.builder("a", name())
                        .token("sk-secret")
                        .limit("100 requests / 1h")
                        .build())
                .route(RouteSettings.builder("default")
                        .tier(new TargetSettings("a", MODEL), new TargetSettings("a", "mistral"))
                        .build())
                .route(RouteSettings.builder("drafts")
                        .tier(new TargetSettings("a", "small"))
                        .aliases(List.of("gpt-4o-mini"))
                        .build());
        List.of(listeners).forEach(builder::listener);
        return builder.build();
    }

    Prompt lastAsked() {
        return asked.get(asked.size() - 1);
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        return new ProviderClient() {

            @Override
            public Admission admission(Prompt prompt, String model) {
                return Admission.NONE;
            }

            @Override
            public Optional<EmbeddingBounds> embeddings() {
                return Optional.of(new EmbeddingBounds(2, 1_000));
            }

            @Override
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                asked.add(prompt);
                sink.sent();
                Consumer<AttemptSink> behaviour = script.poll();
                if (behaviour == null && prompt.operation() == Prompt.Operation.EMBEDDING) {
                    sink.delta(new Delta.Text(prompt.messages().stream()
                            .map(text ->
                                    Embedding.encode(new float[] {text.text().length(), 0.5f}))
                            .collect(Collectors.joining("\n"))));
                    sink.done(new AnswerEnd(
                            FinishReason.STOP, Optional.of(TokenUsage.of(20, 0)), "embedder", Optional.empty()));
                } else if (behaviour == null) {
                    sink.delta(new Delta.Text("Hello from " + model));
                    end(sink, FinishReason.STOP);
                } else {
                    behaviour.accept(sink);
                }
                return () -> cancelled.complete(model);
            }

            @Override
            public void close() {}
        };
    }
}
