package dev.whippletree.tests.benchmark;

import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
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

/** A provider that answers within the call itself, so that what remains is Whippletree's own cost. */
final class InstantProvider implements Provider {

    @Override
    public String name() {
        return "instant";
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
                return Admission.asMade(20, 100);
            }

            @Override
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                sink.sent();
                sink.firstByte();
                sink.delta(new Delta.Text("An answer of some forty characters or so."));
                sink.done(new AnswerEnd(FinishReason.STOP, Optional.of(TokenUsage.of(20, 10)), model));
                return () -> {};
            }

            @Override
            public void close() {}
        };
    }
}
