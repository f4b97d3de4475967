package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.ArgumentMatchers.startsWith;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.withSettings;

import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.model.Completion;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** The store in virtual time, over vectors that say by a question's first word what it means. */
class SimilarStoreTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final Logger log = mock(Logger.class);

    /** What verifiers are to do, where that is held back. */
    private final Deque<Runnable> judging = new ArrayDeque<>();

    private boolean putting;
    private boolean closed;
    private SimilarStore store = open(Map.of("mode", "serve", "max-error", "10%"), Optional.of(new EqualVerifier()));

    /** Questions with the same first word lie together, others at right angles. */
    private final class FirstWords implements Embedding {

        private final Map<String, Integer> places = new HashMap<>();

        @Override
        public synchronized Optional<float[]> embed(String text) {
            if (text.length() > 100) {
                return Optional.empty();
            }
            float[] vector = new float[64];
            vector[places.computeIfAbsent(text.split(" ")[0], word -> places.size())] = 1;
            return Optional.of(vector);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private SimilarStore open(Map<String, String> values, Optional<Verifier> verifier) {
        SimilarSettings settings = SimilarSettings.from(
                new Settings("cache similar", values), ApprovedWordings.parse("approved one\napproved other\n"));
        FakeServices virtual = FakeServices.on(timeline);
        Services services = mock(Services.class, withSettings().stubOnly().defaultAnswer(delegatesTo(virtual)));
        doReturn(log).when(services).logger("cache.similar");
        Executor executor = task -> {
            if (putting) {
                judging.add(task);
            } else {
                virtual.executor().execute(task);
            }
        };
        doReturn(executor).when(services).executor();
        return new SimilarStore(
                settings, new ApprovedStore(settings, services.clock()), new FirstWords(), verifier, services);
    }

    private void reopen(Map<String, String> values, Optional<Verifier> verifier) {
        store.close();
        store = open(values, verifier);
    }

    /** Stores what waits for its verdict in {@link #judging}. */
    private void putUnjudged(CacheKey key, String answer) {
        putting = true;
        store.put(key, entry(answer));
        putting = false;
    }

    private static CacheKey key(String tenant, String scope, String question) {
        String digest = String.format("%064x", (tenant + scope + question).hashCode() & 0xffffffffL);
        return new CacheKey(digest, tenant, Optional.of(new CacheKey.Question(question, scope)));
    }

    private static CacheKey key(String question) {
        return key("acme", "scope", question);
    }

    private CacheEntry entry(String answer) {
        return new CacheEntry(Replay.entry(answer).completion(), timeline.now().plus(Duration.ofHours(1)));
    }

    /** Looks up, and says that a hit was delivered. */
    private Optional<CacheHit> get(CacheKey key) {
        Optional<CacheHit> hit = find(key);
        hit.ifPresent(found -> store.delivered(key));
        return hit;
    }

    private Optional<CacheHit> find(CacheKey key) {
        CompletableFuture<Optional<CacheHit>> found = store.get(key).toCompletableFuture();
        timeline.advance(Duration.ofMillis(1));
        assertThat(found).isDone();
        return found.join();
    }

    /** Asks, and has the service answer what isn't stored; returns the answer that was served, if one was. */
    private Optional<String> ask(CacheKey key, String answer) {
        Optional<CacheHit> hit = get(key);
        if (hit.isEmpty()) {
            store.put(key, entry(answer));
            timeline.advance(Duration.ofMillis(1));
        }
        return hit.map(found -> found.entry().completion().text());
    }

    private void warmUp() {
        for (int i = 0; i < 500; i++) {
            ask(key((i % 2 == 0 ? "red " : "blue ") + word(i)), i % 2 == 0 ? "warm" : "cold");
        }
    }

    /** Another word each time; numbers would be objected to. */
    private static String word(int i) {
        return Integer.toString(i + 100, 36).replaceAll("[0-9]", "x")
                + Character.toString('a' + i % 26)
                + "y".repeat(i % 7);
    }

    private int hitsOf(int asked, String scope, String tenant) {
        int hits = 0;
        for (int i = 0; i < asked; i++) {
            hits += ask(key(tenant, scope, "red again " + word(i) + "z".repeat(i % 5 + 1)), "warm")
                            .isPresent()
                    ? 1
                    : 0;
        }
        return hits;
    }

    @Test
    void removedQuestion_isntServed_norWhatAnsweredIt() {
        warmUp();
        CacheKey again = key("red " + word(0));
        while (ask(again, "warm").isEmpty()) {
            assertThat(timeline.nanoTime()).isLessThan(Duration.ofSeconds(1).toNanos());
        }
        for (int i = 0; i < 500; i += 2) {
            store.remove(key("red " + word(i)));
        }
        assertThat(find(key("red at last")).map(hit -> hit.entry().completion().text()))
                .isNotEqualTo(Optional.of("warm"));
        int served = 0;
        for (int i = 0; i < 50; i++) {
            served += get(key("blue at last " + word(i))).isPresent() ? 1 : 0;
        }
        assertThat(served).isPositive();
    }

    @Test
    void afterWarmUp_similarQuestionIsServed_andIsNoExactHit() {
        warmUp();
        int served = 0;
        for (int i = 0; i < 50; i++) {
            Optional<CacheHit> hit = get(key("red at last " + word(i)));
            assertThat(hit.map(found -> found.exact())).isNotEqualTo(Optional.of(true));
            assertThat(hit.map(found -> found.entry().completion().text())).isIn(Optional.of("warm"), Optional.empty());
            served += hit.isPresent() ? 1 : 0;
        }
        assertThat(served).isBetween(25, 50);
    }

    @Test
    void otherScope_andOtherTenant_shareNothing_norDoTheyClearEachOthers() {
        for (int i = 0; i < AuditedThreshold.WARM_UP - 1; i++) {
            assertThat(ask(key("red " + word(i)), "warm")).isEmpty();
        }
        warmUp();
        assertThat(hitsOf(50, "scope", "acme")).isPositive();
        assertThat(hitsOf(50, "other scope", "acme")).isZero();
        assertThat(store.remarks()).anyMatch(remark -> remark.startsWith("scope other sc: 50 requests"));
        assertThat(hitsOf(50, "scope", "other tenant")).isZero();
        assertThat(clear(Optional.of("other tenant"))).isEqualTo(50);
        assertThat(hitsOf(50, "scope", "acme")).isPositive();
        timeline.advance(Duration.ofHours(2));
        assertThat(hitsOf(1, "scope", "acme")).as("all has expired").isZero();
        assertThat(clear(Optional.of("acme"))).isPositive();
        assertThat(clear(Optional.empty())).isZero();
    }

    private long clear(Optional<String> tenant) {
        return store.clear(tenant).toCompletableFuture().join();
    }

    @Test
    void promptWithoutQuestion_andQuestionTooLong_areMisses() {
        warmUp();
        assertThat(get(new CacheKey("0".repeat(64), "acme", Optional.empty()))).isEmpty();
        assertThat(get(key("red " + "x".repeat(100)))).isEmpty();
    }

    @Test
    void approvedWordings_areExactHits_fromTheSecondRequestOn() {
        assertThat(ask(key("approved one"), "yes")).isEmpty();
        Optional<CacheHit> hit = get(key("Approved  other"));
        assertThat(hit).hasValueSatisfying(found -> assertThat(found.exact()).isTrue());
    }

    @Test
    void tooMuchAtOnce_isPassedOnUnseen() {
        warmUp();
        int missedAtOnce = 0;
        for (int i = 0; i < 1_000; i++) {
            missedAtOnce +=
                    store.get(key("red " + word(i))).toCompletableFuture().isDone() ? 1 : 0;
        }
        assertThat(missedAtOnce).isBetween(700, 750);
        assertThat(store.remarks()).anyMatch(remark -> remark.endsWith("skipped under load"));
        timeline.advance(Duration.ofMillis(1));
        assertThat(hitsOf(20, "scope", "acme")).isPositive();
    }

    @Test
    void shadow_servesNothing_andTellsWhatItWouldHaveDone() {
        reopen(Map.of("mode", "shadow", "max-error", "10%"), Optional.of(new EqualVerifier()));
        warmUp();
        assertThat(hitsOf(300, "scope", "acme")).isZero();
        assertThat(store.remarks()).singleElement().asString().contains("would have been served", "0.0 % of requests");
    }

    @Test
    void callerSaysServedAnswerIsWrong_itIsForgotten_andNoOther() {
        int stored = 0;
        for (int i = 0; i < 500; i++) {
            stored += ask(key("red " + word(i)), "warm").isEmpty() ? 1 : 0;
        }
        for (int i = 0; ; i++) {
            CacheKey key = key("red wrong " + word(i));
            if (get(key).isPresent()) {
                store.confirm(key, false);
                break;
            }
            store.put(key, entry("warm"));
            timeline.advance(Duration.ofMillis(1));
            stored++;
        }
        assertThat(clear(Optional.empty())).isEqualTo(stored - 1);
    }

    @Test
    void verifierThatIsTheCaller_confirmedAnswersAreServed_unconfirmedArent() {
        reopen(Map.of("mode", "serve", "max-error", "10%", "verifier", "caller"), Optional.empty());
        int hits = 0;
        for (int i = 0; i < 700; i++) {
            CacheKey key = key("red " + word(i) + "q".repeat(i % 3 + 1));
            hits += ask(key, "warm, said in words of its own " + i).isPresent() ? 1 : 0;
            store.unconfirmed(key).ifPresent(stored -> store.confirm(key, true));
        }
        assertThat(hits).isPositive();
        reopen(Map.of("mode", "serve", "max-error", "10%", "verifier", "caller"), Optional.empty());
        for (int i = 0; i < 700; i++) {
            assertThat(ask(key("red " + word(i) + "q".repeat(i % 3 + 1)), "warm " + i))
                    .isEmpty();
        }
    }

    @Test
    void close_freesTheModelOnceNothingIsUnderWay() {
        CompletableFuture<Optional<CacheHit>> late = store.get(key("red one")).toCompletableFuture();
        store.close();
        assertThat(closed).isFalse();
        timeline.advance(Duration.ofMillis(1));
        assertThat(late).isDone();
        assertThat(closed).isTrue();
        store.close();
    }

    private long requestsCounted() {
        return Long.parseLong(store.remarks().get(0).replaceAll("scope .*: (\\d+) requests.*", "$1"));
    }

    private long servedCounted() {
        return Long.parseLong(store.remarks().get(0).replaceAll(".* requests, (\\d+) served.*", "$1"));
    }

    /** Asks until something is found. */
    private CacheKey firstHit(String start) {
        for (int i = 0; ; i++) {
            CacheKey key = key(start + " " + word(i));
            if (find(key).isPresent()) {
                return key;
            }
            store.put(key, entry("warm"));
            timeline.advance(Duration.ofMillis(1));
        }
    }

    @Test
    void hitThatCameTooLate_countsByWhatTheServiceAnswered() {
        warmUp();
        CacheKey hit = firstHit("red late");
        long before = requestsCounted();
        long served = servedCounted();
        store.put(hit, entry("warm"));
        timeline.advance(Duration.ofMillis(1));
        assertThat(requestsCounted()).isEqualTo(before + 1);
        assertThat(servedCounted()).isEqualTo(served);
        store.delivered(hit);
        store.delivered(hit);
        assertThat(requestsCounted()).isEqualTo(before + 1);
    }

    @Test
    void confirmationThatIsEarlierThanTheDelivery_countsAsBoth() {
        warmUp();
        CacheKey hit = firstHit("red early");
        long before = requestsCounted();
        store.confirm(hit, false);
        store.delivered(hit);
        assertThat(requestsCounted()).isEqualTo(before + 1);
        assertThat(store.remarks().get(0)).contains("1 hits were called wrong");
    }

    private static Verifier judge(BiPredicate<String, String> agree) {
        return new Verifier() {
            @Override
            public String name() {
                return "odd";
            }

            @Override
            public boolean agree(String question, Completion stored, Completion fresh) {
                return agree.test(stored.text(), fresh.text());
            }
        };
    }

    @Test
    void verifierThatFails_isTold_andWhatItDidNotJudgeCountsAsWrong() {
        reopen(Map.of("mode", "shadow", "max-error", "10%"), Optional.of(judge((stored, fresh) -> {
            throw new IllegalStateException("no judge today");
        })));
        warmUp();
        verify(log, atLeast(490))
                .warn("The verifier {} failed: {}", "odd", "java.lang.IllegalStateException: no judge today");
        assertThat(store.remarks())
                .anyMatch(remark -> remark.matches("49\\d verdicts were lost because .*"))
                .anyMatch(remark -> remark.matches(".*; 29\\d unjudged answers count as wrong"));
        assertThat(hitsOf(300, "scope", "acme")).isZero();
    }

    @Test
    void verifierThatFailsAboutAnotherAnswerThanTheNearest_isTold_andLosesNoVerdict() {
        reopen(Map.of("mode", "shadow", "max-error", "10%"), Optional.of(judge((stored, fresh) -> {
            if (stored.equals("cold")) {
                throw new IllegalStateException("no judge today");
            }
            return stored.equals(fresh);
        })));
        ask(key("red apple"), "warm");
        ask(key("blue sky"), "cold");
        ask(key("red pear"), "hot");
        verify(log).warn("The verifier {} failed: {}", "odd", "java.lang.IllegalStateException: no judge today");
        assertThat(store.remarks()).noneMatch(remark -> remark.contains("lost"));
        assertThat(clear(Optional.empty())).isEqualTo(3);
    }

    @Test
    void scopeThatGivesTooManyWrongAnswers_isSwitchedOff_andToldOnce() {
        warmUp();
        for (int i = 0; i < 600; i++) {
            CacheKey key = key("red wrong " + word(i));
            if (get(key).isEmpty()) {
                putUnjudged(key, "hot");
            }
        }
        judging.forEach(Runnable::run);
        verify(log)
                .warn(
                        startsWith(
                                "Scope {}: more than {} of requests got wrong answers; nothing is served there until"),
                        eq("scope"),
                        eq(0.1),
                        eq(AuditedThreshold.WINDOW));
        assertThat(hitsOf(50, "scope", "acme")).isZero();
    }

    /** A judge that takes 300 ms, asked 25 times a second: it holds up no look-up, and hits come. */
    @Test
    void slowVerifier_holdsUpNoLookUp() {
        int hits = 0;
        for (int i = 0; i < 1_000; i++) {
            CacheKey key = key((i % 2 == 0 ? "red " : "blue ") + word(i));
            if (get(key).isPresent()) {
                hits++;
            } else {
                putUnjudged(key, i % 2 == 0 ? "warm" : "cold");
            }
            if (judging.size() >= 8) {
                judging.remove().run();
            }
        }
        assertThat(hits).isGreaterThan(300);
        assertThat(store.remarks()).noneMatch(remark -> remark.contains("lost") || remark.contains("skipped"));
    }

    @Test
    void verifierThatCantKeepUp_losesVerdicts_andTellsHowMany() {
        ask(key("red one"), "warm");
        for (int i = 0; i < 1_100; i++) {
            CacheKey key = key("red " + word(i));
            find(key);
            putUnjudged(key, "warm");
        }
        assertThat(store.remarks()).anyMatch(remark -> remark.startsWith((1_100 - 16 - 1_024) + " verdicts were lost"));
    }

    @Test
    void answerThatIsRemovedWhileItIsJudged_isNotStoredAfterwards() {
        ask(key("red apple"), "warm");
        for (String other : List.of("red pear", "red plum")) {
            find(key(other));
            putUnjudged(key(other), "warm");
        }
        judging.remove().run();
        store.remove(key("red plum"));
        judging.remove().run();

        assertThat(clear(Optional.empty())).isEqualTo(2);
    }

    /** To ask for what is remembered is to use it. */
    @Test
    @Tag("slow")
    void tenThousandOthers_displaceAQuestionUnderWay_andOneToBeConfirmed() {
        store.close();
        store = open(Map.of("mode", "shadow", "verifier", "caller", "questions", "100"), Optional.empty());
        ask(key("red apple"), "warm");
        ask(key("red pear"), "warmer");
        find(key("red plum"));
        askOthers(0, 9_900);
        assertThat(store.unconfirmed(key("red pear"))).isPresent();
        assertThat(store.unconfirmed(key("red plum"))).isPresent();
        askOthers(9_900, 20_000);
        assertThat(store.unconfirmed(key("red pear"))).isEmpty();
        assertThat(store.unconfirmed(key("red plum"))).isEmpty();
    }

    /** Each is asked twice: the first is answered and waits to be confirmed, the second is under way. */
    private void askOthers(int from, int to) {
        for (int other = from; other < to; other++) {
            String scope = "scope " + other % 90;
            String name = Integer.toString(other)
                    .codePoints()
                    .mapToObj(digit -> "bcdfghjklm".substring(digit - '0', digit - '0' + 1))
                    .collect(Collectors.joining());
            ask(key("acme", scope, "blue answered " + name), "cold");
            find(key("acme", scope, "blue asked " + name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"equal", "caller"})
    void memory_boundsWhatQuestionsAndAnswersTake_andWhatWasUsedLeastRecentlyGoes(String verifier) {
        reopen(
                Map.of("mode", "shadow", "memory", "1MB", "verifier", verifier),
                verifier.equals("caller") ? Optional.empty() : Optional.of(new EqualVerifier()));
        String answer = "x".repeat(8_000);
        for (int i = 0; i < 60; i++) {
            ask(key("acme", "old", "red " + word(i)), answer + i);
            ask(key("acme", "new", "red " + word(i)), answer + i);
        }
        for (int i = 60; i < 120; i++) {
            ask(key("acme", "new", "red " + word(i)), answer + i);
        }
        long kept = clear(Optional.empty());
        assertThat(kept).as("of 180, at some 9,300 bytes each").isBetween(100L, 115L);
    }

    @Test
    void scopeThatMakesRoomForAnother_takesNoMemoryAnyMore() {
        reopen(Map.of("mode", "shadow", "memory", "1MB", "scopes", "1"), Optional.of(new EqualVerifier()));
        String answer = "x".repeat(8_000);
        for (String scope : List.of("first", "second")) {
            for (int i = 0; i < 60; i++) {
                ask(key("acme", scope, "red " + word(i)), answer + i);
            }
        }
        assertThat(clear(Optional.empty()))
                .as("all of the second, at some 9,300 bytes each")
                .isEqualTo(60);
    }

    @Test
    void questionsThatAreNotAnswered_takeAQuarterOfTheMemory_andTheFirstOnesGo() {
        reopen(Map.of("mode", "shadow", "memory", "1MB", "verifier", "caller"), Optional.empty());
        String answer = "x".repeat(8_000);
        ask(key("red apple"), answer);
        for (int i = 0; i < 100; i++) {
            find(key("red " + word(i)));
        }
        assertThat(IntStream.range(0, 100)
                        .filter(i -> store.unconfirmed(key("red " + word(i))).isPresent())
                        .boxed())
                .as("of 100, at some 10,400 bytes each with the answer that was found")
                .hasSizeBetween(20, 26)
                .contains(99);
        for (int i = 0; i < 120; i++) {
            ask(key("acme", "other", "blue " + word(i)), answer + i);
        }
        assertThat(clear(Optional.empty()))
                .as("of 121, at some 9,300 bytes each, in the other three quarters")
                .isBetween(75L, 90L);
    }

    @Test
    void answerThatTakesAHundredthOfTheMemory_isntStored() {
        reopen(Map.of("mode", "shadow", "memory", "1MB"), Optional.of(new EqualVerifier()));
        ask(key("red apple"), "x".repeat(12_000));
        ask(key("red pear"), "x");
        assertThat(clear(Optional.empty())).isEqualTo(1);
    }

    private static final Map<String, String> CALLER = Map.of("mode", "shadow", "verifier", "caller");

    @Test
    void clear_forgetsWhatWasToBeConfirmed() {
        reopen(CALLER, Optional.empty());
        ask(key("red apple"), "warm");
        ask(key("red pear"), "warmer");
        find(key("red plum"));
        assertThat(store.unconfirmed(key("red pear"))).isPresent();
        assertThat(store.unconfirmed(key("red plum"))).isPresent();
        store.clear(Optional.of("acme"));
        assertThat(store.unconfirmed(key("red pear"))).isEmpty();
        assertThat(store.unconfirmed(key("red plum"))).isEmpty();
    }

    @Test
    void answerUnderWay_doesNotComeBackAfterAClear() {
        ask(key("red apple"), "warm");
        find(key("red pear"));
        store.put(key("red pear"), entry("warm"));
        assertThat(clear(Optional.empty())).isEqualTo(1);
        timeline.advance(Duration.ofMillis(1));
        assertThat(clear(Optional.empty())).isZero();
    }

    @Test
    void caller_isAskedOfTheNearestAnswer_beforeTheFreshOneIsStoredAndAfterwards() {
        reopen(CALLER, Optional.empty());
        ask(key("red apple"), "warm");
        assertThat(store.unconfirmed(key("red apple")))
                .as("nothing was stored before it")
                .isEmpty();
        CacheKey second = key("red pear");
        find(second);
        assertThat(unconfirmed(second)).contains("warm");
        store.put(second, entry("warmer"));
        assertThat(unconfirmed(second)).contains("warm");
        store.confirm(second, true);
        assertThat(unconfirmed(second)).isEmpty();
    }

    @Test
    void callerWhoIsEarlierThanTheCache_isHeard_forThatAskingAlone() {
        reopen(CALLER, Optional.empty());
        ask(key("red apple"), "warm");
        CacheKey second = key("red pear");
        find(second);
        store.confirm(second, true);
        find(second);
        assertThat(unconfirmed(second)).contains("warm");
        store.confirm(second, true);
        assertThat(unconfirmed(second)).isEmpty();
        store.put(second, entry("warmer"));
        assertThat(unconfirmed(second)).as("it has been confirmed").isEmpty();
    }

    private Optional<String> unconfirmed(CacheKey key) {
        return store.unconfirmed(key).map(entry -> entry.completion().text());
    }

    @Test
    void whereAVerifierSaysIt_nobodyIsAsked() {
        ask(key("red apple"), "warm");
        find(key("red pear"));
        assertThat(store.unconfirmed(key("red pear"))).isEmpty();
    }
}
