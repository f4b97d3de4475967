package dev.whippletree.cli;

import dev.whippletree.model.Delta;
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
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A provider whose accounts answer, or fail, as a test says; one account for the variable {@code SCRIPTED_TOKEN}. */
final class ScriptedProvider implements Provider {

    static final String VARIABLE = "SCRIPTED_TOKEN";

    final List<Prompt> asked = new CopyOnWriteArrayList<>();
    final List<String> models = new CopyOnWriteArrayList<>();
    FinishReason finishReason = FinishReason.STOP;
    String answer = "Fine, thank you.";
    Optional<Failure> failure = Optional.empty();

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

    private final class Client implements ProviderClient {

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
            sink.delta(new Delta.Text(answer));
            sink.done(new AnswerEnd(finishReason, Optional.of(TokenUsage.of(18, 5)), model));
            return () -> {};
        }

        @Override
        public void close() {}
    }
}
