package dev.whippletree.testkit;

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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A service that does with each call what a test says, within the call itself. As thread-safe as that. */
public final class FakeProvider implements Provider {

    private final String name;
    private final Admission admission;
    private final Consumer<Call> service;
    private final AtomicInteger calls = new AtomicInteger();

    /** One call, which has been sent. */
    public record Call(AccountSettings account, Services services, Prompt prompt, String model, AttemptSink sink) {

        /** Answers with a text, and says that no tokens were counted. */
        public void answer(String text) {
            answer(text, Optional.empty());
        }

        /** Answers with a text. */
        public void answer(String text, Optional<TokenUsage> usage) {
            sink.firstByte();
            sink.delta(new Delta.Text(text));
            sink.done(new AnswerEnd(FinishReason.STOP, usage, model));
        }
    }

    /** Creates one whose limits count nothing. */
    public FakeProvider(String name, Consumer<Call> service) {
        this(name, Admission.NONE, service);
    }

    /** Creates one. */
    public FakeProvider(String name, Admission admission, Consumer<Call> service) {
        this.name = name;
        this.admission = admission;
        this.service = service;
    }

    /** Returns one that answers the last message of a prompt by a rule. */
    public static FakeProvider answering(String name, UnaryOperator<String> rule) {
        return new FakeProvider(
                name,
                call -> call.answer(rule.apply(
                        call.prompt().messages().get(call.prompt().messages().size() - 1).text())));
    }

    /** Returns how many calls were made. */
    public int calls() {
        return calls.get();
    }

    @Override
    public String name() {
        return name;
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
                return admission;
            }

            @Override
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                calls.incrementAndGet();
                sink.sent();
                service.accept(new Call(account, services, prompt, model, sink));
                return () -> {};
            }

            @Override
            public void close() {}
        };
    }
}
