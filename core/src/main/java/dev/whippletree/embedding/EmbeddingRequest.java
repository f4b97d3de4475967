package dev.whippletree.embedding;

import dev.whippletree.engine.Engine.EmbeddingPlan;
import dev.whippletree.engine.run.ContextFuture;
import dev.whippletree.engine.run.Monitor.Mailbox;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Message;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.CacheKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One caller's texts, and their vectors so far. Guarded by the {@link Embedder}'s lock, unless a method says so. */
final class EmbeddingRequest {

    private final EmbeddingPlan plan;
    private final long beganNanos;
    private final Map<CacheKey, Message> messages = new LinkedHashMap<>();
    private final Map<CacheKey, Embedding> vectors = new HashMap<>();

    /** The engine's answers that it waits for, by call. */
    final Map<EmbeddingCall, CompletableFuture<Completion>> answers = new LinkedHashMap<>();

    private final Result result = new Result(this);
    private TokenUsage usage = TokenUsage.NONE;
    private int calls;
    private long firstAnswerNanos;
    private boolean withdrawn;
    private boolean over;

    /** What its caller waits for, by which the caller can withdraw it. It may be kept for the vectors alone. */
    static final class Result extends ContextFuture<Embeddings> {

        private @Nullable EmbeddingRequest request;

        Result(EmbeddingRequest request) {
            this.request = request;
        }

        Optional<EmbeddingRequest> request() {
            return Optional.ofNullable(request);
        }
    }

    EmbeddingRequest(EmbeddingPlan plan, long now) {
        this.plan = plan;
        this.beganNanos = now;
        for (int index = 0; index < plan.keys().size(); index++) {
            messages.put(plan.keys().get(index), plan.prompt().messages().get(index));
        }
    }

    /** Returns what its caller waits for. Any thread may complete it, without the lock. */
    CompletableFuture<Embeddings> result() {
        return result;
    }

    EmbeddingPlan plan() {
        return plan;
    }

    List<CacheKey> distinct() {
        return List.copyOf(messages.keySet());
    }

    Message message(CacheKey key) {
        return Objects.requireNonNull(messages.get(key));
    }

    boolean isWanted() {
        return !over;
    }

    /** Its caller wants no further call. Returns the answers that it waits for. */
    List<CompletableFuture<Completion>> withdraw() {
        withdrawn = true;
        return List.copyOf(answers.values());
    }

    boolean isWithdrawn() {
        return withdrawn;
    }

    /** Returns whether it can't become whole, because its caller wants no further call, and none is under way. */
    boolean isGivenUp() {
        return withdrawn && answers.isEmpty();
    }

    boolean wants(CacheKey key) {
        return messages.containsKey(key) && !vectors.containsKey(key);
    }

    /** Returns its prompt for a call, with the time that its caller still waits. Needs no lock. */
    Prompt promptOf(List<Message> texts, long now) {
        Prompt prompt = plan.prompt();
        Prompt.Builder builder =
                prompt.toBuilder().messages(texts).deadline(prompt.deadline().map(deadline -> left(deadline, now)));
        prompt.callerTimeout().ifPresent(timeout -> builder.callerTimeout(left(timeout, now)));
        return builder.build();
    }

    private Duration left(Duration after, long now) {
        Duration left = after.minusNanos(now - beganNanos);
        return left.isNegative() || left.isZero() ? Duration.ofNanos(1) : left;
    }

    /** Takes a stored vector. Returns whether it is the last one. */
    boolean take(CacheKey key, Embedding vector) {
        vectors.put(key, vector);
        return isWhole();
    }

    /** Takes a call's vectors. Returns whether they are the last ones. */
    boolean take(EmbeddingCall call, List<String> found, Completion answer, long now) {
        answers.remove(call);
        for (int index = 0; index < found.size(); index++) {
            CacheKey key = call.texts().get(index).key;
            if (wants(key)) {
                vectors.put(key, new Embedding(found.get(index), answer.origin()));
            }
        }
        if (answer.origin().source() == Origin.Source.CALL) {
            usage = usage.plus(answer.usage().orElse(TokenUsage.NONE));
            firstAnswerNanos = calls == 0 ? now : firstAnswerNanos;
            calls += answer.origin().attempts();
        }
        return isWhole();
    }

    /** Returns a call's failure as the request's: if others were answered, calls were tried since then at least. */
    Throwable failure(Throwable ofCall, long now) {
        Duration tried = calls == 0 ? Duration.ZERO : Duration.ofNanos(now - firstAnswerNanos);
        if (!(ofCall instanceof PromptException failure) || failure.tried().compareTo(tried) >= 0) {
            return ofCall;
        }
        return new PromptException(
                failure.reason(),
                String.valueOf(failure.getMessage()),
                failure.attempts(),
                failure.roomAt(),
                failure.kind(),
                tried);
    }

    private boolean isWhole() {
        return !over && vectors.size() == messages.size();
    }

    /** Gives its caller the vectors. Call it without the lock, once it has all. */
    void complete() {
        result.complete(new Embeddings(
                plan.keys().stream()
                        .map(key -> Objects.requireNonNull(vectors.get(key)))
                        .toList(),
                usage,
                calls));
    }

    /** Does the same on an executor; on this thread if that takes no more tasks. */
    void completeOn(Executor executor) {
        Mailbox mailbox = Mailbox.ofAnyTasks();
        mailbox.add(this::complete);
        mailbox.runOn(executor);
    }

    /** Its caller no longer waits. Returns the answers to cancel. */
    List<CompletableFuture<Completion>> end() {
        over = true;
        result.request = null;
        return List.copyOf(answers.values());
    }
}
