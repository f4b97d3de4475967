package dev.whippletree.provider.openai.call;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.EmbeddingApi;
import dev.whippletree.provider.openai.dialect.PromptTokens;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.HttpUrl;

/**
 * A connected account of a service that speaks the protocol. Thread-safe.
 *
 * <p>Each call occupies one task of {@link Services#callExecutor()} from its start to its end. Calls are executed, not
 * enqueued, because OkHttp's dispatcher would queue calls to one host. All of OkHttp's timeouts except the one for
 * connecting are off, and so are all its retries: the engine decides on admission, timeouts and retries. Only the body
 * of an error has a timeout of its own, {@link AccountConnections#PATIENCE}.
 */
public final class ChatClient implements ProviderClient {

    private final Endpoint endpoint;
    private final Executor executor;
    private final Set<ChatCall> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ChatClient(Endpoint endpoint, Executor executor) {
        this.endpoint = endpoint;
        this.executor = executor;
    }

    /**
     * Opens an account. Makes no call.
     *
     * @param account whose token is used and whose {@code connect-timeout} is read
     * @param services whose executor of calls makes them; it must not queue them
     * @throws IllegalArgumentException if a setting's value can't be used, saying which and why
     */
    public static ChatClient open(AccountSettings account, Services services, Dialect dialect) {
        return open(account, services, dialect, AccountConnections.PATIENCE);
    }

    /** @param patience how long the body of an error may take to arrive, more than zero */
    static ChatClient open(AccountSettings account, Services services, Dialect dialect, Duration patience) {
        HttpUrl url = Objects.requireNonNull(HttpUrl.get(dialect.chatCompletions()), "url");
        Endpoint endpoint = new Endpoint(
                account.id(),
                AccountConnections.of(account, url, patience),
                url,
                account.token(),
                dialect,
                services.clock(),
                services.logger("provider.openai"),
                new AtomicBoolean());
        return new ChatClient(endpoint, services.callExecutor());
    }

    @Override
    public Optional<String> refuses(Prompt prompt, String model) {
        return endpoint.dialect().refuses(prompt, model);
    }

    @Override
    public Admission admission(Prompt prompt, String model) {
        return prompt.operation() == Prompt.Operation.EMBEDDING
                ? Admission.asMade(PromptTokens.estimate(prompt), 0)
                : endpoint.dialect().admission(prompt, model);
    }

    @Override
    public Optional<EmbeddingBounds> embeddings() {
        return endpoint.dialect().embeddings().map(EmbeddingApi::bounds);
    }

    @Override
    public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
        ChatCall call = new ChatCall(endpoint, prompt, model, sink);
        calls.add(call);
        if (closed) {
            call.stop();
        }
        try {
            executor.execute(() -> run(call));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            calls.remove(call);
            call.fail(FailureKind.UNAVAILABLE, "no thread is available for the call");
        }
        return call;
    }

    private void run(ChatCall call) {
        try {
            call.run();
        } finally {
            calls.remove(call);
        }
    }

    /** Breaks off the calls under way, each of which is reported as failed, and drops the idle connections. */
    @Override
    public void close() {
        closed = true;
        calls.forEach(ChatCall::stop);
        endpoint.connections().http().connectionPool().evictAll();
    }

    /** Returns the account's id and where it is; nothing of its token. */
    @Override
    public String toString() {
        return "account " + endpoint.account() + " at " + endpoint.url().host();
    }
}
