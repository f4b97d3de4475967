package dev.whippletree.cache.similar;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Answers questions by what similar ones were answered, each scope by its own threshold. Thread-safe.
 *
 * <p>Vectors are made and compared on a few workers of its own; when all of them are busy and their queue is full, a question isn't
 * looked up at all. A question that goes to the service is remembered until its answer is stored here, which tells whether the stored
 * one would have been wrong.
 */
final class SimilarStore implements CacheStore {

    /** Questions on their way to the service, and served ones that a caller may yet speak of. */
    private static final int MOST_REMEMBERED = 10_000;

    private static final int MOST_WAITING = 256;
    private static final CompletableFuture<Optional<CacheHit>> MISS =
            CompletableFuture.completedFuture(Optional.empty());

    private final SimilarSettings settings;
    private final ApprovedStore approved;
    private final Embedding embedding;
    private final Optional<Verifier> verifier;
    private final Services services;
    private final Logger log;
    private final Workers workers;
    private final AtomicLong steppedAside = new AtomicLong();

    /** Guarded by itself, as the next four are. */
    private final Map<ScopeKey, Scope> scopes;

    private final Map<CacheKey, Asked> asked = new Recent<>(MOST_REMEMBERED, (key, gone) -> {});
    private final Map<CacheKey, Asked> served = new Recent<>(MOST_REMEMBERED, (key, gone) -> {});

    /** What isn't confirmed for so long counts against the audit: else callers who confirm what is right alone would hide what isn't. */
    private final Map<CacheKey, Answered> unconfirmed = new Recent<>(MOST_REMEMBERED, (key, gone) -> gone.label(true));

    /** What callers said of questions whose answers haven't been stored here yet: a caller may have its answer earlier. */
    private final Map<CacheKey, Boolean> early = new Recent<>(MOST_REMEMBERED, (key, gone) -> {});

    private boolean closed;

    /** Whose questions, and which. */
    private record ScopeKey(String tenant, String scope) {

        private static final int DIGITS = 8;

        /** Returns the scope's first digits: enough to tell it from others in a log or a status. */
        String shortName() {
            return scope.substring(0, Math.min(DIGITS, scope.length()));
        }
    }

    /** A question that was looked up. */
    private record Asked(Scope scope, Look look) {}

    /** One that the service has answered since. */
    private record Answered(Scope scope, Look look, CacheEntry stored) {

        void label(boolean wrong) {
            scope.label(look, wrong);
        }

        void confirm(boolean right) {
            label(!right);
            if (right) {
                scope.unite(look, stored);
            }
        }
    }

    SimilarStore(
            SimilarSettings settings,
            ApprovedStore approved,
            Embedding embedding,
            Optional<Verifier> verifier,
            Services services) {
        this.settings = settings;
        this.approved = approved;
        this.embedding = embedding;
        this.verifier = verifier;
        this.services = services;
        this.log = services.logger("cache.similar");
        this.workers = new Workers(
                services.executor(), Math.max(1, Runtime.getRuntime().availableProcessors() / 2), MOST_WAITING);
        this.scopes = new Recent<>(settings.scopes(), (key, gone) -> {});
    }

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        if (key.question().isEmpty()) {
            return MISS;
        }
        if (approved.knows(key)) {
            return approved.get(key);
        }
        CompletableFuture<Optional<CacheHit>> found = new CompletableFuture<>();
        if (!workers.take(() -> complete(found, key))) {
            steppedAside.incrementAndGet();
            return MISS;
        }
        return found;
    }

    private void complete(CompletableFuture<Optional<CacheHit>> found, CacheKey key) {
        try {
            found.complete(look(key));
        } catch (Throwable e) {
            found.completeExceptionally(e);
        }
    }

    private Optional<CacheHit> look(CacheKey key) {
        CacheKey.Question question = key.question().orElseThrow();
        Optional<float[]> vector = embedding.embed(question.text());
        if (vector.isEmpty()) {
            return Optional.empty();
        }
        Scope scope = scopeOf(key.tenant(), question.scope());
        Look look = scope.look(
                question.text(),
                Wording.of(question.text()),
                vector.get(),
                services.random().nextDouble());
        remember(look.isServed() ? served : asked, key, new Asked(scope, look));
        return look.isServed() ? look.nearest().map(stored -> new CacheHit(stored.entry(), false)) : Optional.empty();
    }

    private Scope scopeOf(String tenant, String scope) {
        synchronized (scopes) {
            return scopes.computeIfAbsent(
                    new ScopeKey(tenant, scope),
                    key -> new Scope(
                            key.shortName(),
                            new FlatIndex(settings.questions()),
                            new AuditedThreshold(settings.maxError(), settings.mode() == SimilarSettings.Mode.SERVE),
                            services.clock(),
                            this::tellOff));
        }
    }

    private void tellOff(String scope) {
        log.warn(
                "Scope {}: wrong answers can't be kept within {} of requests; nothing is served there until {} more are known",
                scope,
                settings.maxError(),
                AuditedThreshold.WINDOW);
    }

    private void remember(Map<CacheKey, Asked> where, CacheKey key, Asked what) {
        synchronized (scopes) {
            early.remove(key);
            where.put(key, what);
        }
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        if (approved.knows(key)) {
            return approved.put(key, entry);
        }
        Optional<Asked> question = answered(key, entry);
        verifier.ifPresent(judge -> question.ifPresent(which -> workers.take(() -> learn(which, entry, judge))));
        return CompletableFuture.completedFuture(null);
    }

    private Optional<Asked> answered(CacheKey key, CacheEntry fresh) {
        synchronized (scopes) {
            Optional<Asked> question = Optional.ofNullable(asked.remove(key));
            if (verifier.isEmpty()) {
                question.ifPresent(which -> leaveToCaller(key, which, fresh));
            }
            return question;
        }
    }

    private void learn(Asked question, CacheEntry fresh, Verifier judge) {
        try {
            question.scope()
                    .learn(
                            question.look(),
                            fresh,
                            (stored, other) -> judge.agree(
                                    question.look().question(), stored.entry().completion(), other.completion()));
        } catch (Throwable e) {
            log.warn("The verifier {} failed: {}", judge.name(), String.valueOf(e));
        }
    }

    private void leaveToCaller(CacheKey key, Asked question, CacheEntry fresh) {
        Scope scope = question.scope();
        Optional<Boolean> said = Optional.ofNullable(early.remove(key));
        scope.store(question.look(), fresh, Optional.empty());
        if (question.look().nearest().isEmpty()) {
            scope.label(question.look(), true);
            return;
        }
        Answered answer = new Answered(scope, question.look(), fresh);
        said.ifPresentOrElse(answer::confirm, () -> unconfirmed.put(key, answer));
    }

    /** The nearest stored answer, from when the question goes to the service until a caller says whether that would have been right. */
    @Override
    public Optional<CacheEntry> unconfirmed(CacheKey key) {
        if (verifier.isPresent()) {
            return Optional.empty();
        }
        synchronized (scopes) {
            Optional<Look> onItsWay = Optional.ofNullable(asked.get(key))
                    .filter(question -> !early.containsKey(key))
                    .map(Asked::look);
            return onItsWay.or(() -> Optional.ofNullable(unconfirmed.get(key)).map(Answered::look))
                    .flatMap(Look::nearest)
                    .map(Stored::entry);
        }
    }

    /** Of a hit: whether the answer was right. Of a question that went to the service: whether the stored answer would have been. */
    @Override
    public void confirm(CacheKey key, boolean right) {
        Optional<Answered> answer;
        Optional<Asked> hit;
        synchronized (scopes) {
            if (verifier.isEmpty() && asked.containsKey(key)) {
                early.put(key, right);
                return;
            }
            answer = Optional.ofNullable(unconfirmed.remove(key));
            hit = Optional.ofNullable(served.remove(key));
        }
        answer.ifPresent(known -> known.confirm(right));
        hit.filter(known -> !right).ifPresent(known -> known.scope().disown(known.look()));
    }

    @Override
    public CompletionStage<Long> clear(Optional<String> tenant) {
        long removed = 0;
        synchronized (scopes) {
            for (Map.Entry<ScopeKey, Scope> scope : new ArrayList<>(scopes.entrySet())) {
                if (tenant.map(scope.getKey().tenant()::equals).orElse(true)) {
                    removed += scope.getValue().remove(stored -> true);
                    scopes.remove(scope.getKey());
                }
            }
        }
        long similar = removed;
        return approved.clear(tenant).thenApply(exact -> exact + similar);
    }

    @Override
    public List<String> remarks() {
        List<Scope> known;
        synchronized (scopes) {
            known = List.copyOf(scopes.values());
        }
        return Remarks.of(
                known.stream().map(Scope::report).toList(),
                settings.mode() == SimilarSettings.Mode.SERVE,
                settings.maxError(),
                steppedAside.get());
    }

    @Override
    public void close() {
        approved.close();
        synchronized (scopes) {
            if (closed) {
                return;
            }
            closed = true;
            scopes.clear();
        }
        workers.end(embedding::close);
    }
}
