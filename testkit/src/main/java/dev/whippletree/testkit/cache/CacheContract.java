package dev.whippletree.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.whippletree.model.Completion;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.PluginForm;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.Stages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of a cache. Extend it in a test, and return the cache and the settings to open it with.
 *
 * <p>Each test opens an empty cache of its own, in real time. Entries expire by {@link FakeServices#clock()}, which
 * tests advance; for a cache that uses another clock, override {@link #passTime}.
 */
public abstract class CacheContract {

    private static final Duration TTL = Duration.ofMinutes(10);
    private static final Stages STAGES = new Stages();

    private FakeServices services;
    private CacheStore store;

    /** Creates the contract's test. */
    protected CacheContract() {}

    /** Returns the cache, a new one or the same each time. */
    protected abstract Cache cache();

    /**
     * Returns settings that open an empty cache with room for 8 MB, and that work; none unless overridden. A cache that
     * outlives its store, on a server, gets a namespace of its own each time.
     */
    protected Settings settings() {
        return Settings.none("cache contract");
    }

    /**
     * Returns the key of a prompt. A cache that keeps nothing but answers to declared questions overrides it, and
     * declares one: equal for equal arguments, and otherwise not.
     */
    protected CacheKey key(String tenant, String prompt) {
        return Samples.key(tenant, prompt);
    }

    /** Makes at least this much time pass for the cache. */
    protected void passTime(FakeServices services, Duration time) {
        services.putClockForward(time);
    }

    @BeforeEach
    void open() {
        services = FakeServices.real();
        store = cache().open(settings(), services);
    }

    @AfterEach
    void close() {
        if (store != null) { // Else it couldn't be opened.
            store.close();
        }
        services.close();
    }

    @Test
    void nameAndSettings_areWellFormed() {
        PluginForm.check(cache(), cache().name(), cache().settings());
    }

    @Test
    void unknownKey_isAMiss() {
        assertMiss(key("t", "never asked"), "nothing was stored under this key");
    }

    @Test
    void storedAnswer_isAnExactHit() {
        CacheKey key = key("t", "q");
        CacheEntry entry = put(key, Samples.completion("answer"));

        assertThat(get(key))
                .as("what is stored under the very key is found, whole, with its expiry, as an exact hit")
                .contains(new CacheHit(entry, true));
    }

    @Test
    void toolCallsReasoningUsageAndOrigin_areKept() {
        assertKept(Samples.completionWithToolCalls(), "an answer with everything an answer can have");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Grüße, 你好, 😀", "a\u0000b\r\n\t", "half a pair \uD83D."})
    void anyText_isKeptToTheCharacter(String text) {
        assertKept(Samples.completion(text), "an answer of unusual characters");
    }

    @Test
    void largeAnswer_isKept() {
        assertKept(Samples.completion("word ".repeat(50_000)), "an answer of 250 KB");
    }

    @Test
    void secondAnswer_replacesTheFirst() {
        CacheKey key = key("t", "q");
        put(key, Samples.completion("first"));
        put(key, Samples.completion("second"));

        assertHit(key, "second", "the answer stored last counts");
    }

    @Test
    void tenants_areKeptApartWhateverTheDigest() {
        CacheKey key = key("alice", "q");
        put(key, Samples.completion("for alice"));

        for (String other : List.of("bob", "", "alice2", "alic", "ALICE", "*")) {
            assertMiss(new CacheKey(key.digest(), other, key.question()), "tenant '" + other + "' isn't 'alice'");
        }
    }

    @Test
    void expiredAnswer_isAMiss() {
        CacheKey key = key("t", "q");
        put(key, Samples.completion("answer"));

        passTime(services, TTL.dividedBy(2));
        assertHit(key, "answer", "half of its time has passed");
        passTime(services, TTL.dividedBy(2).plusMillis(1));
        assertMiss(key, "all of its time has passed");
    }

    @Test
    void renewedAnswer_livesAsLongAsTheNewOne() {
        CacheKey key = key("t", "q");
        put(key, Samples.completion("first"));
        passTime(services, TTL.dividedBy(2));
        put(key, Samples.completion("second"));
        passTime(services, TTL.dividedBy(2).plusMillis(1));

        assertHit(key, "second", "the second answer's time isn't over, though the first's is");
    }

    @Test
    void answerThatHasExpiredAlready_isAcceptedAndNeverFound() {
        CacheKey key = key("t", "q");
        for (Instant expires : List.of(services.clock().instant().minusSeconds(1), Instant.EPOCH, Instant.MIN)) {
            STAGES.join(store.put(key, new CacheEntry(Samples.completion("late"), expires)), "storing what is over");
            assertMiss(key, "it had expired at " + expires);
        }
    }

    @Test
    void answerThatNeverExpires_isKept() {
        CacheKey key = key("t", "q");
        STAGES.join(store.put(key, new CacheEntry(Samples.completion("for ever"), Instant.MAX)), "storing for ever");

        assertHit(key, "for ever", "the farthest moment there is hasn't come");
    }

    @Test
    void removedAnswer_isAMissAndTheOthersAreKept() {
        CacheKey key = key("alice", "q");
        putSome(List.of("alice", "bob"), 5);
        put(key, Samples.completion("useless"));
        put(new CacheKey(key.digest(), "bob", key.question()), Samples.completion("for bob"));

        STAGES.join(store.remove(key), "removing an answer");
        STAGES.join(store.remove(key), "removing it again");
        STAGES.join(store.remove(key("alice", "never asked")), "removing what was never stored");

        assertMiss(key, "it was removed");
        assertHit(new CacheKey(key.digest(), "bob", key.question()), "for bob", "it is another tenant's");
        assertAllThere("alice", 5);
        assertAllThere("bob", 5);
        put(key, Samples.completion("better"));
        assertHit(key, "better", "it was stored after the removal");
    }

    @Test
    void clearedTenant_isEmptyAndTheOthersAreNot() {
        putSome(List.of("alice", "bob", ""), 20);

        long removed = STAGES.join(store.clear(Optional.of("alice")), "clearing a tenant");

        assertThat(removed).as("answers removed, or -1 if it can't tell").isIn(20L, -1L);
        assertAllMissing("alice", 20);
        assertAllThere("bob", 20);
        assertAllThere("", 20);
    }

    @Test
    void clearedEmptyTenant_isNotEverybody() {
        putSome(List.of("alice", ""), 5);

        STAGES.join(store.clear(Optional.of("")), "clearing the empty tenant");

        assertAllMissing("", 5);
        assertAllThere("alice", 5);
        putSome(List.of(""), 5);
        assertAllThere("", 5);
    }

    @Test
    void clearedCache_isEmpty() {
        putSome(List.of("alice", "bob", ""), 500);

        long removed = STAGES.join(store.clear(Optional.empty()), "clearing everything");

        assertThat(removed).as("answers removed, or -1 if it can't tell").isIn(1500L, -1L);
        List.of("alice", "bob", "").forEach(tenant -> assertAllMissing(tenant, 500));
    }

    @Test
    void concurrentUse_neverMixesAnswersUp() {
        List<CompletableFuture<Void>> users = IntStream.range(0, 8)
                .mapToObj(user -> CompletableFuture.runAsync(() -> useOften(user), services.executor()))
                .toList();

        // Each waits for its commands one by one, all of which together may take longer than one may.
        users.forEach(CompletableFuture::join);
    }

    @Test
    void confirmation_isHarmless() {
        CacheKey key = key("t", "q");
        put(key, Samples.completion("answer"));
        store.delivered(key);
        store.delivered(key("t", "never asked"));
        store.confirm(key.withoutQuestion(), true);
        store.confirm(key, true);
        store.confirm(key("t", "never asked"), false);

        assertHit(key, "answer", "callers said it was right");
    }

    @Test
    void closedCache_failsTheStageAndThrowsNothing() {
        CacheKey key = key("t", "q");
        CacheEntry entry = put(key, Samples.completion("answer"));
        store.close();

        STAGES.assertFails(() -> store.get(key), "a get after close");
        STAGES.assertFails(() -> store.put(key, entry), "a put after close");
        STAGES.assertFails(() -> store.remove(key), "a remove after close");
        STAGES.assertFails(() -> store.clear(Optional.empty()), "a clear after close");
        assertThat(catchThrowable(store::close)).as("close() after close()").isNull();
    }

    @Test
    void closeWhileInUse_endsEveryStage() {
        CacheKey key = key("t", "q");
        CacheEntry entry = put(key, Samples.completion("answer"));
        List<CompletionStage<?>> stages = new ArrayList<>();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(store::close, services.executor());
        do {
            stages.add(store.get(key));
            stages.add(store.put(key, entry));
        } while (!closing.isDone());

        stages.forEach(stage -> STAGES.assertEnds(stage, "a get or put while another thread closes the cache"));
    }

    private void useOften(int user) {
        for (int n = 0; n < 200; n++) {
            CacheKey own = key("tenant " + user % 2, "question " + (user + n) % 16);
            String text = own.tenant() + own.digest();
            put(own, Samples.completion(text));
            get(own).ifPresent(hit -> assertThat(hit.entry().completion().text())
                    .as("an answer found under key %s while others store theirs", own)
                    .isEqualTo(text));
        }
    }

    private void putSome(List<String> tenants, int each) {
        List<CompletionStage<Void>> stages = new ArrayList<>();
        for (String tenant : tenants) {
            for (int n = 0; n < each; n++) {
                stages.add(store.put(key(tenant, "q" + n), entry(Samples.completion("a" + n))));
            }
        }
        stages.forEach(stage -> STAGES.join(stage, "one of many puts"));
    }

    private void assertAllThere(String tenant, int count) {
        for (int n = 0; n < count; n++) {
            assertHit(key(tenant, "q" + n), "a" + n, "tenant '" + tenant + "' wasn't cleared");
        }
    }

    private void assertAllMissing(String tenant, int count) {
        for (int n = 0; n < count; n++) {
            assertMiss(key(tenant, "q" + n), "tenant '" + tenant + "' was cleared");
        }
    }

    private void assertKept(Completion completion, String what) {
        CacheKey key = key("t", "q");
        CacheEntry entry = put(key, completion);

        assertThat(get(key).map(CacheHit::entry))
                .as("%s is found as it was stored", what)
                .contains(entry);
    }

    private void assertHit(CacheKey key, String text, String why) {
        assertThat(get(key).map(hit -> hit.entry().completion().text()))
                .as("a hit of '%s' is due under key %s: %s", text, key, why)
                .contains(text);
    }

    private void assertMiss(CacheKey key, String why) {
        assertThat(get(key)).as("a miss is due under key %s: %s", key, why).isEmpty();
    }

    private Optional<CacheHit> get(CacheKey key) {
        return STAGES.join(store.get(key), "a get");
    }

    private CacheEntry put(CacheKey key, Completion completion) {
        CacheEntry entry = entry(completion);
        STAGES.join(store.put(key, entry), "a put");
        return entry;
    }

    private CacheEntry entry(Completion completion) {
        return new CacheEntry(completion, services.clock().instant().plus(TTL));
    }
}
