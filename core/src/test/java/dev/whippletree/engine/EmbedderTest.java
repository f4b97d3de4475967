package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

import dev.whippletree.embedding.Embedder;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Prompt.Operation;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.testkit.shared.Garbage;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedder over the engine, in virtual time. */
final class EmbedderTest {

    private static final Duration LATENCY = Duration.ofMillis(100);
    private static final Duration HALF = Duration.ofMillis(50);

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedCache cache = new ScriptedCache(fixture.timeline);
    private final ScriptedClient client = embedding("a");

    /** The texts of each call, in order. */
    private final List<List<String>> asked = new ArrayList<>();

    private Optional<Embedder> embedder = Optional.empty();

    private ScriptedClient embedding(String id) {
        ScriptedClient made = fixture.account(id, "1000 / 1s").embeds(2_048, 300_000);
        return made.usually(made.later(LATENCY, this::answer));
    }

    /** One token for each text. */
    private Cancellable answer(Prompt prompt, String model, AttemptSink sink) {
        List<String> texts = prompt.messages().stream().map(Message::text).toList();
        asked.add(texts);
        sink.firstByte();
        sink.delta(new Delta.Text(texts.stream().map(EmbedderTest::vector).collect(Collectors.joining("\n"))));
        sink.done(new AnswerEnd(FinishReason.STOP, Optional.of(TokenUsage.of(texts.size(), 0)), model));
        return () -> {};
    }

    private static String vector(String text) {
        return Embedding.encode(new float[] {text.length(), text.hashCode()});
    }

    private Embedder embedder() {
        embedder = embedder.or(() -> Optional.of(new Embedder(fixture.engine(), fixture.timeline)));
        return embedder.get();
    }

    private CompletableFuture<Embeddings> embed(String... texts) {
        return embedder().embed(Prompt.embedding(List.of(texts)));
    }

    private CompletableFuture<Embeddings> embed(List<String> texts) {
        return embedder().embed(Prompt.embedding(texts));
    }

    private static Prompt.Builder prompt(String... texts) {
        Prompt.Builder prompt = Prompt.builder().operation(Operation.EMBEDDING);
        Stream.of(texts).forEach(prompt::user);
        return prompt;
    }

    private static List<String> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> "text " + number).toList();
    }

    private static void assertVectors(CompletableFuture<Embeddings> answer, String... texts) {
        assertThat(answer.join().all().stream().map(Embedding::base64))
                .containsExactly(Stream.of(texts).map(EmbedderTest::vector).toArray(String[]::new));
    }

    private void assertNothingLeft() {
        assertThat(embedder().textsUnderWay()).isZero();
        assertThat(fixture.status().inFlight()).isZero();
    }

    private static PromptException failure(CompletableFuture<Embeddings> answer) {
        try {
            throw new AssertionError("there are vectors: " + answer.getNow(null));
        } catch (CompletionException e) {
            return (PromptException) e.getCause();
        }
    }

    @Test
    void texts_getTheirVectorsInOrder_eachAskedForOnce() {
        CompletableFuture<Embeddings> answer = embed("b", "a", "b", "c");
        fixture.run();
        assertVectors(answer, "b", "a", "b", "c");
        assertThat(asked).containsExactly(List.of("b", "a", "c"));
        assertThat(answer.join().usage().promptTokens()).isEqualTo(3);
        assertThat(answer.join().origin().source()).isEqualTo(Origin.Source.CALL);
        assertThat(answer.join().all().get(0).vector()).containsExactly(1f, 98f);
        assertNothingLeft();
    }

    @Test
    void ofHundredTextsNinetyKnown_tenAreAsked() {
        fixture.cache("near", cache);
        embed(texts(0, 90));
        fixture.run();
        CompletableFuture<Embeddings> answer = embed(texts(0, 100));
        fixture.run();
        assertVectors(answer, texts(0, 100).toArray(String[]::new));
        assertThat(asked).containsExactly(texts(0, 90), texts(90, 100));
        assertThat(answer.join().usage()).isEqualTo(TokenUsage.of(10, 0));
        assertThat(answer.join().cached()).isEqualTo(90);
        CompletableFuture<Embeddings> known = embed("text 7");
        fixture.run();
        assertThat(known.join().usage()).isEqualTo(TokenUsage.NONE);
        assertThat(known.join().origin().source()).isEqualTo(Origin.Source.CACHE);
        assertThat(known.join().origin().cache()).contains("near");
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 50})
    void textsUnderWayOrBeingLookedUp_areJoined(long lookUpMillis) {
        fixture.cache("near", cache.latency(Duration.ofMillis(lookUpMillis)));
        CompletableFuture<Embeddings> first = embed("a", "b");
        fixture.advance(Duration.ofMillis(40));
        CompletableFuture<Embeddings> second = embed("b", "c");
        fixture.run();
        assertVectors(first, "a", "b");
        assertVectors(second, "b", "c");
        assertThat(asked).containsExactly(List.of("a", "b"), List.of("c"));
        assertThat(second.join().usage().promptTokens()).isEqualTo(1);
        assertThat(second.join().all().get(0).origin().source()).isEqualTo(Origin.Source.JOINED);
        assertNothingLeft();
    }

    @Test
    void textBeingStored_isNotAskedForAgain() {
        fixture.cache("near", cache.latency(HALF));
        embed("a", "b");
        fixture.advance(HALF.plus(LATENCY).plusMillis(1));
        assertThat(asked).hasSize(1);
        CompletableFuture<Embeddings> second = embed("b");
        fixture.run();
        assertVectors(second, "b");
        assertThat(asked).hasSize(1);
        assertNothingLeft();
    }

    /** A stack that grew with each batch would overflow, and the request hang with all its texts. */
    @Test
    void manyTexts_areLookedUpOnAStackThatDoesNotGrow_byACacheThatAnswersAtOnce() {
        Set<Long> depths = new HashSet<>();
        fixture.cache("near", new ScriptedCache(fixture.timeline) {
            @Override
            public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
                depths.add(StackWalker.getInstance().walk(Stream::count));
                return super.get(key);
            }
        });
        CompletableFuture<Embeddings> answer = embed(texts(0, 2_000));
        fixture.run();
        assertThat(answer.join().all()).hasSize(2_000);
        assertThat(depths).hasSize(1);
        assertNothingLeft();
    }

    @Test
    void openerCancels_othersAreStillAnswered() {
        CompletableFuture<Embeddings> first = embed("a", "b");
        fixture.advance(HALF);
        CompletableFuture<Embeddings> second = embed("b");
        first.cancel(false);
        fixture.run();
        assertVectors(second, "b");
        assertThat(asked).containsExactly(List.of("a", "b"));
        assertNothingLeft();
    }

    @Test
    void openerCancelsWhileLookingUp_othersAskForWhatTheyWant() {
        fixture.cache("near", cache.latency(HALF));
        CompletableFuture<Embeddings> first = embed("a", "b", "c");
        CompletableFuture<Embeddings> second = embed("b", "c");
        first.cancel(false);
        fixture.run();
        assertVectors(second, "b", "c");
        assertThat(asked).containsExactly(List.of("b", "c"));
        assertNothingLeft();
    }

    @Test
    void lastCancels_callEnds() {
        CompletableFuture<Embeddings> first = embed("a", "b");
        CompletableFuture<Embeddings> second = embed("b");
        fixture.advance(HALF);
        first.cancel(false);
        second.cancel(false);
        fixture.run();
        assertThat(client.cancelled()).isEqualTo(1);
        assertThat(asked).isEmpty();
        assertNothingLeft();
    }

    @Test
    void oneOfSeveralCallsFails_theOthersAreCancelled() {
        client.embeds(1, 300_000)
                .then(client.failsAfter(HALF, FailureKind.REJECTED))
                .then(client.hangs());
        CompletableFuture<Embeddings> answer = embed("a", "b");
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.REJECTED);
        assertThat(client.cancelled()).isEqualTo(1);
        assertNothingLeft();
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureKind.class,
            names = {"REJECTED", "FILTERED", "TOO_LARGE"})
    void refusedForAnothersText_isAskedForAgainAlone(FailureKind kind) {
        client.then(client.failsAfter(LATENCY, kind));
        CompletableFuture<Embeddings> bad = embed("", "b", "c");
        fixture.advance(HALF);
        CompletableFuture<Embeddings> good = embed("b", "c", "d");
        fixture.run();
        assertThat(failure(bad).reason()).isEqualTo(Reason.valueOf(kind.name()));
        assertVectors(good, "b", "c", "d");
        assertThat(asked).containsExactly(List.of("d"), List.of("b", "c"));
        assertNothingLeft();
    }

    @Test
    void deadlineOfOne_isNotTheOthers() {
        CompletableFuture<Embeddings> hasty =
                embedder().embed(prompt("a", "b").deadline(HALF).build());
        fixture.advance(Duration.ofMillis(10));
        CompletableFuture<Embeddings> patient =
                embedder().embed(prompt("b").deadline(Duration.ofSeconds(9)).build());
        fixture.run();
        assertThat(failure(hasty).reason()).isEqualTo(Reason.DEADLINE);
        assertVectors(patient, "b");
        assertThat(asked).hasSize(1);
        assertNothingLeft();
    }

    /** Its first call is paid for; the second one waits behind another request's, which is more urgent. */
    @Test
    void deadlineOfACallThatWaits_saysThatAnotherWasMade() {
        ScriptedClient one = fixture.account("one", Optional.empty(), 1).embeds(1, 300_000);
        ScriptedClient.Behaviour answers = one.later(LATENCY, this::answer);
        one.then(answers).then(answers).then(one.hangs());
        fixture.tier("one");
        embed("before");
        fixture.run();
        Duration deadline = Duration.ofSeconds(2);
        Prompt prompt =
                prompt("a", "b").priority(Priority.BATCH).deadline(deadline).build();
        CompletableFuture<Embeddings> answer = embedder().embed(prompt);
        fixture.advance(HALF);
        CompletableFuture<Embeddings> urgent = embed("c");
        fixture.advance(deadline);
        assertThat(failure(answer).reason()).isEqualTo(Reason.DEADLINE);
        assertThat(failure(answer).tried()).isEqualTo(deadline.minus(LATENCY));
        assertThat(asked).containsExactly(List.of("before"), List.of("a"));
        urgent.cancel(false);
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(longs = {40, 120})
    void deadline_countsFromTheRequest_alsoWhileLookingUp(long millis) {
        fixture.cache("near", cache.latency(HALF));
        CompletableFuture<Embeddings> answer =
                embedder().embed(prompt("a").deadline(Duration.ofMillis(millis)).build());
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.DEADLINE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deadlineThatPassesDuringTheLookUps_isKept(boolean ofThePrompt) {
        Duration deadline = Duration.ofSeconds(2);
        fixture.cache("near", cache.latency(Duration.ofMillis(900)));
        fixture.route(route -> route.toBuilder()
                .deadline(ofThePrompt ? Duration.ofHours(1) : deadline)
                .build());
        Prompt.Builder prompt = prompt(texts(0, 1_000).toArray(String[]::new));
        CompletableFuture<Embeddings> answer =
                embedder().embed(ofThePrompt ? prompt.deadline(deadline).build() : prompt.build());
        fixture.advance(deadline);
        assertThat(failure(answer).reason()).isEqualTo(Reason.DEADLINE);
        assertThat(failure(answer))
                .hasMessage("no answer within 2 s; until then, its texts were looked up in the caches");
        fixture.run();
        assertThat(asked).isEmpty();
        assertNothingLeft();
    }

    @Test
    void failedCall_isRepeatedByAnotherAccountOfTheModel() {
        ScriptedClient other = embedding("b");
        client.usually(client.failsAfter(LATENCY, FailureKind.UNAVAILABLE));
        CompletableFuture<Embeddings> answer = embed("x");
        fixture.run();
        assertVectors(answer, "x");
        assertThat(other.calls()).isEqualTo(1);
        assertThat(answer.join().calls()).isEqualTo(2);
    }

    @Test
    void failover_neverCrossesModels() {
        ScriptedClient other = embedding("b");
        fixture.tier("a").tier("b/other");
        client.usually(client.failsAfter(LATENCY, FailureKind.UNAVAILABLE));
        CompletableFuture<Embeddings> answer = embed("x");
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(other.calls()).isZero();
    }

    @Test
    void modelOfThePrompt_isTheOnlyOne() {
        ScriptedClient other = embedding("b");
        fixture.tier("a").tier("b/other");
        CompletableFuture<Embeddings> answer =
                embedder().embed(prompt("x").model("other").build());
        fixture.run();
        assertVectors(answer, "x");
        assertThat(client.calls()).isZero();
        assertThat(other.models()).containsExactly("other");
    }

    @Test
    void firstTargetThatEmbeds_determinesTheModel() {
        ScriptedClient chatOnly = fixture.account("chat");
        fixture.tier("chat/talker").tier("a");
        CompletableFuture<Embeddings> answer = embed("x");
        fixture.run();
        assertVectors(answer, "x");
        assertThat(chatOnly.calls()).isZero();
    }

    @Test
    void providerWithoutEmbeddings_isRefusedBeforeACall() {
        ScriptedClient chatOnly = fixture.account("chat");
        fixture.tier("chat");
        CompletableFuture<Embeddings> answer = embed("x");
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.REJECTED);
        assertThat(failure(answer)).hasMessageContaining("account chat: its provider has no embeddings");
        assertThat(chatOnly.calls()).isZero();
        assertNothingLeft();
    }

    @Test
    void manyTexts_areSplitByInputsAndTokens() {
        client.embeds(3, 10);
        CompletableFuture<Embeddings> answer = embedder()
                .embed(prompt("a", "b", "c", "d", "123456", "123", "12345", "123456789012", "e")
                        .message(Message.tokens(Collections.nCopies(10, 7)))
                        .build());
        fixture.run();
        assertThat(answer.join().all()).hasSize(10);
        assertThat(asked)
                .containsExactly(
                        List.of("a", "b", "c"),
                        List.of("d", "123456", "123"),
                        List.of("12345"),
                        List.of("123456789012"),
                        List.of("e"),
                        List.of(""));
        assertThat(answer.join().usage().promptTokens()).isEqualTo(10);
        assertThat(answer.join().calls()).isEqualTo(6);
    }

    @Test
    void boundsOfAllAccountsOfTheModel_hold() {
        embedding("b").embeds(2, 300_000);
        CompletableFuture<Embeddings> answer = embed(texts(0, 5));
        fixture.run();
        assertThat(answer.join().all()).hasSize(5);
        assertThat(asked).hasSize(3).allMatch(texts -> texts.size() <= 2);
    }

    @Test
    void withoutCache_isAskedForAnew_andLeavesOthersTheCache() {
        fixture.cache("near", cache);
        embed("a");
        fixture.run();
        CompletableFuture<Embeddings> one =
                embedder().embed(prompt("a").noCache().build());
        CompletableFuture<Embeddings> two =
                embedder().embed(prompt("a").noCache().build());
        CompletableFuture<Embeddings> known = embed("a");
        fixture.run();
        assertThat(asked).hasSize(3);
        assertVectors(one, "a");
        assertVectors(two, "a");
        assertThat(known.join().cached()).isEqualTo(1);
        assertNothingLeft();
        embedder().embed(prompt("c").noStore().build());
        fixture.run();
        assertThat(cache.entries()).hasSize(1);
        assertNothingLeft();
    }

    @Test
    void dimensionsAndTenants_areApart() {
        fixture.cache("near", cache);
        embedder().embed(prompt("a").extra("dimensions", 8).build());
        embedder().embed(prompt("a").extra("dimensions", 9).build());
        embedder().embed(prompt("a").tenant("t").build());
        embedder().embed(prompt("a").extra("user", "somebody").build());
        embed("a");
        fixture.run();
        assertThat(asked).hasSize(4);
        assertThat(cache.entries()).hasSize(4);
    }

    @Test
    void tokensOfTexts_areReservedAndNothingElse() {
        fixture.route(route -> route.toBuilder().maxTokens(1_000).build());
        client.admitsPrompts(prompt -> Admission.asMade(prompt.messages().size(), 0));
        assertThat(fixture.engine()
                        .tokensToReserve(Prompt.embedding(List.of("a", "b", "c")))
                        .total())
                .isEqualTo(3);
        CompletableFuture<Embeddings> answer = embed("a");
        fixture.run();
        assertVectors(answer, "a");
    }

    @Test
    void callsOfTexts_areCounted_equalTextsOnce() {
        client.embeds(2, 300_000);
        assertThat(embedder().calls(Prompt.embedding(List.of("a", "b", "c", "b", "a", "d", "e"))))
                .isEqualTo(3);
        assertThat(embedder().calls(prompt("a", "b").route("nowhere").build())).isEqualTo(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void oneText_isOneCall_withoutItsKey() {
        Engine engine = mock(Engine.class);
        assertThat(new Embedder(engine, fixture.timeline).calls(Prompt.embedding(List.of("a"))))
                .isEqualTo(1);
        verifyNoInteractions(engine);
    }

    @Test
    void wrongNumberOfVectors_isNoAnswer() {
        fixture.cache("near", cache);
        client.usually(client.answersAfter(LATENCY, vector("a")));
        CompletableFuture<Embeddings> answer = embed("a", "b");
        fixture.run();
        assertThat(failure(answer)).hasMessageContaining("account a: its provider ");
        assertThat(cache.entries()).isEmpty();
        assertNothingLeft();
    }

    @Test
    void closing_endsRequestsAndStoresAnswers() {
        fixture.cache("near", cache.latency(HALF));
        CompletableFuture<Embeddings> answer = embed("a", "b");
        fixture.advance(HALF.plusMillis(1));
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ofSeconds(5));
        fixture.run();
        assertVectors(answer, "a", "b");
        assertThat(closed).isCompleted();
        assertThat(cache.entries()).hasSize(2);
        CompletableFuture<Embeddings> late = embed("c");
        fixture.run();
        assertThat(failure(late).reason()).isEqualTo(Reason.CLOSED);
        assertNothingLeft();
    }

    @Test
    void closing_letsTextsBeAskedForThatAreBeingLookedUp_andTakesNoOthers() {
        fixture.cache("near", cache.latency(HALF));
        CompletableFuture<Embeddings> answer = embed("a", "b");
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ofSeconds(5));
        CompletableFuture<Embeddings> late = embed("c");
        assertThat(failure(late).reason()).isEqualTo(Reason.CLOSED);
        fixture.run();
        assertVectors(answer, "a", "b");
        assertThat(asked).containsExactly(List.of("a", "b"));
        assertThat(closed).isCompleted();
        assertNothingLeft();
    }

    @Test
    void graceThatEndsDuringTheLookUps_endsTheRequest() {
        fixture.cache("silent", cache.fault(CompletableFuture::new));
        CompletableFuture<Embeddings> answer = embed(texts(0, 1_000));
        CompletableFuture<Void> closed = fixture.engine().close(Duration.ofSeconds(2));
        fixture.advance(Duration.ofSeconds(2));
        assertThat(failure(answer).reason()).isEqualTo(Reason.CLOSED);
        assertThat(closed).isCompleted();
        fixture.run();
        assertThat(asked).isEmpty();
        assertNothingLeft();
    }

    @Test
    void executorTakesNothingMore_storedVectorsAreGivenAllTheSame() {
        fixture.cache("near", cache.latency(HALF));
        embed("a");
        fixture.run();
        Embedder refused = new Embedder(fixture.engine(), new ForwardingTimeline(fixture.timeline) {
            @Override
            public Executor executor() {
                return task -> {
                    throw new RejectedExecutionException("it is full");
                };
            }
        });
        CompletableFuture<Embeddings> answer = refused.embed(Prompt.embedding(List.of("a")));
        fixture.run();
        assertThat(answer).isCompleted();
        assertVectors(answer, "a");
    }

    @Test
    void vectorForgottenByWhomItIsTold_isAskedForAgain() {
        CompletableFuture<Void> forgotten = embed("a")
                .thenCompose(vectors -> fixture.engine().forget(prompt("a").build()));
        fixture.run();
        assertThat(forgotten).isCompleted();
        CompletableFuture<Embeddings> again = embed("a");
        fixture.run();
        assertVectors(again, "a");
        assertThat(asked).hasSize(2);
    }

    @Test
    void withdrawnRequest_getsTheCallsUnderWay_andNoOther() {
        fixture.cache("near", cache);
        client.embeds(1, 300_000);
        CompletableFuture<Embeddings> answer = embed(texts(0, 3_000));
        fixture.advance(HALF);
        int underWay = fixture.status().inFlight();
        assertThat(underWay).isBetween(1, 2_999);
        embedder().withdraw(answer);
        assertThat(fixture.status().waiting()).isZero();
        assertThat(answer).as("while calls are under way").isNotDone();
        fixture.run();
        assertThat(answer).isCancelled();
        assertThat(asked).hasSize(underWay);
        assertThat(cache.entries()).hasSize(underWay);
        assertNothingLeft();
    }

    @Test
    void withdrawnRequest_thatLooksUpOrWaits_endsAtOnce_alone() {
        fixture.cache("near", cache.latency(HALF));
        CompletableFuture<Embeddings> answer = embed("a", "b");
        CompletableFuture<Embeddings> other = embed("b");
        embedder().withdraw(answer);
        assertThat(answer).isCancelled();
        fixture.run();
        assertVectors(other, "b");
        assertThat(asked).containsExactly(List.of("b"));
        embedder().withdraw(new CompletableFuture<>());
        assertNothingLeft();
    }

    @Test
    void requestOfAnotherEmbedder_isIgnored() {
        EngineFixture others = new EngineFixture();
        others.account("b");
        Embedder other = new Embedder(others.engine(), others.timeline);
        fixture.cache("near", cache.latency(HALF));
        CompletableFuture<Embeddings> lookedUp = embed("a");
        other.withdraw(lookedUp);
        fixture.advance(HALF);
        other.withdraw(lookedUp);
        fixture.run();
        assertVectors(lookedUp, "a");
        assertNothingLeft();
    }

    @Test
    void withdrawnRequest_whoseTextAnothersCallWasRefusedFor_doesntAskAgain() {
        client.usually(client.failsAfter(LATENCY, FailureKind.REJECTED));
        CompletableFuture<Embeddings> both = embed("a", "b");
        CompletableFuture<Embeddings> one = embed("b");
        fixture.advance(HALF);
        embedder().withdraw(one);
        fixture.run();
        assertThat(failure(both).reason()).isEqualTo(Reason.REJECTED);
        assertThat(failure(one).reason()).isEqualTo(Reason.REJECTED);
        assertNothingLeft();
    }

    @Test
    void keptVectors_doNotKeepTheirTexts() {
        List<CompletableFuture<Embeddings>> kept = new ArrayList<>();
        WeakReference<String> text = new WeakReference<>(embed(new String(new char[100_000]), kept));
        fixture.run();
        asked.clear();
        assertThat(Garbage.isGone(text)).isTrue();
        assertThat(kept.get(0)).isCompleted();
    }

    private String embed(String text, List<CompletableFuture<Embeddings>> kept) {
        kept.add(embed(text));
        return text;
    }

    @Test
    void chatPrompt_isNotEmbedded() {
        assertThatThrownBy(() -> embedder().embed(Prompt.of("a"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prompt("a").maxTokens(3).build()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prompt("a").system("Be kind").build()).isInstanceOf(IllegalArgumentException.class);
        assertThat(embedder().embed(prompt("a").route("nowhere").build())).isCompletedExceptionally();
    }
}
