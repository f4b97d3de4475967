package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Reach;
import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts whose callers set no maximum: what is sent, what is reserved, what is counted in the end. */
final class NoMaximumTest {

    private static final long LIMIT = 100_000;

    /** The largest maximum beside a prompt of 100, less an eighth. */
    private static final int LARGEST = 99_900 - 99_900 / 8;

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedClient client = fixture.account("a", LIMIT + " tokens / 1h");
    private final List<OptionalInt> sent = new ArrayList<>();

    private void asMade() {
        client.admitsPrompts(prompt -> Admission.asMade(100, prompt.parameters().maxTokens()));
    }

    private void onEntry() {
        client.admitsPrompts(
                prompt -> Admission.onEntry(100, prompt.parameters().maxTokens()));
    }

    /** Returns what becomes of a call, once it is noted which maximum was sent. */
    private ScriptedClient.Behaviour noting(ScriptedClient.Behaviour behaviour) {
        return (prompt, model, sink) -> {
            sent.add(prompt.parameters().maxTokens());
            return behaviour.run(prompt, model, sink);
        };
    }

    private long used() {
        return LIMIT - fixture.status("a").limits().get(0).left();
    }

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

    @Test
    void promptsWithoutAMaximum_areSentTheRoutes_orNone() {
        client.usually(noting(client.answersAfter(Duration.ofMillis(1))));
        for (OptionalInt routes : List.of(OptionalInt.empty(), OptionalInt.of(600))) {
            fixture.route(route ->
                    routes.isPresent() ? route.toBuilder().maxTokens(600).build() : route);
            fixture.reload();
            fixture.ask("without " + routes);
            fixture.ask(
                    Prompt.builder().user("with " + routes).maxTokens(50_000).build());
            fixture.run();
        }
        assertThat(sent)
                .containsExactly(
                        OptionalInt.empty(), OptionalInt.of(50_000), OptionalInt.of(600), OptionalInt.of(50_000));
    }

    @Test
    void safeEstimateIsReserved_thenWhatFewCompletionsExceed() {
        asMade();
        client.uses(() -> TokenUsage.of(100, 40));
        assertThat(reserved()).isEqualTo(100 + 2_048);
        answer(9);
        assertThat(reserved()).isEqualTo(100 + 40 * 59 / 10);
        answer(50);
        assertThat(reserved()).isEqualTo(100 + 40);
    }

    @Test
    void fewLongAnswers_reserveFourTimesTheirMean_notTheWholeLimit() {
        asMade();
        client.uses(() -> TokenUsage.of(100, 3_000));
        answer(1);
        assertThat(reserved()).isEqualTo(100 + 4 * 3_000);
    }

    /** A client that cuts its answers short says nothing about those of others. */
    @Test
    void answersCutAtAMaximum_leaveASafeEstimateForPromptsWithout() {
        asMade();
        client.usually(
                client.endsAfter(Duration.ofMillis(1), FinishReason.LENGTH, Optional.of(TokenUsage.of(100, 20))));
        answer(70);
        assertThat(reserved()).isEqualTo(100 + 2_048);
    }

    @Test
    void promptThatALimitRefused_reservesMoreThenButNotTheWholeLimit() {
        asMade();
        client.uses(() -> TokenUsage.of(100, 40));
        answer(60);
        client.then(client.limits(
                Duration.ofMillis(1), FailureKind.RATE_LIMITED, Duration.ofSeconds(1), Reach.ORGANIZATION));
        List<Long> reserved = new ArrayList<>();
        client.then((prompt, model, sink) -> {
            reserved.add(used());
            return client.answersAfter(Duration.ofMillis(1)).run(prompt, model, sink);
        });
        CompletableFuture<Completion> answer = fixture.ask("refused");
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(reserved).as("beside what the refused call had reserved").containsExactly(140L + 100 + 2_048);
    }

    private static RateLimitReport left(long amount, long left) {
        return new RateLimitReport(
                Reach.ORGANIZATION,
                Limit.Unit.TOKENS,
                OptionalLong.of(amount),
                OptionalLong.of(left),
                Optional.of(Duration.ofMillis(1)),
                Refill.AT_ONCE,
                Optional.of(Duration.ofMinutes(1)));
    }

    @Test
    void countedOnEntry_whatTheServiceMayAssumeCounts_untilAReportShowsLess() {
        onEntry();
        client.uses(() -> TokenUsage.of(90, 40));
        fixture.ask("unreported");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).isEqualTo(90 + 1_024);
        fixture.advance(Duration.ofHours(2));
        client.then(client.reports(Duration.ofMillis(1), () -> left(50_000, 50_000 - 90 - 300)));
        fixture.ask("reported");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).as("300 is all that can have been counted").isEqualTo(90 + 300);
        fixture.advance(Duration.ofHours(2));
        client.then(client.reports(Duration.ofMillis(1), () -> left(50_000, 1_000)));
        fixture.ask("reported while others use it");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).as("much was used, but not by this").isEqualTo(90 + 300);
    }

    @Test
    void countedOnEntry_whatWasMadeCountsWhereThatIsMore() {
        onEntry();
        client.uses(() -> TokenUsage.of(90, 5_000));
        fixture.ask("long");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(used()).isEqualTo(90 + 5_000);
    }

    private static final Failure TOO_LARGE = Failure.of(FailureKind.TOO_LARGE, "Limit 8000, Requested 65636");

    @Test
    void serviceThatCountsMoreThanItsLimit_isAskedAgainWithTheLargestMaximum() {
        EngineFixture small = new EngineFixture();
        ScriptedClient service = small.account("b", "8000 tokens / 60s");
        service.admitsPrompts(
                prompt -> Admission.onEntry(100, prompt.parameters().maxTokens()));
        service.usually(
                noting((prompt, model, sink) -> (prompt.parameters().maxTokens().isEmpty()
                                ? service.failsAfter(Duration.ofMillis(1), TOO_LARGE)
                                : service.answersAfter(Duration.ofMillis(1)))
                        .run(prompt, model, sink)));
        List<CompletableFuture<Completion>> answers = small.askMany(3);
        small.run();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
        assertThat(sent).hasSize(6);
        assertThat(sent.stream().filter(OptionalInt::isPresent)).containsOnly(OptionalInt.of(7_900 - 7_900 / 8));
    }

    /** Takes only prompts with a maximum that fits beside them, which are longer than estimated. */
    private ScriptedClient.Behaviour counting(int promptTokens) {
        return noting((prompt, model, sink) -> (promptTokens
                                        + prompt.parameters().maxTokens().orElse((int) LIMIT)
                                > LIMIT
                        ? client.failsAfter(Duration.ofMillis(1), TOO_LARGE)
                        : client.answersAfter(Duration.ofMillis(1)))
                .run(prompt, model, sink));
    }

    @ParameterizedTest(name = "{0} where 100 are estimated")
    @ValueSource(ints = {101, 12_000, 20_000})
    void promptLongerThanEstimated_fitsBesideTheLargestMaximum_orHalfOfIt(int promptTokens) {
        onEntry();
        client.usually(counting(promptTokens));
        CompletableFuture<Completion> answer = fixture.ask("longer");
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(sent)
                .isEqualTo(
                        promptTokens <= LIMIT - LARGEST
                                ? List.of(OptionalInt.empty(), OptionalInt.of(LARGEST))
                                : List.of(
                                        OptionalInt.empty(),
                                        OptionalInt.of(LARGEST),
                                        OptionalInt.of((LARGEST + 1) / 2)));
    }

    @Test
    void promptThatWaitsWithSuchAMaximum_isAnsweredAfterAReload() {
        onEntry();
        client.uses(() -> TokenUsage.of(100, 13_000));
        client.then(client.answersAfter(Duration.ofMillis(1)));
        client.usually(counting(100));
        fixture.ask("leaves less than the other needs");
        fixture.advance(Duration.ofMinutes(1));
        CompletableFuture<Completion> answer = fixture.ask("needs nearly all of it");
        fixture.advance(Duration.ofMinutes(1));
        assertThat(answer).isNotDone();
        fixture.route(route -> route.toBuilder().patience(Duration.ofHours(1)).build());
        fixture.reload();
        fixture.run();
        assertThat(answer).isCompleted();
    }

    @Test
    void anotherModelAnswers_beforeAMaximumIsSet() {
        EngineFixture two = new EngineFixture().tier("b").tier("c/other");
        ScriptedClient service = two.account("b", "8000 tokens / 60s");
        service.admitsPrompts(
                prompt -> Admission.onEntry(100, prompt.parameters().maxTokens()));
        service.usually(noting(service.failsAfter(Duration.ofMillis(1), TOO_LARGE)));
        ScriptedClient other = two.account("c");
        other.usually(noting(other.answersAfter(Duration.ofMillis(1))));
        CompletableFuture<Completion> answer = two.ask("q");
        two.run();
        assertThat(answer).isCompleted();
        assertThat(sent).containsExactly(OptionalInt.empty(), OptionalInt.empty());
    }

    @Test
    void refusedAlthoughMoreWasLeft_moreIsReservedUntilAReportShowsLess() {
        onEntry();
        client.uses(() -> TokenUsage.of(100, 40));
        Failure limited = ScriptedClient.limited(FailureKind.RATE_LIMITED, Duration.ofHours(1), Reach.ORGANIZATION);
        for (int time = 0; time < 2; time++) {
            client.then(client.later(Duration.ofMillis(1), (prompt, model, sink) -> {
                sink.limits(List.of(left(50_000, 20_000)));
                sink.failed(limited);
                return () -> {};
            }));
        }
        client.usually(client.reports(Duration.ofMillis(1), () -> left(50_000, 10_000)));
        fixture.ask("refused twice");
        fixture.advance(Duration.ofHours(5));
        answer(59);
        assertThat(reserved()).as("1,024, 2,048, 4,096").isEqualTo(100 + 4_096);
    }

    @Test
    void promptThatIsTooLargeItself_isSentTwiceMore_andFails() {
        onEntry();
        client.usually(noting(client.failsAfter(Duration.ofMillis(1), TOO_LARGE)));
        CompletableFuture<Completion> answer = fixture.ask("large");
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(sent)
                .containsExactly(OptionalInt.empty(), OptionalInt.of(LARGEST), OptionalInt.of((LARGEST + 1) / 2));
    }

    @Test
    void providerThatOverlooksTheMaximum_isAskedTwiceMoreOnly() {
        client.counts(Admission.onEntry(100, OptionalInt.empty()));
        client.usually(noting(client.failsAfter(Duration.ofMillis(1), TOO_LARGE)));
        CompletableFuture<Completion> answer = fixture.ask("large");
        fixture.run();
        assertThat(failure(answer).reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(sent).hasSize(3);
    }

    @Test
    void whereWhatWasMadeIsCounted_orNoLimitIsKnown_tooLargeIsFinal() {
        asMade();
        client.usually(noting(client.failsAfter(Duration.ofMillis(1), TOO_LARGE)));
        EngineFixture unlimited = new EngineFixture();
        ScriptedClient service = unlimited.account("b");
        service.admitsPrompts(
                prompt -> Admission.onEntry(100, prompt.parameters().maxTokens()));
        service.usually(noting(service.failsAfter(Duration.ofMillis(1), TOO_LARGE)));
        CompletableFuture<Completion> one = fixture.ask("large");
        CompletableFuture<Completion> other = unlimited.ask("large");
        fixture.run();
        unlimited.run();
        assertThat(List.of(failure(one).reason(), failure(other).reason())).containsOnly(Reason.TOO_LARGE);
        assertThat(sent).containsExactly(OptionalInt.empty(), OptionalInt.empty());
    }

    @Test
    void whatACallerMayAskFor_isWhatItsAccountReserves() {
        asMade();
        client.uses(() -> TokenUsage.of(100, 40));
        Prompt without = Prompt.of("one more");
        Prompt with = Prompt.builder().user("one more").maxTokens(30).build();
        assertThat(fixture.engine().tokensToReserve(without)).isEqualTo(new TokenCount(100, 2_048));
        answer(60);
        assertThat(fixture.engine().tokensToReserve(without)).isEqualTo(new TokenCount(100, 40));
        assertThat(fixture.engine().tokensToReserve(with)).isEqualTo(new TokenCount(100, 30));
        fixture.route(route -> route.toBuilder().maxTokens(20).build()).reload();
        assertThat(fixture.engine().tokensToReserve(without)).isEqualTo(new TokenCount(100, 20));
    }
}
