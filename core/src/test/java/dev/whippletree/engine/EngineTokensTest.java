package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Reach;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is reserved of limits of tokens, how it is settled, and what is learned for later reservations. */
final class EngineTokensTest {

    private static final long LIMIT = 1_000_000;
    private static final int ENOUGH = TokenForecast.FEWEST;

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedClient client = fixture.account("a", LIMIT + " tokens / 1h");

    /** Asks so many, one after the other, each in an hour of its own. */
    private void answer(int count) {
        for (int number = 0; number < count; number++) {
            fixture.ask("question " + number);
            fixture.advance(Duration.ofHours(2));
        }
    }

    /** Returns what one more prompt reserves while it is under way. */
    private long reserved() {
        fixture.ask("one more");
        long used = used();
        fixture.advance(Duration.ofHours(2));
        return used;
    }

    private long used() {
        return LIMIT - fixture.status("a").limits().get(0).left();
    }

    @Test
    void boundCountedOnEntry_isReservedInFull_howeverLittleIsUsed() {
        client.counts(Admission.onEntry(100, 1_000)).uses(() -> TokenUsage.of(100, 40));
        answer(200);
        assertThat(reserved()).isEqualTo(1_100);
    }

    @Test
    void whatTheServiceHadCached_isReserved_andGivenBackWhereItDoesNotCount() {
        client.counts(Admission.onEntry(1_500, 60).withoutCached()).uses(() -> new TokenUsage(1_500, 40, 1_408, 0));
        fixture.ask("q");
        assertThat(used()).isEqualTo(1_500 + 60);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).isEqualTo(1_500 - 1_408 + 60);
        client.counts(Admission.onEntry(1_500, 60));
        fixture.ask("r");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).as("elsewhere it counts").isEqualTo(1_500 - 1_408 + 60 + 1_500 + 60);
    }

    @Test
    void promptsThatAreMostlyCached_areReservedWhole_howeverManyHaveBeenSeen() {
        client.counts(Admission.onEntry(1_500, 60).withoutCached()).uses(() -> new TokenUsage(1_500, 40, 1_408, 0));
        answer(ENOUGH);
        assertThat(reserved())
                .as("the service counts them until the answer is there")
                .isEqualTo(1_500 + 60);
    }

    @Test
    void moreCachedThanThePromptHas_givesBackNoMoreThanThePrompt() {
        client.counts(Admission.onEntry(100, 60).withoutCached()).uses(() -> new TokenUsage(100, 40, 5_000, 0));
        fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).isEqualTo(60);
    }

    @Test
    void whatIsMade_isSettled_downAndUp() {
        client.counts(Admission.asMade(100, 1_000)).uses(() -> TokenUsage.of(90, 40));
        fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).isEqualTo(130);
        client.counts(Admission.asMade(10, 10)).uses(() -> TokenUsage.of(90, 800));
        fixture.ask("r");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).isEqualTo(130 + 890);
    }

    @Test
    void answerThatTellsNoUsage_keepsItsReservation_andTeachesNothing() {
        client.counts(Admission.asMade(100, 1_000))
                .usually(client.endsAfter(Duration.ofMillis(100), FinishReason.STOP));
        answer(100);
        fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).isEqualTo(1_100);
    }

    @Test
    void promptThatALimitHasRefused_reservesItsWholeEstimateTheNextTime() {
        client.counts(Admission.onEntry(1_000, 0)).uses(() -> TokenUsage.of(750, 4));
        answer(ENOUGH);
        client.then(client.limits(
                Duration.ofMillis(10), FailureKind.RATE_LIMITED, Duration.ofSeconds(1), Reach.ORGANIZATION));
        fixture.ask("refused once");
        assertThat(used()).isEqualTo(750);
        fixture.advance(Duration.ofMillis(500));
        long before = used();
        while (client.calls() < ENOUGH + 2) {
            fixture.advance(Duration.ofMillis(10));
        }
        assertThat(used() - before).isEqualTo(1_000);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0, 0", "0, 1, 0, 0", "0, 0, 1, 0", "0, 0, 0, 1"})
    void usageThatCannotBe_isNoUsage_andTheAnswerAnAnswer(long prompt, long completion, long cached, long reasoning) {
        long most = 100_000_000;
        client.counts(Admission.asMade(100, 1_000))
                .uses(() -> new TokenUsage(most + prompt, most + completion, most + cached, most + reasoning));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answer.join().usage()).isEmpty();
        assertThat(used()).isEqualTo(1_100);
    }

    @Test
    void completionThatMightExceedTheLimit_goesAlone() {
        EngineFixture small = new EngineFixture();
        ScriptedClient service = small.account("b", "300 tokens / 60s");
        service.counts(Admission.asMade(100, 4_000)).uses(() -> TokenUsage.of(90, 40));
        List<CompletableFuture<Completion>> answers = small.askMany(2);
        small.advance(Duration.ofMillis(50));
        assertThat(service.calls()).isEqualTo(1);
        small.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(service.callTimes().get(1))
                .as("settled by then, but only a whole window is enough")
                .isGreaterThan(Duration.ofSeconds(60).toNanos());
    }

    /** The last that waits asks the same as before. */
    @Test
    void promptsInTheLine_askAnewOnceMoreIsKnown_alsoOfAnotherAccount() {
        ScriptedClient narrow = fixture.account("narrow", "1000 tokens / 1h");
        fixture.account("full", "1 / 1h");
        fixture.tier("a", "narrow").route("other", "full/other");
        List.of(client, narrow)
                .forEach(each -> each.counts(Admission.asMade(100, 1_000)).uses(() -> TokenUsage.of(100, 40)));
        fixture.ask(Prompt.builder().route("other").user("first").build());
        fixture.askOf("narrow", "first");
        fixture.askOf("narrow", "second");
        fixture.askOf("narrow", "third");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(narrow.calls()).isEqualTo(1);
        for (int number = 0; number < ENOUGH; number++) {
            fixture.askOf("a", "question " + number);
        }
        fixture.ask(Prompt.builder().route("other").user("second").build());
        fixture.advance(Duration.ofSeconds(1));
        assertThat(narrow.calls()).isEqualTo(3);
    }

    /** Returns how much is used of each limit of an account, in their order. */
    private static List<Long> used(EngineFixture engine, String account) {
        return engine.status(account).limits().stream()
                .map(limit -> limit.amount() - limit.left())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"false, 40", "true, 1000"})
    void inputAndOutput_areReservedAndSettledApart_butForABoundThatIsCountedOnEntry(boolean onEntry, long output) {
        EngineFixture apart = new EngineFixture();
        ScriptedClient service =
                apart.account("b", "5000 input-tokens / 1h", "3000 output-tokens / 1h", "9000 tokens / 1h", "10 / 1h");
        service.counts(onEntry ? Admission.onEntry(100, 1_000) : Admission.asMade(100, 1_000))
                .uses(() -> TokenUsage.of(90, 40));
        CompletableFuture<Completion> answer = apart.ask("q");
        assertThat(used(apart, "b")).containsExactly(100L, 1_000L, 1_100L, 1L);
        apart.advance(Duration.ofSeconds(1));
        assertThat(answer).isCompleted();
        assertThat(used(apart, "b")).containsExactly(90L, output, 90 + output, 1L);
    }

    @Test
    void whatIsLimitedApart_isWaitedForApart() {
        EngineFixture apart = new EngineFixture();
        ScriptedClient service = apart.account("b", "1000 input-tokens / 60s", "300 output-tokens / 60s");
        service.counts(Admission.onEntry(100, 100)).uses(() -> TokenUsage.of(100, 100));
        List<CompletableFuture<Completion>> answers = apart.askMany(5);
        apart.advance(Duration.ofSeconds(1));
        assertThat(service.calls()).as("300 of output, 1,000 of input").isEqualTo(3);
        apart.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void promptOfLittleOutput_overtakesOneThatWaitsForOutput_howeverLongItIs() {
        EngineFixture apart = new EngineFixture();
        ScriptedClient service = apart.account("b", "50000 input-tokens / 60s", "500 output-tokens / 60s");
        service.admitsPrompts(prompt -> Admission.onEntry(
                        prompt.messages().get(0).text().length(),
                        prompt.parameters().maxTokens().orElseThrow()))
                .usually(service.answersAfter(Duration.ofMillis(100)));
        apart.ask(Prompt.builder().user("q").maxTokens(400).build());
        apart.advance(Duration.ofSeconds(1));
        CompletableFuture<Completion> first =
                apart.ask(Prompt.builder().user("first").maxTokens(400).build());
        CompletableFuture<Completion> longer = apart.ask(
                Prompt.builder().user("l".repeat(2_000)).maxTokens(100).build());
        apart.advance(Duration.ofSeconds(1));
        assertThat(longer).isCompleted();
        assertThat(first).isNotDone();
        apart.run();
        assertThat(first).isCompleted();
    }

    @ParameterizedTest
    @CsvSource({
        "300 tokens / 60s, 301, false, at least 301 tokens",
        "300 tokens / 60s, 300, true, at least 301 tokens",
        "100 input-tokens / 60s, 101, false, at least 101 tokens"
    })
    void promptLargerThanALimit_isTooLarge_whateverItsCompletion(
            String limit, long promptTokens, boolean onEntry, String words) {
        EngineFixture small = new EngineFixture();
        ScriptedClient service = small.account("b", limit, "9000 tokens / 60s");
        service.counts(onEntry ? Admission.onEntry(promptTokens, 1) : Admission.asMade(promptTokens, 1));

        CompletableFuture<Completion> answer = small.ask("q");
        small.run();

        assertThat(failure(answer).reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(failure(answer)).hasMessageContaining(words);
        assertThat(service.calls()).isZero();
    }

    @Test
    void estimateLearnedToBeTooLarge_isNoReasonToRefuse() {
        EngineFixture small = new EngineFixture();
        ScriptedClient service = small.account("b", "1000 tokens / 60s");
        service.counts(Admission.onEntry(600, 100)).uses(() -> TokenUsage.of(300, 4));
        small.askMany(ENOUGH);
        small.run();
        service.counts(Admission.onEntry(1_000, 100)).uses(() -> TokenUsage.of(500, 4));
        CompletableFuture<Completion> answer = small.ask("larger");
        small.run();
        assertThat(answer).isCompleted();
    }

    @Test
    void brokenReports_doNotMakeEveryPromptTooLarge() {
        EngineFixture small = new EngineFixture();
        ScriptedClient service = small.account("b", "1000 tokens / 60s");
        service.counts(Admission.onEntry(600, 100)).uses(() -> TokenUsage.of(90_000_000, 4));
        small.ask("q");
        small.run();
        service.uses(() -> TokenUsage.of(600, 4));
        CompletableFuture<Completion> answer = small.ask("r");
        small.run();
        assertThat(answer).isCompleted();
    }

    @Test
    void limitLearnedWhileAPromptWaits_smallerThanWhatItAskedFor_stillLetsItGo() {
        EngineFixture small = new EngineFixture();
        ScriptedClient service = small.account("b", Optional.empty(), 1);
        service.counts(Admission.asMade(100, 4_000))
                .then(service.reports(Duration.ofSeconds(1), () -> minutely(2_000)));
        List<CompletableFuture<Completion>> answers = small.askMany(2);
        small.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void limitRaisedByAReloadWhileAPromptWaits_isReservedOfAsMuchAsIsAsked() {
        EngineFixture small = new EngineFixture().picker((ready, now) -> 0);
        small.member("b").limits("1000 tokens / 1h").client().counts(Admission.asMade(100, 4_000));
        small.askMany(2);
        small.advance(Duration.ofMillis(50));
        small.member("b").limits("9000 tokens / 2h");
        small.reload();
        assertThat(small.status("b").limits())
                .extracting(limit -> limit.amount() - limit.left())
                .containsExactly(1_000L + 4_100);
    }

    private static RateLimitReport minutely(long amount) {
        return new RateLimitReport(
                Reach.ORGANIZATION,
                Limit.Unit.TOKENS,
                OptionalLong.of(amount),
                OptionalLong.of(amount - 10),
                Optional.of(Duration.ofMinutes(1)),
                Refill.CONTINUOUS,
                Optional.of(Duration.ofMillis(300)));
    }

    @Test
    void limitToldOfOnce_isSettledByUsageFromThenOn() {
        EngineFixture small = new EngineFixture();
        ScriptedClient service = small.account("b");
        service.counts(Admission.asMade(100, 900)).then(service.reports(Duration.ofMillis(1), () -> minutely(2_000)));
        small.ask("first");
        small.advance(Duration.ofMinutes(2));
        CompletableFuture<Completion> second = small.ask("second");
        small.advance(Duration.ofMillis(100));
        assertThat(second).isCompleted();
        assertThat(small.status("b").limits().get(0).left())
                .as("6 and 4 tokens used, not 1,000")
                .isEqualTo(1_990);
    }

    @Test
    void promptInTheLine_asksAnewOnceMoreIsKnown() {
        EngineFixture small = new EngineFixture();
        ScriptedClient service = small.account("b", Optional.empty(), 1, LIMIT + " tokens / 1h");
        service.counts(Admission.onEntry(1_000, 0)).uses(() -> TokenUsage.of(2_000, 1));
        List<CompletableFuture<Completion>> answers = small.askMany(2);
        small.advance(Duration.ofMillis(150));
        assertThat(answers.get(0)).isCompleted();
        assertThat(LIMIT - small.status("b").limits().get(0).left())
                .as("the second entered before anything was learned")
                .isEqualTo(2_000 + 2_000);
    }
}
