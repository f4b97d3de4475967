package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.testkit.logging.LoggedLines;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is off comes back: after a second by one probe, or as soon as its token has changed. */
final class EngineRecoveryTest {

    private static final Duration SHORT = Duration.ofMillis(10);

    private final EngineFixture fixture = new EngineFixture();
    private final AtomicReference<String> token = new AtomicReference<>("first");

    private static Failure refused(FailureKind kind, Reach reach) {
        return ScriptedClient.failure(kind, Optional.empty(), reach);
    }

    private void turnOff(ScriptedClient client, FailureKind kind, Reach reach) {
        client.then(client.failsAfter(SHORT, refused(kind, reach)));
        CompletableFuture<Completion> answer = fixture.ask("turns it off");
        fixture.advance(Duration.ofSeconds(1));
        assertThat(failure(answer).reason()).isEqualTo(Reason.NO_ACCOUNT);
    }

    @ParameterizedTest
    @EnumSource(names = {"QUOTA_EXHAUSTED", "UNAUTHORIZED"})
    void organizationThatIsOff_isProbedByOneOfAllItsAccountsThenStartsSlowly(FailureKind kind) {
        ScriptedClient first = fixture.account("a", "org", Secret.of("a"));
        ScriptedClient second = fixture.account("b", "org", Secret.of("b"));
        fixture.member("a").limits("1000 / 1s");
        turnOff(first, kind, Reach.ORGANIZATION);
        fixture.advance(Duration.ofHours(1));
        List<CompletableFuture<Completion>> answers = fixture.askMany(40);
        fixture.advance(SHORT);
        assertThat(first.calls() + second.calls())
                .as("the one that failed and the probe")
                .isEqualTo(2);
        fixture.advance(Duration.ofMillis(100));
        assertThat(first.calls() + second.calls()).as("after the probe").isBetween(5, 9);
        fixture.run();
        assertThat(answers).allMatch(answer -> !answer.isCompletedExceptionally());
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, BUSY",
        "TOO_LARGE, OPEN",
        "FILTERED, OPEN",
        "REJECTED, OPEN",
        "MODEL_UNAVAILABLE, OFF",
        "TIMEOUT, OFF",
        "OVERLOADED, OFF"
    })
    void probe_opensTheAccountIfRefusedForItsPromptOrALimit_elseNot(FailureKind kind, AccountState state) {
        ScriptedClient client = fixture.account("a", "org", Secret.of("a"));
        turnOff(client, FailureKind.QUOTA_EXHAUSTED, Reach.ORGANIZATION);
        client.usually(client.limits(SHORT, kind, Duration.ofMinutes(1), Reach.ACCOUNT));
        fixture.advance(Duration.ofSeconds(1));
        fixture.ask("probe");
        fixture.advance(SHORT);
        assertThat(fixture.status("a").state()).isEqualTo(state);
    }

    @Test
    void probeWhoseCallerGivesUp_makesPlaceForAnother() {
        ScriptedClient client = fixture.account("a", "org", Secret.of("a"));
        turnOff(client, FailureKind.UNAUTHORIZED, Reach.ACCOUNT);
        fixture.advance(Duration.ofHours(1));
        assertThat(fixture.status("a").state()).as("until it is probed").isEqualTo(AccountState.OFF);
        client.then(client.hangs());
        CompletableFuture<Completion> probe = fixture.ask("probe");
        CompletableFuture<Completion> waiting = fixture.ask("waiting");
        fixture.advance(SHORT);
        assertThat(client.calls()).isEqualTo(2);
        probe.cancel(true);
        fixture.advance(Duration.ofSeconds(1));
        assertThat(waiting).isCompleted();
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OPEN);
    }

    @Test
    void replacedToken_isTriedWithTheNextPrompt() {
        ScriptedClient client = fixture.account("a", "org", Secret.from(token::get));
        ScriptedClient other = fixture.account("b", "another", Secret.from(token::get));
        other.then(other.failsAfter(SHORT, refused(FailureKind.UNAUTHORIZED, Reach.ACCOUNT)));
        turnOff(client, FailureKind.UNAUTHORIZED, Reach.ACCOUNT);
        assertThat(failure(fixtureAnswer("still the same")).reason()).isEqualTo(Reason.NO_ACCOUNT);
        assertThat(client.calls() + other.calls()).isEqualTo(2);
        token.set("second");
        try (LoggedLines log = new LoggedLines(ScopeClosures.class)) {
            assertThat(fixtureAnswer("with the new one")).isCompleted();
            assertThat(log.all())
                    .contains("INFO account a: its token has changed; the next prompt probes it")
                    .contains("INFO account b: its token has changed; the next prompt probes it");
        }
        assertThat(fixtureAnswer("with the other's")).isCompleted();
        assertThat(fixture.status().accounts())
                .allSatisfy(account -> assertThat(account.state()).isEqualTo(AccountState.OPEN));
    }

    /** Returns a prompt that waits for another account's limit, because its first choice is off for a second. */
    private CompletableFuture<Completion> waitsForAnother() {
        ScriptedClient client = fixture.account("a", "org", Secret.from(token::get));
        fixture.account("b", "1 / 1h");
        client.then(client.failsAfter(SHORT, refused(FailureKind.UNAUTHORIZED, Reach.ACCOUNT)));
        fixture.askOf("a", "turns it off");
        fixture.askOf("b", "takes the room");
        fixture.advance(Duration.ofMillis(200));
        CompletableFuture<Completion> waits = fixture.ask("waits");
        fixture.advance(SHORT);
        assertThat(fixture.status().waiting()).isEqualTo(1);
        return waits;
    }

    @Test
    void replacedToken_isTriedAtOnce_byPromptsThatWaitForAnotherAccountToo() {
        CompletableFuture<Completion> waits = waitsForAnother();
        token.set("second");
        fixture.ask("comes now");
        fixture.advance(Duration.ofMillis(150));
        assertThat(waits).isCompleted();
        assertThat(waits.join().origin().account()).isEqualTo("a");
    }

    @Test
    void accountThatIsOff_isCheckedInTime_byPromptsThatWaitForAnother() {
        CompletableFuture<Completion> waits = waitsForAnother();
        fixture.advance(Duration.ofSeconds(1));
        assertThat(waits).isCompleted();
        assertThat(waits.join().origin().account()).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource({"UNAUTHORIZED, ACCOUNT", "QUOTA_EXHAUSTED, ORGANIZATION", "MODEL_UNAVAILABLE, MODEL"})
    void recheck_letsTheNextPromptProbe_beforeTheNextCheck(FailureKind kind, Reach reach) {
        ScriptedClient client = fixture.account("a", "org", Secret.of("a"));
        client.then(client.failsAfter(SHORT, refused(kind, reach)));
        fixture.ask("turns it off");
        fixture.advance(SHORT);
        assertThat(failure(fixture.ask("too early")).reason()).isEqualTo(Reason.NO_ACCOUNT);
        fixture.engine().recheck();
        assertThat(fixtureAnswer("checks it")).isCompleted();
    }

    @Test
    void recheck_letsPromptsProbeAtOnce_thatWaitForAnotherAccount() {
        CompletableFuture<Completion> waits = waitsForAnother();
        fixture.engine().recheck();
        fixture.advance(Duration.ofMillis(150));
        assertThat(waits).isCompleted();
        assertThat(waits.join().origin().account()).isEqualTo("a");
    }

    /** The first check would come a second after the refusal. */
    @Test
    void tokenThatCouldNotBeRead_isTriedWithTheNextPromptOnceItCan_beforeTheNextCheck() {
        AtomicBoolean away = new AtomicBoolean(true);
        ScriptedClient client = fixture.account("a", "org", Secret.from(() -> {
            if (away.get()) {
                throw new IllegalStateException("the file is away");
            }
            return "back";
        }));
        client.then(client.failsAfter(SHORT, refused(FailureKind.UNAUTHORIZED, Reach.ACCOUNT)));
        fixture.ask("turns it off");
        fixture.advance(SHORT);
        assertThat(failure(fixture.ask("still away")).reason()).isEqualTo(Reason.NO_ACCOUNT);
        assertThat(client.calls()).isEqualTo(1);
        away.set(false);
        assertThat(fixtureAnswer("with the file")).isCompleted();
        assertThat(client.calls()).isEqualTo(2);
    }

    @Test
    void replacedTokenThatIsRefusedToo_isOffAgain() {
        ScriptedClient client = fixture.account("a", "org", Secret.from(token::get));
        client.usually(client.failsAfter(SHORT, refused(FailureKind.UNAUTHORIZED, Reach.ORGANIZATION)));
        fixtureAnswer("turns it off");
        token.set("second");
        fixtureAnswer("with the new one");
        fixtureAnswer("still the new one");
        assertThat(client.calls()).isEqualTo(2);
        assertThat(fixture.status("a").state()).isEqualTo(AccountState.OFF);
    }

    @Test
    void organizationWhoseTokenIsRefused_isOffAsAWhole_forOthersToo_untilAnyTokenChanges() {
        ScriptedCoordination others = new ScriptedCoordination();
        fixture.coordination(others);
        List<ScriptedClient> clients = List.of(
                fixture.account("a", "org", Secret.from(token::get)), fixture.account("b", "org", Secret.of("b")));
        clients.forEach(client ->
                client.usually(client.failsAfter(SHORT, refused(FailureKind.UNAUTHORIZED, Reach.ORGANIZATION))));
        fixtureAnswer("turns it off");
        assertThat(clients.stream().mapToInt(ScriptedClient::calls).sum()).isEqualTo(1);
        assertThat(List.of(fixture.status("a").state(), fixture.status("b").state()))
                .containsOnly(AccountState.OFF);
        assertThat(others.told).anyMatch(told -> told.startsWith("closed scripted/org for "));
        for (int time = 0; time < 8; time++) {
            fixture.advance(Duration.ofMinutes(1));
            fixtureAnswer("still the same " + time);
        }
        clients.forEach(client -> client.usually(client.answersAfter(SHORT)));
        assertThat(fixtureAnswer("too early")).isCompletedExceptionally();
        token.set("second");
        assertThat(fixtureAnswer("with the new one")).isCompleted();
    }

    private CompletableFuture<Completion> fixtureAnswer(String question) {
        CompletableFuture<Completion> answer = fixture.ask(question);
        fixture.advance(Duration.ofSeconds(1));
        return answer;
    }

    /** An account that has never answered is checked each minute: its first prompts may have been bad. */
    @ParameterizedTest
    @CsvSource({"true, 3600", "false, 60"})
    void closedForAnUnknownTime_isCheckedEverLessOften_upToAnHour(boolean hasAnswered, long most) {
        ScriptedClient client = fixture.account("a", "org", Secret.of("a"));
        if (hasAnswered) {
            fixture.ask("answered");
            fixture.advance(Duration.ofSeconds(1));
        }
        client.usually(client.failsAfter(SHORT, refused(FailureKind.QUOTA_EXHAUSTED, Reach.ORGANIZATION)));
        for (int check = 0; check < 15; check++) {
            fixture.ask("prompt " + check);
            fixture.advance(SHORT);
            Duration wait = Duration.between(
                    fixture.timeline.now(), fixture.status("a").until().orElseThrow());
            assertThat(wait).isEqualTo(Duration.ofSeconds(Math.min(most, 1L << check)));
            fixture.advance(wait);
        }
    }
}
