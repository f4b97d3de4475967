package dev.whippletree.embedder.minilm;

import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A service that answers what was asked last by a rule. */
final class AnsweringProvider implements Provider {

    private final UnaryOperator<String> rule;
    private int calls;

    AnsweringProvider(UnaryOperator<String> rule) {
        this.rule = rule;
    }

    int calls() {
        return calls;
    }

    @Override
    public String name() {
        return "answering";
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
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                calls++;
                Message last = prompt.messages().get(prompt.messages().size() - 1);
                sink.sent();
                sink.delta(new Delta.Text(rule.apply(last.text())));
                sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
                return () -> {};
            }

            @Override
            public void close() {}
        };
    }
}
