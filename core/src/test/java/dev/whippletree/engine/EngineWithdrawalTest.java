package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.EngineSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompts that are withdrawn if they wait, and in what time more of them would be answered. */
final class EngineWithdrawalTest {

    private final EngineFixture fixture = new EngineFixture();

    @Test
    void promptThatWaits_isWithdrawn_andHasLeft_beforeItsCallerGetsToKnow() {
        ScriptedClient client = fixture.account("a", "1 / 1h");
        fixture.ask("first");
        CompletableFuture<Completion> second = fixture.ask("second");
        List<Integer> waiting = new ArrayList<>();
        second.whenComplete(
                (answer, failure) -> waiting.add(fixture.engine().status().waiting()));
        CompletableFuture<Completion> anybodys = new CompletableFuture<>();
        fixture.engine().withdraw(anybodys);
        fixture.engine().withdraw(second);
        assertThat(waiting).containsExactly(0);
        fixture.advance(Duration.ofHours(3));
        assertThat(second).isCancelled();
        assertThat(anybodys).isNotDone();
        assertThat(client.calls()).isEqualTo(1);
        assertThat(fixture.engine().status().prompts().cancelled()).isEqualTo(1);
    }

    @Test
    void promptOfAnotherEngine_isIgnored() {
        EngineFixture other = new EngineFixture();
        ScriptedClient client = other.account("b", "1 / 1h");
        client.usually(client.failsAfter(Duration.ofSeconds(5), FailureKind.REJECTED))
                .then(client.answersAfter(Duration.ofSeconds(5)));
        fixture.account("a", "1 / 1h");
        CompletableFuture<Completion> underWay = other.ask("first");
        CompletableFuture<Completion> waiting = other.ask("second");
        other.advance(Duration.ofSeconds(1));
        fixture.engine().withdraw(underWay);
        fixture.engine().withdraw(waiting);
        assertThat(waiting).isNotDone();
        assertThat(fixture.status().prompts().cancelled()).isZero();
        assertThat(other.status().waiting()).isEqualTo(1);
        other.run();
        assertThat(underWay).isCompleted();
        assertThat(client.calls()).isEqualTo(2);
        assertThat(other.status().prompts().underWay()).isZero();
    }

    @Test
    void promptWhoseCallIsUnderWay_isAnsweredAllTheSame() {
        fixture.account("a", "1 / 1h");
        CompletableFuture<Completion> first = fixture.ask("first");
        fixture.advance(Duration.ZERO);
        fixture.engine().withdraw(first);
        fixture.advance(Duration.ofMinutes(1));
        assertThat(first).isCompleted();
    }

    @Test
    void promptWhoseCallFails_isWithdrawnThen_unlessAnotherAsksTheSame() {
        ScriptedClient client = fixture.account("a", "10 / 1h");
        client.usually(client.failsAfter(Duration.ofSeconds(5), FailureKind.UNAVAILABLE));
        CompletableFuture<Completion> alone = fixture.ask("alone");
        CompletableFuture<Completion> joined = fixture.ask("joined");
        CompletableFuture<Completion> other = fixture.ask("joined");
        fixture.advance(Duration.ofSeconds(1));
        fixture.engine().withdraw(alone);
        fixture.engine().withdraw(joined);
        client.usually(client.answersAfter(Duration.ofSeconds(1)));
        fixture.advance(Duration.ofMinutes(1));
        assertThat(alone).isCancelled();
        assertThat(other).isCompletedWithValueMatching(answer -> answer.origin().attempts() == 2);
        assertThat(client.calls()).isEqualTo(3);
    }

    @Test
    void promptWhoseCallFails_causesNoOther_onceThoseWhoAskedTheSameHaveLeftToo() {
        ScriptedClient client = fixture.account("a", "1 / 1m");
        client.usually(client.failsAfter(Duration.ofSeconds(5), FailureKind.UNAVAILABLE));
        CompletableFuture<Completion> withdrawn = fixture.ask("joined");
        CompletableFuture<Completion> other = fixture.ask("joined");
        fixture.advance(Duration.ofSeconds(1));
        fixture.engine().withdraw(withdrawn);
        fixture.advance(Duration.ofSeconds(10));
        other.cancel(false);
        fixture.advance(Duration.ofMinutes(5));
        assertThat(withdrawn).isCancelled();
        assertThat(client.calls()).isEqualTo(1);
        assertThat(fixture.status().prompts().underWay()).isZero();
    }

    @Test
    void promptWhoseCallFails_isWithdrawn_beforeAnotherAccountIsAsked() {
        ScriptedClient client = fixture.account("a");
        client.usually(client.failsAfter(Duration.ofSeconds(5), FailureKind.UNAVAILABLE));
        fixture.account("b");
        CompletableFuture<Completion> withdrawn = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        fixture.engine().withdraw(withdrawn);
        fixture.run();
        assertThat(withdrawn).isCancelled();
        assertThat(fixture.status().calls()).isEqualTo(1);
    }

    @Test
    void promptWhoseConnectionWasStale_isWithdrawnThen() {
        fixture.settings(EngineSettings.DEFAULT.withLineSize(1));
        ScriptedClient client = fixture.account("a", "1 / 1h");
        client.then(client.later(Duration.ofSeconds(5), (prompt, model, sink) -> {
            sink.staleConnection(true);
            return () -> {};
        }));
        CompletableFuture<Completion> withdrawn = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(1));
        fixture.engine().withdraw(withdrawn);
        fixture.advance(Duration.ofHours(3));
        assertThat(withdrawn).isCancelled();
        assertThat(client.calls()).isEqualTo(1);
        fixture.ask("takes the room");
        CompletableFuture<Completion> waits = fixture.ask("waits");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(waits).as("there is a place in line").isNotDone();
    }

    /** Two hundred tokens each, on average; the last is one of a hundred. */
    @ParameterizedTest
    @CsvSource({
        "10 / 1m, 10, 0",
        "10 / 1m, 11, 60",
        "10 / 1m, 100, 540",
        "10 / 1m, 101, 600",
        "1000 tokens / 1m, 5, 0",
        "1000 tokens / 1m, 6, 60"
    })
    void timeForMore_isWhatTheLimitsTake(String limit, long count, long seconds) {
        fixture.account("a", limit).countsMaxTokens();
        List<Prompt> like = List.of(
                Prompt.builder().user("like").maxTokens(100).build(),
                Prompt.builder().user("or like").maxTokens(300).build());
        assertThat(fixture.engine().timeFor(like, count))
                .hasValueSatisfying(time ->
                        assertThat(time).isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds + 1)));
    }

    @Test
    void timeForMore_includesTheAnswerOfTheSlowestAccount() {
        for (int seconds : List.of(30, 20)) {
            ScriptedClient client = fixture.account("of " + seconds);
            client.usually(client.answersAfter(Duration.ofSeconds(seconds)));
            fixture.account("never asked");
        }
        fixture.askOf("of 30", "q");
        fixture.askOf("of 20", "q");
        fixture.run();
        assertThat(fixture.engine().timeFor(List.of(Prompt.of("like")), 1)).contains(Duration.ofSeconds(30));
    }

    @Test
    void timeForNoMore_isThatOfThoseThatWait() {
        fixture.account("a", "10 / 1m");
        List<Prompt> like = List.of(Prompt.of("like"));
        assertThat(fixture.engine().timeFor(like, 0))
                .hasValueSatisfying(idle -> assertThat(idle).isLessThan(Duration.ofMinutes(1)));
        for (int i = 0; i < 20; i++) {
            fixture.ask("before " + i);
        }
        fixture.advance(Duration.ZERO);
        Duration none = fixture.engine().timeFor(like, 0).orElseThrow();
        Duration one = fixture.engine().timeFor(like, 1).orElseThrow();
        assertThat(none).isBetween(Duration.ofMinutes(1), Duration.ofSeconds(90));
        assertThat(one).isGreaterThan(none.plusSeconds(50));
    }

    @Test
    void timeForMoreLikeNothing_isRefused() {
        fixture.account("a", "10 / 1m");
        assertThatThrownBy(() -> fixture.engine().timeFor(List.of(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name at least one prompt like those to come");
    }

    @Test
    void timeForMore_isUnknownWithoutTheRoute() {
        fixture.account("a", "10 / 1m");
        assertThat(fixture.engine()
                        .timeFor(
                                List.of(Prompt.builder().user("q").route("none").build()), 5))
                .isEmpty();
    }
}
