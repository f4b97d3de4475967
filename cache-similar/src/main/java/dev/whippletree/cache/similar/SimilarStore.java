package dev.whippletree.cache.similar;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;

/**
 * Answers questions by what similar ones were answered, each scope by its own threshold. Thread-safe.
 *
 * <p>Vectors are made and compared on a few workers of its own; when all of them are busy and their queue is full, a
 * question isn't looked up at all. Verifiers have other workers, so that a slow one holds up no look-up. A question
 * that goes to the service is remembered until its answer is stored here, which tells whether the stored one would have
 * been wrong. What is remembered after that, for a caller to speak of, is digests and numbers, no text.
 */
final class SimilarStore implements CacheStore {

    /** Questions on their way to the service, and answers that a caller may yet speak of. */
    private static final int MOST_REMEMBERED = 10_000;

    private static final int MOST_WAITING = 256;

    /** A verifier that takes 300 ms can be asked 53 times a second. */
    private static final int VERDICTS_AT_ONCE = 16;

    private static final int MOST_VERDICTS_WAITING = 1_024;

    /** A question may take so much of all memory. */
    private static final int LARGEST_SHARE = 100;

    /** Questions that are open may take so much of it. */
    private static final int OPEN_SHARE = 4;

    private static final CompletableFuture<Optional<CacheHit>> MISS =
            CompletableFuture.completedFuture(Optional.empty());

    private final SimilarSettings settings;
    private final ApprovedStore approved;
    private final Embedding embedding;
    private final Optional<Verifier> verifier;
    private final Services services;
    private final Logger log;
    private final Workers workers;
    private final Workers verdicts;
    private final AtomicLong steppedAside = new AtomicLong();
    private final AtomicLong lostVerdicts = new AtomicLong();
    private final AtomicLong held = new AtomicLong();

    /** Guarded by itself, as the next four are. Their keys hold on to no question. */
    private final Map<ScopeKey, AnswerScope> scopes;

    /**
     * Questions on their way to the service, and hits that haven't been delivered. Nobody says of a question that its
     * call has failed: it stays until others displace it.
     */
    private final MemoryBound<CacheKey, Look> open;

    private final Map<CacheKey, Answered> served = new Recent<>(MOST_REMEMBERED, (key, gone) -> {});
    private final Map<CacheKey, Answered> unconfirmed = new Recent<>(MOST_REMEMBERED, (key, gone) -> {});

    /** Callers' verdicts that came before the answer was stored here. */
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

    /**
     * A question that was answered.
     *
     * @param nearest the id of the question that was nearest to it
     * @param own the id under which it is stored itself, if it is
     */
    private record Answered(AnswerScope scope, AuditedThreshold.Request request, long nearest, OptionalLong own) {

        /** Of a fresh answer: whether the stored one would have been right. */
        void confirm(boolean right) {
            scope.label(request, !right);
            if (right) {
                own.ifPresent(id -> scope.unite(id, nearest));
            }
        }

        /** What was served is wrong. */
        void disown() {
            scope.label(request, true);
            scope.disown(nearest);
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
        this.verdicts = new Workers(services.executor(), VERDICTS_AT_ONCE, MOST_VERDICTS_WAITING);
        this.scopes = new Recent<>(settings.scopes(), (key, gone) -> gone.end());
        this.open = new MemoryBound<>(MOST_REMEMBERED, settings.memory() / OPEN_SHARE, Look::bytes, held::addAndGet);
    }

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        if (key.question().isEmpty()) {
            return MISS;
        }
        if (approved.knows(key)) {
            return approved.get(key);
        }
        CompletableFuture<Optional<CacheHit>> hit = new CompletableFuture<>();
        if (!workers.take(() -> complete(hit, key))) {
            steppedAside.incrementAndGet();
            return MISS;
        }
        return hit;
    }

    private void complete(CompletableFuture<Optional<CacheHit>> hit, CacheKey key) {
        try {
            hit.complete(look(key));
        } catch (Throwable e) {
            hit.completeExceptionally(e);
        }
    }

    private Optional<CacheHit> look(CacheKey key) {
        CacheKey.Question question = key.question().orElseThrow();
        Optional<float[]> vector = embedding.embed(question.text());
        if (vector.isEmpty()) {
            return Optional.empty();
        }
        AnswerScope scope = scopeOf(key.tenant(), question.scope());
        Look look = scope.look(
                question.text(),
                Wording.of(question.text()),
                vector.get(),
                services.random().nextDouble());
        remember(key.withoutQuestion(), look);
        return look.isServed() ? look.nearest().map(stored -> new CacheHit(stored.entry(), false)) : Optional.empty();
    }

    private AnswerScope scopeOf(String tenant, String scope) {
        synchronized (scopes) {
            return scopes.computeIfAbsent(
                    new ScopeKey(tenant, scope),
                    key -> new AnswerScope(
                            key.shortName(),
                            new FlatIndex(settings.questions()),
                            new AuditedThreshold(settings.maxError(), settings.mode() == SimilarSettings.Mode.SERVE),
                            services.clock(),
                            held,
                            this::tellOff));
        }
    }

    private void tellOff(String scope) {
        log.warn(
                "Scope {}: more than {} of requests got wrong answers; nothing is served there until {} more requests are known",
                scope,
                settings.maxError(),
                AuditedThreshold.WINDOW);
    }

    private void remember(CacheKey key, Look question) {
        synchronized (scopes) {
            early.remove(key);
            if (!closed) {
                open.put(key, question);
            }
        }
        makeRoom();
    }

    /** Counts a hit, now that a caller has it. One that came too late for its caller never counts. */
    @Override
    public void delivered(CacheKey key) {
        synchronized (scopes) {
            open.get(key).filter(Look::isServed).ifPresent(hit -> deliver(key.withoutQuestion(), hit));
        }
    }

    private void deliver(CacheKey key, Look hit) {
        open.remove(key);
        served.put(key, new Answered(hit.scope(), hit.scope().delivered(hit), hit.nearestId(), OptionalLong.empty()));
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        if (approved.knows(key)) {
            return approved.put(key, entry);
        }
        CacheKey bare = key.withoutQuestion();
        Optional<Look> question;
        synchronized (scopes) {
            question = open.remove(bare);
            if (verifier.isEmpty()) {
                question.ifPresent(which -> leaveToCaller(bare, which, entry));
            }
        }
        verifier.ifPresent(judge -> question.ifPresent(which -> leaveToVerifier(which, entry, judge)));
        makeRoom();
        return CompletableFuture.completedFuture(null);
    }

    /** Counts a question. Without a nearest one, it counts as if the stored answer were wrong. */
    private static AuditedThreshold.Request count(Look question) {
        // A hit that came too late was no audit: it was drawn to be served.
        AuditedThreshold.Request request = question.scope()
                .answered(question, question.isServed() ? AuditedThreshold.Judgement.ASK : question.judgement());
        if (question.nearest().isEmpty()) {
            question.scope().label(request, true);
        }
        return request;
    }

    private void leaveToVerifier(Look question, CacheEntry fresh, Verifier judge) {
        AuditedThreshold.Request request = count(question);
        if (question.nearest().isEmpty()) {
            store(question, fresh, Optional.empty());
            return;
        }
        int before = question.scope().removals();
        if (!verdicts.take(() -> learn(question, request, fresh, judge, before))) {
            lostVerdicts.incrementAndGet();
            store(question, fresh, Optional.empty());
        }
    }

    private void learn(
            Look question, AuditedThreshold.Request request, CacheEntry fresh, Verifier judge, int removals) {
        Optional<Stored> same = Optional.empty();
        try {
            Stored nearest = question.nearest().orElseThrow();
            boolean right = agrees(judge, question, nearest, fresh);
            question.scope().label(request, !right);
            same = right ? Optional.of(nearest) : sameAnswer(question, fresh, judge);
        } catch (Throwable e) {
            lostVerdicts.incrementAndGet();
            log.warn("The verifier {} failed: {}", judge.name(), String.valueOf(e));
        }
        if (question.scope().removals() == removals) { // Else it may have been forgotten meanwhile.
            store(question, fresh, same);
        }
        makeRoom();
    }

    /** Looks for another question with the same answer, unless verdicts queue up: labels matter more. */
    private Optional<Stored> sameAnswer(Look question, CacheEntry fresh, Verifier judge) {
        if (verdicts.waiting() >= VERDICTS_AT_ONCE) {
            return Optional.empty();
        }
        try {
            return question.scope().sameAnswer(question, stored -> agrees(judge, question, stored, fresh));
        } catch (Throwable e) {
            log.warn("The verifier {} failed: {}", judge.name(), String.valueOf(e));
            return Optional.empty();
        }
    }

    private static boolean agrees(Verifier judge, Look look, Stored stored, CacheEntry fresh) {
        return judge.agree(look.question(), stored.entry().completion(), fresh.completion());
    }

    private Stored store(Look question, CacheEntry fresh, Optional<Stored> same) {
        return question.scope().store(question, fresh, same, settings.memory() / LARGEST_SHARE);
    }

    private void leaveToCaller(CacheKey key, Look question, CacheEntry fresh) {
        AuditedThreshold.Request request = count(question);
        long own = store(question, fresh, Optional.empty()).id();
        Optional<Boolean> said = Optional.ofNullable(early.remove(key));
        if (question.nearest().isPresent()) {
            Answered answer = new Answered(question.scope(), request, question.nearestId(), OptionalLong.of(own));
            said.ifPresentOrElse(answer::confirm, () -> unconfirmed.put(key, answer));
        }
    }

    /** What was used least recently goes, in the scope that was. */
    private void makeRoom() {
        synchronized (scopes) {
            Iterator<AnswerScope> oldest = scopes.values().iterator();
            while (held.get() > settings.memory() && oldest.hasNext()) {
                AnswerScope scope = oldest.next();
                boolean left = true;
                while (left && held.get() > settings.memory()) {
                    left = scope.forgetOldest();
                }
            }
        }
    }

    /**
     * The nearest stored answer, from when the question goes to the service until a caller says whether that would have
     * been right.
     */
    @Override
    public Optional<CacheEntry> unconfirmed(CacheKey key) {
        if (verifier.isPresent()) {
            return Optional.empty();
        }
        synchronized (scopes) {
            Optional<CacheEntry> onItsWay = open.get(key)
                    .filter(question -> !question.isServed() && !early.containsKey(key))
                    .flatMap(Look::nearest)
                    .map(Stored::entry);
            return onItsWay.or(() -> Optional.ofNullable(unconfirmed.get(key))
                    .flatMap(answer -> answer.scope().answer(answer.nearest())));
        }
    }

    /**
     * Of a hit: whether the answer was right. Of a question that went to the service: whether the stored answer would
     * have been.
     */
    @Override
    public void confirm(CacheKey key, boolean right) {
        synchronized (scopes) {
            if (verifier.isEmpty()
                    && open.get(key).filter(question -> !question.isServed()).isPresent()) {
                early.put(key.withoutQuestion(), right);
                return;
            }
            delivered(key); // A caller may have its hit earlier than this store is told of it.
            Optional.ofNullable(unconfirmed.remove(key)).ifPresent(answer -> answer.confirm(right));
            if (!right) {
                Optional.ofNullable(served.remove(key)).ifPresent(Answered::disown);
            }
        }
    }

    /** Removes the answer that the question was served, and the one that is stored for its own words. */
    @Override
    public CompletionStage<Void> remove(CacheKey key) {
        if (key.question().isEmpty() || approved.knows(key)) {
            return approved.remove(key);
        }
        CacheKey.Question question = key.question().get();
        CacheKey bare = key.withoutQuestion();
        synchronized (scopes) {
            delivered(bare);
            // Of no use isn't wrong: it says nothing of the threshold.
            Optional.ofNullable(served.get(bare)).ifPresent(hit -> hit.scope().disown(hit.nearest()));
            Optional.ofNullable(scopes.get(new ScopeKey(key.tenant(), question.scope())))
                    .ifPresent(scope -> scope.forget(Wording.of(question.text())));
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Long> clear(Optional<String> tenant) {
        long removed = 0;
        synchronized (scopes) {
            for (Map.Entry<ScopeKey, AnswerScope> scope : new ArrayList<>(scopes.entrySet())) {
                if (isMeant(tenant, scope.getKey().tenant())) {
                    removed += scope.getValue().end();
                    scopes.remove(scope.getKey());
                }
            }
            open.removeIf(key -> isMeant(tenant, key.tenant()));
            Stream.of(served, unconfirmed, early)
                    .forEach(remembered -> remembered.keySet().removeIf(key -> isMeant(tenant, key.tenant())));
        }
        long similar = removed;
        return approved.clear(tenant).thenApply(exact -> exact + similar);
    }

    private static boolean isMeant(Optional<String> tenant, String whose) {
        return tenant.map(whose::equals).orElse(true);
    }

    @Override
    public List<String> remarks() {
        List<AnswerScope> known;
        synchronized (scopes) {
            known = List.copyOf(scopes.values());
        }
        return Remarks.of(
                known.stream().map(AnswerScope::report).toList(),
                settings.mode() == SimilarSettings.Mode.SERVE,
                settings.maxError(),
                steppedAside.get(),
                lostVerdicts.get());
    }

    @Override
    public void close() {
        approved.close();
        synchronized (scopes) {
            if (closed) {
                return;
            }
            closed = true;
            scopes.values().forEach(AnswerScope::end);
            scopes.clear();
            open.removeIf(key -> true);
            Stream.of(served, unconfirmed, early).forEach(Map::clear);
        }
        verdicts.end(() -> {});
        workers.end(embedding::close);
    }
}
