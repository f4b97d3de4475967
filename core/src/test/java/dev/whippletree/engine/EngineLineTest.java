package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Reach;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.testkit.logging.LoggedLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who goes first, who may overtake, and who is told that waiting is no use. */
final class EngineLineTest {

    private final EngineFixture fixture = new EngineFixture();

    /** An account whose service counts as many tokens as a prompt's bound says. */
    private ScriptedClient counting(String id, String... limits) {
        ScriptedClient client = fixture.account(id, limits);
        client.countsMaxTokens();
        return client;
    }

    private CompletableFuture<Completion> ask(String text, int tokens) {
        return fixture.ask(Prompt.builder().user(text).maxTokens(tokens).build());
    }

    private static Duration at(ScriptedClient client, int call) {
        return Duration.ofNanos(client.callTimes().get(call));
    }

    @Test
    void waits_areEstimatedByHowLongAnswersTakeLately() {
        ScriptedClient client = fixture.account("a", Optional.empty(), 16);
        client.usually(client.answersAfter(Duration.ofSeconds(20)));
        fixture.askMany("by night ", 1_000);
        fixture.run();
        client.usually(client.answersAfter(Duration.ofSeconds(2)));
        fixture.askMany("by day ", 300);
        fixture.run();
        fixture.askMany("just now ", 16);
        CompletableFuture<Completion> answer = fixture.ask("q", Duration.ofSeconds(10));
        fixture.advance(Duration.ofSeconds(5));
        assertThat(answer).isCompleted();
    }

    @Test
    void smallOne_overtakesWhereThatDelaysNobody() {
        ScriptedClient client = counting("a", "100 tokens / 60s");
        ask("first", 60);
        fixture.advance(Duration.ofSeconds(1));
        CompletableFuture<Completion> large = ask("large", 90);
        CompletableFuture<Completion> small = ask("small", 10);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(small).isCompleted();
        assertThat(large).isNotDone();
        fixture.run();
        assertThat(at(client, 2)).isEqualTo(Duration.ofMillis(60_100));
    }

    @Test
    void largeOneGivesUp_smallOnesItHeldBackGoAtOnce() {
        ScriptedClient client = counting("a", "100 tokens / 60s");
        ask("first", 60);
        fixture.advance(Duration.ofSeconds(1));
        CompletableFuture<Completion> large = ask("large", 100);
        CompletableFuture<Completion> small = ask("small", 10);
        fixture.advance(Duration.ofSeconds(4));
        assertThat(client.calls()).isEqualTo(1);
        large.cancel(true);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(small).isCompleted();
        assertThat(at(client, 1)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void smallOneHeldBackOnOneAccount_goesToAnotherAsSoonAsThatHasRoom() {
        counting("a", "100 tokens / 60s");
        counting("b", "100 tokens / 60s");
        CompletableFuture<Completion> early = pinned("b", 10);
        fixture.advance(Duration.ofSeconds(30));
        pinned("a", 50);
        fixture.advance(Duration.ofSeconds(25));
        pinned("b", 90);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(early).isCompleted();
        ask("large", 100);
        CompletableFuture<Completion> small = ask("small", 10);
        fixture.advance(Duration.ofSeconds(3));
        assertThat(small).isNotDone();
        fixture.advance(Duration.ofSeconds(3));
        assertThat(small).isCompleted();
    }

    private CompletableFuture<Completion> pinned(String account, int tokens) {
        return fixture.ask(Prompt.builder()
                .user("pinned to " + account + " for " + tokens)
                .account(account)
                .maxTokens(tokens)
                .build());
    }

    @Test
    void heldBackForOneWhoseModelIsClosedForLonger_beginsOnceBothFit() {
        ScriptedClient client = fixture.account("a", "3 / 4s");
        fixture.tier("a/large", "a/small");
        client.then(
                client.limits(Duration.ofMillis(10), FailureKind.RATE_LIMITED, Duration.ofSeconds(30), Reach.MODEL));
        ofModel("first", "large");
        fixture.advance(Duration.ofSeconds(1));
        ofModel("second", "small");
        fixture.advance(Duration.ofSeconds(1));
        CompletableFuture<Completion> held = ofModel("held", "small");
        fixture.advance(Duration.ofSeconds(2));
        assertThat(held).isNotDone();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(held).isCompleted();
        assertThat(at(client, 2)).isEqualTo(Duration.ofMillis(4_010));
    }

    private CompletableFuture<Completion> ofModel(String text, String model) {
        return fixture.ask(Prompt.builder().user(text).model(model).build());
    }

    @Test
    void limitLearnedLater_smallerThanAWaitingReservation_failsItAndBlocksNobody() {
        ScriptedClient client = counting("a");
        client.usually(client.reports(
                Duration.ofMillis(100),
                () -> new RateLimitReport(
                        Reach.ORGANIZATION,
                        Limit.Unit.TOKENS,
                        OptionalLong.of(100),
                        OptionalLong.of(90),
                        Optional.of(Duration.ofSeconds(60)),
                        Refill.CONTINUOUS,
                        Optional.of(Duration.ofSeconds(6)))));
        for (int index = 0; index < 4; index++) {
            ask("first " + index, 1);
        }
        CompletableFuture<Completion> large = ask("large", 500);
        CompletableFuture<Completion> small = ask("small", 5);
        fixture.advance(Duration.ofMinutes(5));
        assertThat(small).isCompleted();
        assertThat(failure(large).reason()).isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void deadline_isJudgedByTurnAndNotByTheLengthOfTheLine() {
        fixture.account("a", "10 / 10s");
        for (int index = 0; index < 1_000; index++) {
            fixture.ask(
                    Prompt.builder().user("greedy " + index).session("greedy").build());
        }
        fixture.advance(Duration.ofSeconds(1));
        CompletableFuture<Completion> modest = fixture.ask(Prompt.builder()
                .user("modest")
                .session("modest")
                .deadline(Duration.ofSeconds(15))
                .build());
        CompletableFuture<Completion> greedy = fixture.ask(Prompt.builder()
                .user("greedy too")
                .session("greedy")
                .deadline(Duration.ofSeconds(15))
                .build());
        fixture.advance(Duration.ofMillis(1));
        assertThat(failure(greedy).reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
        fixture.advance(Duration.ofSeconds(12));
        assertThat(modest.join().text()).isEqualTo("answer");
    }

    @Test
    void openersDeadline_leavesTheCallToTheJoiner() {
        ScriptedClient client = fixture.account("a", "10 / 1s");
        client.usually(client.answersAfter(Duration.ofSeconds(10)));
        CompletableFuture<Completion> opener = fixture.ask("q", Duration.ofSeconds(2));
        CompletableFuture<Completion> joiner = fixture.ask("q");
        fixture.run();
        assertThat(failure(opener).reason()).isEqualTo(Reason.DEADLINE);
        assertThat(joiner.join().origin().source()).isEqualTo(Origin.Source.JOINED);
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void jam_isLoggedOnceUntilTheLineIsEmptyAgain() {
        try (LoggedLines log = new LoggedLines(DispatchPass.class)) {
            fixture.route(route -> RouteSettings.of("jammed", route.tiers())).account("a", "1 / 70s");
            for (int jam = 1; jam <= 2; jam++) {
                for (String text : List.of("goes at once", "waits for a window", "waits for two")) {
                    fixture.ask(Prompt.builder()
                            .route("jammed")
                            .user(text + " in jam " + jam)
                            .build());
                }
                fixture.advance(Duration.ofMinutes(10));
                assertThat(log.all())
                        .filteredOn(line -> line.startsWith("INFO Route jammed: "))
                        .hasSize(jam);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"ORGANIZATION, false", "ORGANIZATION, true", "MODEL, false"})
    void promptThatALimitHasRefused_leavesTheNextTrialToAnother_overAReloadToo(Reach reach, boolean reloaded) {
        Failure refusal = ScriptedClient.failure(FailureKind.RATE_LIMITED, Optional.empty(), reach);
        List<String> asked = new ArrayList<>();
        ScriptedClient client = fixture.account("a");
        client.usually((prompt, model, sink) -> {
            asked.add(prompt.messages().get(0).text());
            return (asked.size() == 1
                            ? client.failsAfter(Duration.ofMillis(10), refusal)
                            : client.answersAfter(Duration.ofMillis(10)))
                    .run(prompt, model, sink);
        });
        fixture.ask("refused");
        fixture.advance(Duration.ofMillis(50));
        fixture.ask("another");
        if (reloaded) {
            fixture.reload();
        }
        fixture.run();
        assertThat(asked).containsExactly("refused", "another", "refused");
    }

    @Test
    void joiner_isToldHowLongItsOwnPromptWaited() {
        fixture.account("a", "1 / 1s");
        fixture.ask("first");
        CompletableFuture<Completion> opener = fixture.ask("q");
        fixture.advance(Duration.ofMillis(300));
        CompletableFuture<Completion> joiner = fixture.ask("q");
        fixture.advance(Duration.ofMillis(400));
        CompletableFuture<Completion> last = fixture.ask("q");
        fixture.advance(Duration.ofMillis(450));
        CompletableFuture<Completion> duringTheCall = fixture.ask("q");
        fixture.run();
        Duration waited = opener.join().origin().waited();
        assertThat(waited).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(joiner.join().origin().waited()).isEqualTo(waited.minusMillis(300));
        assertThat(last.join().origin().waited()).isEqualTo(waited.minusMillis(700));
        assertThat(duringTheCall.join().origin().waited()).isZero();
    }

    @Test
    void slowCallback_holdsUpNobody() {
        fixture.account("a", "10 / 1s");
        CompletableFuture<Completion> slow = fixture.ask("slow");
        CompletableFuture<Completion> other = fixture.ask("other");
        CompletableFuture<Completion> joined = fixture.ask("slow");
        slow.thenAccept(answer -> fixture.advance(Duration.ofSeconds(30)));
        fixture.run();
        assertThat(other).isCompleted();
        assertThat(joined).isCompleted();
    }

    @Test
    void admissionOfUnknownSize_reservesNothing() {
        ScriptedClient client = fixture.account("a", "100 tokens / 60s");
        client.counts(Admission.NONE);
        List<CompletableFuture<Completion>> answers = fixture.askMany(10);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }
}
