package parrot;

import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
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

/** Says the prompt's first message again. */
public final class ParrotProvider implements Provider {

    @Override
    public String name() {
        return "parrot";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        return new ParrotClient();
    }

    private static final class ParrotClient implements ProviderClient {

        @Override
        public Admission admission(Prompt prompt, String model) {
            return Admission.asMade(1, 0);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            sink.sent();
            sink.firstByte();
            sink.delta(new Delta.Text(prompt.messages().get(0).text()));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            return () -> {};
        }

        @Override
        public void close() {}
    }
}
