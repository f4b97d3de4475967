package dev.whippletree.embedding;

import dev.whippletree.engine.Engine;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.DurationText;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Embeds texts. Looks each one up in the caches, joins those that are already being asked for, and asks for the rest in
 * as few calls as the service's bounds allow. Thread-safe; no method blocks.
 *
 * <p>A call is a prompt to the engine. Every request that wants one of its texts subscribes to it, with the request's
 * own deadline and priority. So the engine decides everything about waits, limits and failures. This class only knows
 * which text is in which call, from the look-up of the text until the nearest cache has its vector. Its own lock guards
 * that knowledge, and is never held while it calls the engine, a cache or a caller.
 */
public final class Embedder {

    private static final int LOOK_UPS_AT_ONCE = 256;

    /** Reasons that lie in a call's texts. */
    private static final Set<Reason> FOR_CONTENT = Set.of(Reason.REJECTED, Reason.FILTERED, Reason.TOO_LARGE);

    private final Engine engine;
    private final Timeline timeline;

    /** The texts that equal ones may join. */
    private final Map<CacheKey, WantedText> underWay = new HashMap<>();

    /** Creates one. Closing the engine ends all requests. */
    public Embedder(Engine engine, Timeline timeline) {
        this.engine = engine;
        this.timeline = timeline;
    }

    /** A request's part in a call. */
    private record Share(EmbeddingCall call, EmbeddingRequest request) {}

    /**
     * Embeds a prompt's messages.
     *
     * @return completes with the vectors, with a {@link PromptException}, or with a {@link ConfigurationException} if
     *     the prompt names an unknown route, account or model. Cancelling it, or completing it in any other way,
     *     cancels the calls that nobody else waits for
     * @throws IllegalArgumentException if the prompt isn't one for vectors
     */
    public CompletableFuture<Embeddings> embed(Prompt prompt) {
        if (prompt.operation() != Prompt.Operation.EMBEDDING) {
            throw new IllegalArgumentException("only a prompt of the operation EMBEDDING can be embedded");
        }
        EmbeddingRequest request;
        try {
            request = new EmbeddingRequest(engine.embedding(prompt), timeline.nanoTime());
        } catch (ConfigurationException e) {
            return CompletableFuture.failedFuture(e);
        }
        request.result().whenComplete((vectors, failure) -> leave(request));
        if (engine.take(request.result())) {
            request.plan().prompt().deadline().ifPresent(deadline -> await(request, deadline));
            take(request, request.distinct());
        }
        return request.result();
    }

    /** Returns how many calls a prompt's texts need if no cache has one of them; 1 if it can't be asked. */
    public int calls(Prompt prompt) {
        if (prompt.messages().size() == 1) {
            return 1; // Asking hashes the text anyway.
        }
        try {
            EmbeddingRequest request = new EmbeddingRequest(engine.embedding(prompt), timeline.nanoTime());
            List<WantedText> texts = request.distinct().stream()
                    .map(key -> new WantedText(key, request.message(key)))
                    .toList();
            return EmbeddingCall.split(texts, request.plan().bounds()).size();
        } catch (ConfigurationException e) {
            return 1;
        }
    }

    private void await(EmbeddingRequest request, Duration deadline) {
        Timeline.Timer timer = timeline.schedule(Waits.nanos(deadline), () -> expire(request, deadline));
        request.result().whenComplete((vectors, failure) -> timer.cancel());
    }

    /** The engine ends calls at the deadline, with more to say; it knows nothing of look-ups. */
    private void expire(EmbeddingRequest request, Duration deadline) {
        boolean asks;
        synchronized (this) {
            asks = !request.answers.isEmpty();
        }
        if (!asks) {
            String problem = "no answer within " + DurationText.of(deadline)
                    + "; until then, its texts were looked up in the caches";
            PromptException failure = new PromptException(Reason.DEADLINE, problem, List.of(), Optional.empty());
            request.result().completeExceptionally(failure);
        }
    }

    /**
     * Withdraws a request: its calls that wait aren't made. Those under way are paid for, so they end, and their
     * vectors are stored; if they are all that the request lacks, it gets its vectors.
     *
     * @param result of {@link #embed}; anything else is ignored
     */
    public void withdraw(CompletableFuture<?> result) {
        if (result instanceof EmbeddingRequest.Result known && engine.has(result)) {
            List<CompletableFuture<Completion>> answers;
            synchronized (this) {
                answers = known.request().map(EmbeddingRequest::withdraw).orElse(List.of());
            }
            answers.forEach(engine::withdraw);
            if (answers.isEmpty()) {
                result.cancel(false);
            }
        }
    }

    /** Returns how many texts are being looked up, asked for or stored. */
    public synchronized int textsUnderWay() {
        return underWay.size();
    }

    private void take(EmbeddingRequest request, List<CacheKey> keys) {
        List<WantedText> mine = new ArrayList<>();
        List<Share> shares = new ArrayList<>();
        boolean joins = request.plan().prompt().cache().read();
        synchronized (this) {
            for (CacheKey key : keys) {
                @Nullable WantedText text = joins ? underWay.get(key) : null;
                if (text == null) {
                    text = new WantedText(key, request.message(key));
                    mine.add(text);
                    if (joins) {
                        underWay.put(key, text);
                    }
                }
                text.requests.add(request);
                if (text.call != null && text.call.add(request)) {
                    shares.add(new Share(text.call, request));
                }
            }
        }
        shares.forEach(this::subscribe);
        if (joins) {
            lookUp(mine, 0);
        } else {
            ask(mine);
        }
    }

    /**
     * Looks some texts up, then the next ones, and at last asks for those that no cache has. A cache may answer at
     * once, on this thread, and there may be many texts, so what follows begins here rather than within such an answer.
     */
    private void lookUp(List<WantedText> texts, int from) {
        int next = from;
        boolean answered = true;
        while (answered && next < texts.size()) {
            int to = Math.min(texts.size(), next + LOOK_UPS_AT_ONCE);
            AtomicInteger missing = new AtomicInteger(to - next + 1); // The last one is the end of this round.
            for (WantedText text : texts.subList(next, to)) {
                engine.find(text.key, found -> {
                    found.ifPresent(stored -> found(text, stored));
                    if (missing.decrementAndGet() == 0) {
                        lookUp(texts, to);
                    }
                });
            }
            answered = missing.decrementAndGet() == 0;
            next = to;
        }
        if (answered) {
            ask(texts);
        }
    }

    private void found(WantedText text, Completion stored) {
        Embedding vector = new Embedding(stored.text(), stored.origin());
        List<EmbeddingRequest> complete;
        synchronized (this) {
            underWay.remove(text.key, text);
            text.found = true;
            complete = text.waiting().stream()
                    .filter(request -> request.take(text.key, vector))
                    .toList();
        }
        // Another request's caller mustn't hold up this one's.
        complete.forEach(request -> request.completeOn(timeline.executor()));
    }

    /** Asks for the texts that were looked up in vain, on behalf of the first request that still wants each. */
    private void ask(List<WantedText> texts) {
        List<Share> shares = new ArrayList<>();
        synchronized (this) {
            Map<EmbeddingRequest, List<WantedText>> byRequest = new LinkedHashMap<>();
            for (WantedText text : texts) {
                if (text.found) {
                    continue;
                }
                List<EmbeddingRequest> requests = text.waiting();
                if (requests.isEmpty()) {
                    underWay.remove(text.key, text);
                } else {
                    byRequest
                            .computeIfAbsent(requests.get(0), first -> new ArrayList<>())
                            .add(text);
                }
            }
            byRequest.forEach((request, wanted) -> EmbeddingCall.split(
                            wanted, request.plan().bounds())
                    .forEach(call -> call.addAll().forEach(member -> shares.add(new Share(call, member)))));
        }
        shares.forEach(this::subscribe);
    }

    private void subscribe(Share share) {
        EmbeddingCall call = share.call();
        EmbeddingRequest request = share.request();
        CompletableFuture<Completion> answer = engine.complete(
                request.promptOf(call.messages(), timeline.nanoTime()),
                (completion, until, stored) -> store(call, completion, until, stored));
        Optional<Runnable> release;
        boolean over;
        boolean withdrawn;
        synchronized (this) {
            release = call.subscribed();
            request.answers.put(call, answer);
            over = !request.isWanted();
            withdrawn = request.isWithdrawn();
        }
        release.ifPresent(Runnable::run);
        answer.whenComplete((completion, failure) -> {
            if (completion != null) {
                answered(share, completion);
            } else {
                failed(share, failure);
            }
        });
        if (over) {
            answer.cancel(false);
        } else if (withdrawn) {
            engine.withdraw(answer);
        }
    }

    private void answered(Share share, Completion completion) {
        EmbeddingRequest request = share.request();
        List<String> vectors = share.call().vectors(completion);
        if (vectors.isEmpty()) {
            String account = completion.origin().account();
            String problem = "account " + account + ": its provider didn't return one vector for each text";
            failed(share, new PromptException(Reason.ATTEMPTS_EXHAUSTED, problem, List.of(), Optional.empty()));
            return;
        }
        boolean whole;
        boolean givenUp;
        synchronized (this) {
            whole = request.take(share.call(), vectors, completion, timeline.nanoTime());
            givenUp = request.isGivenUp();
        }
        if (whole) {
            request.complete();
        } else if (givenUp) {
            request.result().cancel(false);
        }
    }

    /**
     * A call has failed for a request. If the service refused the call for what is in it, that may be another request's
     * text, so the request asks for its own texts again.
     */
    private void failed(Share share, Throwable failure) {
        EmbeddingRequest request = share.request();
        EmbeddingCall call = share.call();
        List<CacheKey> again;
        boolean over;
        Throwable told;
        synchronized (this) {
            boolean refused = failure instanceof PromptException problem && FOR_CONTENT.contains(problem.reason());
            List<CacheKey> own = call.textsOf(request);
            boolean shared = own.size() < call.texts().size();
            again = refused && shared && request.isWanted() && !request.isWithdrawn() ? own : List.of();
            if (call.leave(request) || refused) {
                forget(call);
            }
            request.answers.remove(call);
            over = again.isEmpty() && (!request.isWithdrawn() || request.isGivenUp());
            told = request.failure(failure, timeline.nanoTime());
        }
        if (over) {
            request.result().completeExceptionally(told);
        } else if (!again.isEmpty()) {
            take(request, again);
        }
    }

    private void forget(EmbeddingCall call) {
        call.texts().forEach(text -> underWay.remove(text.key, text));
    }

    private void leave(EmbeddingRequest request) {
        List<CompletableFuture<Completion>> answers;
        synchronized (this) {
            answers = request.end();
        }
        answers.forEach(answer -> answer.cancel(false));
    }

    /** Stores each text's vector by the text's own key. */
    private void store(EmbeddingCall call, Completion completion, Optional<Instant> until, Runnable stored) {
        List<String> vectors = call.vectors(completion);
        if (until.isEmpty() || vectors.isEmpty()) {
            stored(call, stored);
            return;
        }
        AtomicInteger missing = new AtomicInteger(vectors.size());
        for (int index = 0; index < vectors.size(); index++) {
            engine.store(
                    call.texts().get(index).key,
                    new CacheEntry(one(vectors.get(index), completion.origin()), until.get()),
                    () -> {
                        if (missing.decrementAndGet() == 0) {
                            stored(call, stored);
                        }
                    });
        }
    }

    /** A vector as an answer of its own. What one text of several has used isn't known. */
    private static Completion one(String vector, Origin origin) {
        return new Completion(vector, Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), origin);
    }

    /** The engine keeps the answer until all have subscribed who found one of its texts under way. */
    private void stored(EmbeddingCall call, Runnable release) {
        boolean now;
        synchronized (this) {
            forget(call);
            now = call.release(release);
        }
        if (now) {
            release.run();
        }
    }
}
