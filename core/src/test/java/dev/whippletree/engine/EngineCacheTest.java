package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EngineCacheTest {

    private static final Duration SHORT = Duration.ofMillis(10);

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedCache cache = new ScriptedCache(fixture.timeline);
    private final ScriptedClient client = fixture.account("a", "1000 / 1s");

    EngineCacheTest() {
        fixture.cache("near", cache);
    }

    private CacheEntry onlyEntry() {
        assertThat(cache.entries()).hasSize(1);
        return cache.entries().values().iterator().next();
    }

    @Test
    void answered_isStoredAndFoundTheNextTime() {
        fixture.ask("q");
        fixture.run();
        CompletableFuture<Completion> again = fixture.ask("q");
        fixture.run();
        assertThat(client.calls()).isEqualTo(1);
        Origin origin = again.join().origin();
        assertThat(origin.source()).isEqualTo(Origin.Source.CACHE);
        assertThat(origin.account()).isEqualTo("a");
        assertThat(origin.attempts()).isZero();
        assertThat(origin.cache()).contains("near");
        assertThat(fixture.status().prompts().fromCache()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT24H", "PT5M, PT5M"})
    void answered_isStoredForADay_orAsLongAsThePromptSays(Duration ttl, Duration stored) {
        Prompt.Builder prompt = Prompt.builder().user("q");
        fixture.ask((ttl.isZero() ? prompt : prompt.ttl(ttl)).build());
        fixture.advance(Duration.ofMillis(100));
        assertThat(onlyEntry().expires()).isEqualTo(fixture.timeline.now().plus(stored));
        CompletableFuture<Completion> forever = fixture.ask(Prompt.builder()
                .user("r")
                .ttl(Duration.ofSeconds(Long.MAX_VALUE))
                .build());
        fixture.run();
        assertThat(forever.join().text()).isEqualTo("answer");
        assertThat(cache.entries()).hasSize(2);
    }

    @Test
    void equalPromptBetweenAnswerAndStored_joins() {
        cache.latency(Duration.ofMillis(50));
        CompletableFuture<Completion> first = fixture.ask("q");
        fixture.advance(Duration.ofMillis(160));
        assertThat(first).isCompleted();
        assertThat(cache.entries()).isEmpty();
        CompletableFuture<Completion> second = fixture.ask("q");
        fixture.run();
        assertThat(second.join().origin().source()).isEqualTo(Origin.Source.JOINED);
        assertThat(client.calls()).isEqualTo(1);
        assertThat(cache.gets()).isEqualTo(1);
    }

    @Test
    void cutAnswer_isGivenButNeverStored() {
        client.then(client.endsAfter(SHORT, FinishReason.LENGTH));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer.join().finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(cache.puts()).isZero();
    }

    private ScriptedClient.Behaviour calls(FinishReason reason, ToolCall... calls) {
        return client.later(SHORT, (prompt, model, sink) -> {
            for (int index = 0; index < calls.length; index++) {
                ToolCall call = calls[index];
                sink.delta(new Delta.ToolCallPart(
                        index,
                        Optional.of(call.id()).filter(id -> !id.isEmpty()),
                        Optional.of(call.name()),
                        call.arguments(),
                        call.type()));
            }
            sink.done(new AnswerEnd(reason, Optional.empty(), model));
            return () -> {};
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"TOOL_CALLS", "STOP"})
    void toolCalls_areStored(FinishReason reason) {
        client.then(calls(
                reason,
                new ToolCall("1", "f", " {\"a\":[1,{}]} "),
                new ToolCall("2", "f", "{}"),
                new ToolCall("3", "exec", "print(1)", ToolCall.Type.CUSTOM)));
        fixture.ask("q");
        fixture.run();
        assertThat(cache.entries()).hasSize(1);
    }

    static Stream<ToolCall> damagedCalls() {
        return Stream.concat(
                Stream.of("", " ", "{", "{}{}", "{\"a\"}", "[]", "7", "null", "{'a':1}", "{\"a\":" + "[".repeat(2_000))
                        .map(arguments -> new ToolCall("2", "f", arguments)),
                Stream.of(new ToolCall("", "f", "{}"), new ToolCall("1", "f", "{}"), new ToolCall("2", "", "{}")));
    }

    @ParameterizedTest
    @MethodSource("damagedCalls")
    void damagedToolCall_isGivenButNeverStored(ToolCall damaged) {
        ScriptedCache far = new ScriptedCache(fixture.timeline);
        fixture.cache("far", far);
        ToolCall sound = new ToolCall("1", "f", "{}");
        client.then(calls(FinishReason.TOOL_CALLS, sound, damaged));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer.join().toolCalls()).containsExactly(sound, damaged);
        assertThat(cache.puts() + far.puts()).isZero();
        assertThat(fixture.status().prompts().underWay()).isZero();
        assertThat(fixture.ask("q")).isNotDone();
        fixture.run();
        assertThat(client.calls()).isEqualTo(2);
    }

    @Test
    void textThatEndsWithToolCallsButHasNone_isGivenButNeverStored() {
        client.then(client.endsAfter(SHORT, FinishReason.TOOL_CALLS));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("part");
        assertThat(cache.puts()).isZero();
    }

    @Test
    void toolCallsWithoutACall_areAnEmptyAnswer() {
        client.then(calls(FinishReason.TOOL_CALLS));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer.join().text()).isEqualTo("answer");
        assertThat(client.calls()).isEqualTo(2);
        assertThat(fixture.status("a").failures()).containsEntry(FailureKind.UNAVAILABLE, 1L);
    }

    private static Prompt demanding(String type) {
        return Prompt.builder()
                .user("q")
                .extra("response_format", Map.of("type", type))
                .build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Berlin",
                "{\"city\":\"Ber",
                "{'city':1}",
                "{}{}",
                "```json\n{}\n```",
                "Of course: {}",
                "{} Bye",
                " "
            })
    void textThatIsNotTheDemandedJson_isGivenButNeverStored(String text) {
        ScriptedCache far = new ScriptedCache(fixture.timeline);
        fixture.cache("far", far);
        for (String type : List.of("json_object", "json_schema")) {
            client.then(client.answersAfter(SHORT, text)).then(client.answersAfter(SHORT, " [{\"city\":\"Berlin\"}] "));
            CompletableFuture<Completion> first = fixture.ask(demanding(type));
            fixture.run();
            assertThat(first.join().text()).isEqualTo(text);
            assertThat(cache.entries()).isEmpty();
            assertThat(far.entries()).isEmpty();
            assertThat(fixture.status().prompts().underWay()).isZero();
            CompletableFuture<Completion> second = fixture.ask(demanding(type));
            fixture.run();
            assertThat(second.join().origin().source()).isEqualTo(Origin.Source.CALL);
            assertThat(onlyEntry().completion().text()).isEqualTo(" [{\"city\":\"Berlin\"}] ");
            cache.entries().clear();
            far.entries().clear();
        }
    }

    @Test
    void textThatIsNotJson_isStored_whereNoneIsDemanded() {
        client.usually(client.answersAfter(SHORT, "Berlin"));
        fixture.ask("q");
        fixture.ask(demanding("text"));
        fixture.ask(Prompt.builder()
                .user("q")
                .extra("response_format", "json_object")
                .build());
        fixture.run();
        assertThat(cache.entries()).hasSize(3);
    }

    @Test
    void toolCallsAndRefusals_areStored_whereJsonIsDemanded() {
        client.then(client.later(SHORT, (prompt, model, sink) -> {
            sink.delta(new Delta.Text("I look it up."));
            sink.delta(new Delta.ToolCallPart(0, Optional.of("1"), Optional.of("f"), "{}"));
            sink.done(new AnswerEnd(FinishReason.TOOL_CALLS, Optional.empty(), model));
            return () -> {};
        }));
        fixture.ask(demanding("json_schema"));
        fixture.run();
        client.then(client.later(SHORT, (prompt, model, sink) -> {
            sink.delta(new Delta.Refusal("I can't help with that."));
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
            return () -> {};
        }));
        fixture.ask(demanding("json_object"));
        fixture.run();
        assertThat(cache.entries()).hasSize(2);
    }

    @Test
    void noStore_isLookedUpButNotStored_noCache_isNotLookedUpButStored() {
        fixture.ask(Prompt.builder().user("q").noStore().build());
        fixture.run();
        assertThat(cache.gets()).isEqualTo(1);
        assertThat(cache.puts()).isZero();
        fixture.ask(Prompt.builder().user("q").noCache().build());
        fixture.run();
        assertThat(cache.gets()).isEqualTo(1);
        assertThat(cache.entries()).hasSize(1);
    }

    @Test
    void callerWhoJoins_keepsTheAnswerOutOfTheCachesToo() {
        CompletableFuture<Completion> opener = fixture.ask("q");
        fixture.ask(Prompt.builder().user("q").noStore().build());
        opener.cancel(false);
        fixture.run();
        assertThat(client.calls()).isEqualTo(1);
        assertThat(cache.puts()).isZero();
    }

    @Test
    void otherTenant_neverGetsIt() {
        fixture.ask(Prompt.builder().user("q").tenant("one").build());
        fixture.run();
        fixture.ask(Prompt.builder().user("q").tenant("two").build());
        fixture.run();
        assertThat(client.calls()).isEqualTo(2);
    }

    @Test
    void cancelledWhileLookedUp_costsNoCall() {
        cache.latency(Duration.ofMillis(50));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SHORT);
        answer.cancel(true);
        fixture.run();
        assertThat(client.calls()).isZero();
        assertThat(fixture.status().prompts().underWay()).isZero();
    }

    /** An exception whose message needs a class that isn't there. */
    static final class Unsayable extends RuntimeException {

        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new NoClassDefFoundError("of the message");
        }
    }

    static Stream<Named<Supplier<CompletionStage<?>>>> faults() {
        return Stream.of(
                Named.of("throws", () -> {
                    throw new IllegalStateException("broken cache");
                }),
                Named.of("throws an error", () -> {
                    throw new NoClassDefFoundError("broken cache");
                }),
                Named.of("gives no stage", EngineCacheTest::nothing),
                Named.of("fails", () -> CompletableFuture.failedFuture(new IllegalStateException("broken cache"))),
                Named.of("never answers", CompletableFuture::new));
    }

    @SuppressWarnings("NullAway")
    private static CompletionStage<?> nothing() {
        return null;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cacheThatFailsWithWhatCannotBeSaid_isAMissToo(boolean later) {
        cache.fault(() -> {
            if (later) {
                return CompletableFuture.failedFuture(new Unsayable());
            }
            throw new Unsayable();
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(fixture.status().caches().get(0).faults()).isEqualTo(2);
        assertThat(fixture.status().prompts().underWay()).isZero();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void brokenCache_isAMissAndIsCounted(Supplier<CompletionStage<?>> fault) {
        cache.fault(fault);
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(answer.join().text()).isEqualTo("answer");
        assertThat(fixture.status().caches().get(0).misses()).isEqualTo(1);
        assertThat(fixture.status().caches().get(0).faults()).isEqualTo(2);
        assertThat(fixture.status().prompts().underWay()).isZero();
        fixture.ask("q");
        fixture.run();
        assertThat(client.calls()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void clearingAndForgetting_inABrokenCache_endInTimeWithItsFailure_andReachTheOthers(
            Supplier<CompletionStage<?>> fault) {
        ScriptedCache far = new ScriptedCache(fixture.timeline);
        fixture.cache("far", far);
        fixture.askMany(2);
        fixture.run();
        cache.fault(fault);
        CompletableFuture<Void> forgotten = fixture.engine().forget(Prompt.of("question 0"));
        fixture.run();
        assertThat(forgotten).isCompletedExceptionally();
        assertThat(far.entries()).hasSize(1);
        CompletableFuture<Long> cleared = fixture.engine().clearCaches(Optional.empty());
        fixture.run();
        assertThat(far.entries()).isEmpty();
        assertThat(cleared.isDone() && !cleared.isCompletedExceptionally()).isFalse();
    }

    @Test
    void clear_tellsHowManyTheFullestHad() {
        fixture.cache("far", new ScriptedCache(fixture.timeline));
        fixture.askMany(3);
        fixture.run();
        CompletableFuture<Long> cleared = fixture.engine().clearCaches(Optional.empty());
        fixture.run();
        assertThat(cleared).isCompletedWithValue(3L);
    }

    @Test
    void forgottenPrompt_isAskedAgain_andTheOthersAreKeptInEveryCache() {
        ScriptedCache far = new ScriptedCache(fixture.timeline);
        fixture.cache("far", far);
        fixture.askMany(3);
        fixture.run();
        CompletableFuture<Void> forgotten = fixture.engine().forget(Prompt.of("question 1"));
        fixture.run();
        assertThat(forgotten).isCompleted();
        assertThat(List.of(cache, far))
                .allSatisfy(tier -> assertThat(tier.entries()).hasSize(2));
        int before = client.calls();
        fixture.askMany(3);
        fixture.run();
        assertThat(client.calls()).isEqualTo(before + 1);
    }

    @Test
    void forgetting_comesAfterTheStoringOfWhatWasAnsweredBefore() {
        cache.latency(Duration.ofMillis(500));
        CompletableFuture<Void> forgotten =
                fixture.ask("q").thenCompose(answer -> fixture.engine().forget(Prompt.of("q")));
        fixture.run();
        assertThat(forgotten).isCompleted();
        assertThat(cache.puts()).isEqualTo(1);
        assertThat(cache.entries()).isEmpty();
    }

    @Test
    void answerFoundBeforeItIsForgotten_doesntComeBackToANearerCache() {
        ScriptedCache far = new ScriptedCache(fixture.timeline);
        fixture.cache("far", far);
        fixture.ask("q");
        fixture.run();
        cache.entries().clear();
        CacheHit hit = new CacheHit(far.entries().values().iterator().next(), true);
        CompletableFuture<Optional<CacheHit>> late = new CompletableFuture<>();
        far.fault(() -> late);
        CompletableFuture<Completion> found = fixture.ask("q");
        fixture.advance(Duration.ZERO);
        far.fault(() -> CompletableFuture.completedFuture(null));
        fixture.engine().forget(Prompt.of("q"));
        fixture.advance(Duration.ZERO);
        late.complete(Optional.of(hit));
        fixture.run();
        assertThat(found).isCompleted();
        assertThat(cache.entries()).isEmpty();
        CompletableFuture<?> again = fixture.engine().forget(Prompt.of("q"));
        fixture.run();
        assertThat(again).as("nothing is being stored any more").isCompleted();
    }

    @Test
    void forgettingForAnUnknownRoute_failsByName() {
        assertThat(fixture.engine()
                        .forget(Prompt.builder().user("q").route("nowhere").build()))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("nowhere");
    }

    @Test
    void clear_ofOneTenant_leavesEveryoneElsesAnswersInEveryCache() {
        ScriptedCache far = new ScriptedCache(fixture.timeline);
        fixture.cache("far", far);
        fixture.ask(ofTenant("acme"));
        fixture.ask(ofTenant("other"));
        fixture.ask("q");
        fixture.run();
        CompletableFuture<Long> cleared = fixture.engine().clearCaches(Optional.of("acme"));
        fixture.run();
        assertThat(cleared).isCompletedWithValue(1L);
        assertThat(List.of(cache, far))
                .allSatisfy(tier -> assertThat(tier.entries().keySet())
                        .extracting(CacheKey::tenant)
                        .containsExactlyInAnyOrder("other", Prompt.of("q").tenant()));
    }

    private static Prompt ofTenant(String name) {
        return Prompt.builder().user("q").tenant(name).build();
    }

    @Test
    void clear_comesAfterTheStoringOfWhatWasAnsweredBefore() {
        ScriptedCache far = new ScriptedCache(fixture.timeline).latency(Duration.ofMillis(500));
        fixture.cache("far", far);
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(700));
        assertThat(answer).isCompleted();
        assertThat(far.entries()).isEmpty();
        far.latency(Duration.ZERO);
        CompletableFuture<Long> cleared = fixture.engine().clearCaches(Optional.empty());
        assertThat(cleared).isNotDone();
        fixture.run();
        assertThat(cleared).isCompletedWithValue(1L);
        assertThat(far.puts()).isEqualTo(1);
        assertThat(far.entries()).isEmpty();
        assertThat(cache.entries()).isEmpty();
    }

    @Test
    void clear_comesAfterTheFillingOfNearerCaches() {
        ScriptedCache far = new ScriptedCache(fixture.timeline);
        fixture.cache("far", far);
        fixture.ask("q");
        fixture.run();
        cache.entries().clear();
        cache.latency(Duration.ofMillis(500));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(500));
        assertThat(answer).isCompleted();
        cache.latency(Duration.ZERO);
        CompletableFuture<Long> cleared = fixture.engine().clearCaches(Optional.empty());
        fixture.run();
        assertThat(cleared).isCompletedWithValue(1L);
        assertThat(cache.puts()).isEqualTo(2);
        assertThat(cache.entries()).isEmpty();
    }

    @Test
    void clear_waitsForASilentCacheNoLongerThanItsTime() {
        cache.fault(CompletableFuture::new);
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(1_500));
        assertThat(answer).isCompleted();
        cache.fault(() -> CompletableFuture.completedFuture(5L));
        CompletableFuture<Long> cleared = fixture.engine().clearCaches(Optional.empty());
        fixture.advance(Duration.ofMillis(599));
        assertThat(cleared).isNotDone();
        fixture.advance(Duration.ofMillis(1));
        assertThat(cleared).isCompletedWithValue(5L);
    }
}
