package dev.whippletree.gateway;

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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A service that does what the test says, call by call, and tells what it was asked. Thread-safe. */
public final class ScriptedProvider implements Provider {

    private static final long PATIENCE_SECONDS = 60;

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private volatile Admission admission = Admission.NONE;
    private volatile Optional<EmbeddingBounds> embeddings = Optional.empty();
    private volatile boolean keepsCalls = true;
    private volatile Consumer<Call> usual = call -> call.answer("Hello", " there");

    /** A call that was made. */
    public record Call(Prompt prompt, String model, AttemptSink sink, CountDownLatch cancelled) {

        public void tell(Delta.Piece... pieces) {
            List.of(pieces).forEach(sink::delta);
        }

        public void answer(String... texts) {
            for (String text : texts) {
                sink.delta(new Delta.Text(text));
            }
            end(FinishReason.STOP);
        }

        void end(FinishReason reason) {
            sink.done(new AnswerEnd(reason, Optional.of(TokenUsage.of(5, 2)), "model-as-served"));
        }

        public void fail(Failure failure) {
            sink.failed(failure);
        }

        public void awaitCancelled() throws InterruptedException {
            if (!cancelled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the call wasn't cancelled");
            }
        }
    }

    /** From now on every call does this. */
    public void usually(Consumer<Call> behaviour) {
        usual = behaviour;
    }

    /** From now on it estimates that each prompt and its completion need so many tokens. */
    public void estimate(long tokens) {
        admission = Admission.asMade(tokens, 0);
    }

    /** From now on it embeds so many texts a call. */
    public void embed(int inputs) {
        embeddings = Optional.of(new EmbeddingBounds(inputs, Integer.MAX_VALUE));
    }

    /** From now on no call can be waited for, and none is kept. */
    public void forgetCalls() {
        keepsCalls = false;
    }

    /** Waits for the next call. */
    public Call call() throws InterruptedException {
        Call call = calls.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no call came");
        }
        return call;
    }

    /** Returns how many calls came that nobody has waited for. */
    public int unseenCalls() {
        return calls.size();
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
            public Optional<EmbeddingBounds> embeddings() {
                return embeddings;
            }

            @Override
            public Admission admission(Prompt prompt, String model) {
                return admission;
            }

            @Override
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                Call call = new Call(prompt, model, sink, new CountDownLatch(1));
                if (keepsCalls) {
                    calls.add(call);
                }
                services.executor().execute(() -> usual.accept(call));
                return call.cancelled()::countDown;
            }

            @Override
            public void close() {}
        };
    }
}
