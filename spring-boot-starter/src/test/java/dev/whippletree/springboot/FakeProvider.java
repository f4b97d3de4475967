package dev.whippletree.springboot;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A service that answers at once; refuses the token {@code refused}, and answers {@code wait} when it is told to. */
final class FakeProvider implements Provider {

    final CompletableFuture<AttemptSink> waiting = new CompletableFuture<>();
    final List<String> embedded = new CopyOnWriteArrayList<>();

    @Override
    public String name() {
        return "fake";
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
                return Optional.of(new EmbeddingBounds(1, 1_000));
            }

            @Override
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                sink.sent();
                if (account.token().orElseThrow().reveal().equals("refused")) {
                    sink.failed(Failure.of(FailureKind.UNAUTHORIZED, "token refused"));
                } else if (prompt.operation() == Prompt.Operation.EMBEDDING) {
                    embedded.add(String.join(
                            " ",
                            model,
                            prompt.parameters().extras().toString(),
                            prompt.priority().toString(),
                            prompt.tenant() + " " + prompt.deadline().isPresent()));
                    answer(sink, Embedding.encode(new float[] {1, 2, 3}));
                } else if (prompt.messages().get(0).text().equals("wait")) {
                    waiting.complete(sink);
                } else {
                    answer(sink, "Hello from " + account.id() + ", " + model);
                }
                return () -> {};
            }

            @Override
            public void close() {}
        };
    }

    static void answer(AttemptSink sink, String text) {
        sink.delta(new Delta.Text(text));
        sink.done(new AnswerEnd(FinishReason.STOP, Optional.of(new TokenUsage(3, 4, 0, 0)), "m", Optional.empty()));
    }
}
