package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.AccountStatus;
import dev.whippletree.model.StatusSnapshot.CoordinatorStatus;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.TenantTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EngineCoordinationTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Scope SCOPE = Scope.of("scripted/account a");

    private final EngineFixture fixture = new EngineFixture();
    private final ScriptedCoordination others = new ScriptedCoordination();
    private final ScriptedCache cache = new ScriptedCache(fixture.timeline);
    private final ScriptedClient client = fixture.account("a", "1000 / 1h", "50000 tokens / 1m");

    EngineCoordinationTest() {
        fixture.coordination(others);
    }

    private static ScopeClosing closing(Duration remaining, boolean endKnown) {
        return closing(SCOPE, remaining, endKnown);
    }

    private static ScopeClosing closing(Scope scope, Duration remaining, boolean endKnown) {
        return new ScopeClosing(scope, remaining, endKnown, "another's words");
    }

    @Test
    void attempt_reservesOfEveryLimit_andIsSettledByWhatTheServiceCounted() {
        client.counts(Admission.onEntry(100, 0));
        fixture.ask("q");
        fixture.run();
        assertThat(others.reserved).hasSize(1);
        assertThat(others.reserved.get(0))
                .extracting(LimitUse::scope, LimitUse::name, LimitUse::limit, LimitUse::amount)
                .containsExactly(
                        tuple(SCOPE, "requests/PT1H", Limit.requests(1000, Duration.ofHours(1)), 1L),
                        tuple(SCOPE, "tokens/PT1M", Limit.tokens(50_000, Duration.ofMinutes(1)), 100L));
        assertThat(others.told).hasSize(1);
        assertThat(others.told.get(0)).startsWith("settled grant-1 ").endsWith(" 0 ms");
    }

    /** Of twelve calls one at a time, two are for the tenant of twice the weight that ten processes ask for. */
    @Test
    void othersAskForATenantToo_itGetsAPartOfItsTurnsHere_asItsWeightSays() {
        EngineFixture slow = new EngineFixture().coordination(others).weights(Map.of("far", 2));
        ScriptedClient one = slow.account("a", Optional.empty(), 1, "1000 / 1h");
        one.usually(one.answersAfter(SECOND));
        List<String> begun = new ArrayList<>();
        slow.ask("first");
        others.listener().spread("far", Priority.INTERACTIVE, 10);
        for (int n = 0; n < 12; n++) {
            for (String tenant : List.of("near", "far")) {
                slow.ask(Prompt.builder().user(tenant + n).tenant(tenant).build())
                        .thenAccept(answer -> begun.add(tenant));
            }
        }
        slow.advance(Duration.ofSeconds(13));

        assertThat(begun).filteredOn("far"::equals).hasSize(2);
        assertThat(others.turns)
                .contains(
                        new TenantTurn("far", Priority.INTERACTIVE, 2),
                        new TenantTurn("near", Priority.INTERACTIVE, 1));
    }

    @ParameterizedTest
    @CsvSource({"9, 5", "5, 9"})
    void limitThatTwoAccountsDeclareDifferently_isReservedAsTheStricter_andAsAReloadDeclaresIt(int one, int other) {
        EngineFixture shared = new EngineFixture().coordination(others);
        for (int round = 0; round < 2; round++) {
            shared.member("x").with(said -> said.organization("acme")).limits(one + 10 * round + " / 1h");
            shared.member("y").with(said -> said.organization("acme")).limits(other + 10 * round + " / 1h");
            shared.reload();
            shared.ask("q" + round);
            shared.advance(SECOND);
            assertThat(others.reserved.get(round))
                    .containsExactly(new LimitUse(
                            Scope.of("scripted/acme"),
                            "requests/PT1H",
                            Limit.requests(5 + 10 * round, Duration.ofHours(1)),
                            1));
        }
    }

    /** Nothing was reserved of it. The second call may still be on its way for a second. */
    @Test
    void limitThatAReloadAdds_isEnteredOnceWithWhatWasUsedHere() {
        client.usually(client.answersAfter(SECOND.multipliedBy(5)));
        fixture.ask("first");
        fixture.advance(SECOND.multipliedBy(6));
        fixture.ask("second");
        fixture.advance(SECOND);
        fixture.member("a").limits("50 / 10s", "70 input-tokens / 10s");
        fixture.reload();
        fixture.reload();
        fixture.advance(SECOND);

        assertThat(others.told)
                .filteredOn(told -> told.startsWith("entered"))
                .containsExactly("entered requests/PT10S {PT-1S=1, PT5S=1}");
    }

    @Test
    void inputAndOutputTokens_areReservedByNamesOfTheirOwn() {
        EngineFixture apart = new EngineFixture().coordination(others);
        apart.account("a", "5000 input-tokens / 1m", "3000 output-tokens / 1m").counts(Admission.asMade(100, 70));
        apart.ask("q");
        apart.run();
        assertThat(others.reserved.get(0))
                .extracting(LimitUse::name, LimitUse::amount)
                .containsExactly(tuple("input-tokens/PT1M", 100L), tuple("output-tokens/PT1M", 70L));
    }

    /** What the service tells this process the others don't hear, and what they have under way it doesn't know. */
    @ParameterizedTest
    @EnumSource
    void declaredLimitThatTheServiceReportsToo_isReservedAllTheSame(Refill refill) {
        for (Optional<Duration> window : List.of(Optional.<Duration>empty(), Optional.of(Duration.ofHours(1)))) {
            RateLimitReport report = new RateLimitReport(
                    Reach.ORGANIZATION,
                    Limit.Unit.REQUESTS,
                    OptionalLong.of(1000),
                    OptionalLong.of(999),
                    window,
                    refill,
                    Optional.of(window.isPresent() ? Duration.ofMillis(3600) : Duration.ofHours(1)));
            client.usually(client.reports(SECOND, () -> report));
            fixture.ask("first, window told " + window.isPresent());
            fixture.run();
            fixture.ask("second, window told " + window.isPresent());
            fixture.run();
        }
        assertThat(others.reserved)
                .hasSize(4)
                .allSatisfy(uses -> assertThat(uses)
                        .extracting(LimitUse::name, use -> use.limit().amount())
                        .contains(tuple("requests/PT1H", 1000L)));
    }

    private ScriptedClient.Behaviour staleAfter(Duration latency) {
        return client.later(latency, (prompt, model, sink) -> {
            assertThat(sink.staleConnection(false)).isTrue();
            assertThat(sink.staleConnection(true)).isFalse();
            sink.failed(Failure.of(FailureKind.UNAVAILABLE, "closed"));
            return () -> {};
        });
    }

    private void asksAgain(CompletableFuture<Completion> answer) {
        others.answers(uses ->
                others.reserved.size() == 2 ? ScriptedCoordination.refusal(uses.get(0), SECOND) : others.grant());
        fixture.advance(SECOND);
        assertThat(fixture.status().waiting()).isEqualTo(1);
        assertThat(others.told).containsExactly("settled grant-1 -5000 ms");
        fixture.run();
        assertThat(client.callTimes()).containsExactly(0L, 2 * SECOND.toNanos());
        assertThat(answer.join().origin().attempts()).isEqualTo(1);
        assertThat(others.told).hasSize(2).element(1).asString().startsWith("settled grant-2 ");
        AccountStatus account = fixture.status("a");
        assertThat(account.failures()).isEmpty();
        assertThat(account.state()).isEqualTo(AccountState.OPEN);
        assertThat(account.calls()).isEqualTo(1);
    }

    @Test
    void requestOnAStaleConnection_isSentAgainOnceTheOthersGrantAnother_andIsNoFailure() {
        client.then(staleAfter(SECOND));
        asksAgain(fixture.ask("q"));
    }

    @Test
    void streamOnAStaleConnection_isSentAgainOnceTheOthersGrantAnother_andIsNoFailure() {
        client.then(staleAfter(SECOND));
        ReadingCaller caller = ReadingCaller.of(fixture.engine(), Prompt.of("q"));
        asksAgain(caller.whole());
        assertThat(caller.whole().join().text()).isEqualTo("answer");
    }

    @Test
    void secondStaleConnectionOfAPrompt_isAFailure() {
        client.usually(staleAfter(SECOND));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer).isCompletedExceptionally();
        long attempts = client.calls() - 1;
        assertThat(fixture.status("a").failures()).isEqualTo(Map.of(FailureKind.UNAVAILABLE, attempts));
        assertThat(fixture.status("a").calls()).isEqualTo(attempts);
        assertThat(attempts).isPositive();
    }

    @Test
    void refused_waitsInItsPlaceUntilTheTimeThatWasTold() {
        others.answers(uses -> ScriptedCoordination.refusal(uses.get(0), SECOND));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(999));
        assertThat(client.calls()).isZero();
        assertThat(others.reserved).hasSize(1);
        assertThat(fixture.status().waiting()).isEqualTo(1);
        others.answers(uses -> others.grant());
        fixture.run();
        assertThat(client.callTimes()).containsExactly(SECOND.toNanos());
        assertThat(answer.join().origin().attempts()).isEqualTo(1);
        assertThat(fixture.status().calls()).isEqualTo(1);
        assertThat(fixture.status().coordination().orElseThrow().refused()).isEqualTo(1);
    }

    @Test
    void refusedOnceItsCallerHasWithdrawn_isCancelled() {
        CompletableFuture<Grant> reply = new CompletableFuture<>();
        others.answers(uses -> reply);
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ZERO);
        fixture.engine().withdraw(answer);
        assertThat(answer).isNotDone();
        ScriptedCoordination.refusal(others.reserved.get(0).get(0), SECOND).thenAccept(reply::complete);
        others.answers(uses -> others.grant());
        fixture.run();
        assertThat(answer).isCancelled();
        assertThat(client.calls()).isZero();
    }

    @Test
    void refusedForItsTokens_smallerOnesPass() {
        client.admitsPrompts(
                prompt -> Admission.onEntry(prompt.parameters().maxTokens().orElse(0) > 500 ? 3000 : 10, 0));
        others.answers(uses ->
                uses.get(1).amount() > 1000 ? ScriptedCoordination.refusal(uses.get(1), SECOND) : others.grant());
        Prompt large = Prompt.of("large");
        fixture.ask(large.toBuilder().maxTokens(600).build());
        Prompt small = Prompt.of("small");
        CompletableFuture<Completion> answer =
                fixture.ask(small.toBuilder().maxTokens(5).build());
        fixture.advance(Duration.ofMillis(500));
        assertThat(answer).isCompleted();
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void refusedForLongerThanPatience_nextTierIsUsed() {
        ScriptedClient second = fixture.account("b");
        fixture.tier("a").tier("b");
        others.answers(uses -> ScriptedCoordination.refusal(uses.get(0), Duration.ofMinutes(1)));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SECOND);
        assertThat(answer).isCompleted();
        assertThat(second.calls()).isEqualTo(1);
        assertThat(client.calls()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fails", "throws", "throws when told of the end"})
    void coordinatorThatFailsOrThrows_stopsNobody_andIsCounted(String how) {
        IllegalStateException broken = new IllegalStateException("scripted");
        if (how.equals("throws when told of the end")) {
            others.deaf();
        } else {
            others.answers(uses -> {
                if (how.equals("throws")) {
                    throw broken;
                }
                return CompletableFuture.failedFuture(broken);
            });
        }
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(fixture.status().coordination().orElseThrow().faults()).isEqualTo(1);
    }

    @Test
    void coordinatorThatNeverAnswers_isAskedTwiceInTenSeconds_andThenStopsNobody() {
        others.answers(uses -> new CompletableFuture<>());
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(client.callTimes()).containsExactly(Duration.ofSeconds(10).toNanos());
        assertThat(others.reserved).hasSize(2);
        assertThat(fixture.status().coordination().orElseThrow().faults()).isEqualTo(2);
        long askedAt = fixture.elapsed().toNanos();
        CompletableFuture<Completion> next = fixture.ask("another");
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(next).isCompleted();
        assertThat(client.callTimes().get(1)).isEqualTo(askedAt + SECOND.toNanos());
        assertThat(others.reserved).as("asked no more than once from then on").hasSize(3);
        others.answers(uses -> others.grant());
        fixture.ask("heard");
        fixture.run();
        others.answers(uses -> new CompletableFuture<>());
        long silentAgain = fixture.elapsed().toNanos();
        fixture.ask("as patient as before");
        fixture.run();
        assertThat(client.callTimes().get(3))
                .isEqualTo(silentAgain + Duration.ofSeconds(10).toNanos());
    }

    @Test
    void slowCoordinator_isWaitedFor() {
        others.answers(uses -> {
            CompletableFuture<Grant> slow = new CompletableFuture<>();
            fixture.timeline.schedule(Duration.ofSeconds(4).toNanos(), () -> slow.complete(new Grant.Granted("slow")));
            return slow;
        });
        fixture.ask("q");
        fixture.run();
        assertThat(client.callTimes()).containsExactly(Duration.ofSeconds(4).toNanos());
        assertThat(fixture.status().coordination().orElseThrow().faults()).isZero();
    }

    @Test
    void silence_isNoLeave_andWhatIsGrantedTooLateIsReleased() {
        CompletableFuture<Grant> late = new CompletableFuture<>();
        others.answers(uses -> late);
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofMillis(4_999));
        others.answers(uses -> ScriptedCoordination.refusal(uses.get(0), SECOND));
        fixture.advance(Duration.ofMillis(500));
        late.complete(new Grant.Granted("late"));
        assertThat(client.calls()).isZero();
        assertThat(others.told).containsExactly("released late");
        others.answers(uses -> others.grant());
        fixture.run();
        assertThat(client.callTimes()).containsExactly(Duration.ofSeconds(6).toNanos());
        assertThat(answer.join().origin().attempts()).isEqualTo(1);
        assertThat(fixture.status().inFlight()).isZero();
    }

    @Test
    void cancelledWhileTheOthersAreAsked_whatTheyGrantIsFreedAgain() {
        CompletableFuture<Grant> late = new CompletableFuture<>();
        others.answers(uses -> late);
        CompletableFuture<Completion> answer = fixture.ask("q");
        answer.cancel(false);
        late.complete(new Grant.Granted("late"));
        fixture.run();
        assertThat(client.calls()).isZero();
        assertThat(others.told).containsExactly("released late");
        assertThat(fixture.status().inFlight()).isZero();
        assertThat(fixture.status("a").limits().get(0).left())
                .as("it was never sent")
                .isEqualTo(1000);
    }

    @Test
    void brokenOff_isSettledAsStillArriving() {
        client.usually(client.hangs());
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SECOND);
        answer.cancel(false);
        fixture.run();
        assertThat(others.told).containsExactly("settled grant-1 -5000 ms");
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, MODEL, 7, 'closed scripted/account a, model model for 7000 ms'",
        "QUOTA_EXHAUSTED, ORGANIZATION, 7, closed scripted/account a for 7000 ms",
        "QUOTA_EXHAUSTED, ORGANIZATION, , closed scripted/account a for 1000 ms or more"
    })
    void closed_othersAreToldForHowLong(FailureKind kind, Reach reach, Long seconds, String told) {
        Optional<Duration> wait = Optional.ofNullable(seconds).map(Duration::ofSeconds);
        client.then(client.failsAfter(SECOND, ScriptedClient.failure(kind, wait, reach)));
        fixture.ask("q");
        fixture.advance(SECOND);
        assertThat(others.told).contains(told);
    }

    @Test
    void closedByOthers_isNotTriedBefore_theLatestTimeHolds() {
        fixture.engine();
        others.listener().closed(new ScopeClosing(Scope.of("elsewhere"), Duration.ofHours(1), true, ""));
        others.listener().reopened(Scope.of("elsewhere"));
        others.listener().closed(closing(Duration.ofSeconds(9), true));
        others.listener().closed(closing(Duration.ofSeconds(3), true));
        fixture.ask("q");
        fixture.run();
        assertThat(client.callTimes()).containsExactly(Duration.ofSeconds(9).toNanos());
    }

    @Test
    void closedByOthersForAnUnknownTime_isToldOnce_opensNoSooner_andStartsSlowly() {
        List<String> told = new ArrayList<>();
        fixture.listener(new EngineListener() {
            @Override
            public void closed(String account, String reason) {
                told.add(account + " " + reason);
            }
        });
        for (String id : List.of("b", "c")) {
            fixture.account(id, Optional.of("acme"), 1);
        }
        fixture.tier("a").engine();
        others.listener().closed(closing(Scope.of("scripted/acme"), SECOND, true));
        fixture.advance(Duration.ZERO);
        assertThat(told)
                .containsExactly(
                        "b is closed, according to another process; checked again in 1 s",
                        "c is closed, according to another process; checked again in 1 s");
        told.clear();
        others.listener().closed(closing(Duration.ofSeconds(9), false));
        others.listener().closed(closing(Duration.ofSeconds(3), false));
        fixture.advance(Duration.ofSeconds(8));
        fixture.ask("too early");
        fixture.advance(SECOND);
        assertThat(client.calls()).isZero();
        assertThat(told).singleElement().asString().startsWith("a is closed, according to another process");
        fixture.askMany(40);
        fixture.advance(Duration.ofMillis(50));
        assertThat(client.calls()).isEqualTo(1);
        fixture.advance(Duration.ofMillis(100));
        assertThat(client.calls()).as("after the probe").isBetween(2, 10);
    }

    static List<Scope> scopes() {
        return List.of(SCOPE, Scope.of(SCOPE.organization(), EngineFixture.MODEL));
    }

    @ParameterizedTest
    @MethodSource("scopes")
    void probeIsLeftToOthers_untilTheyTellThatItIsOpen(Scope scope) {
        fixture.engine();
        others.probesElsewhere();
        others.listener().closed(closing(scope, SECOND, false));
        fixture.advance(SECOND);
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(Duration.ofSeconds(5));
        assertThat(client.calls()).isZero();
        assertThat(answer).isNotDone();
        assertThat(others.probes).containsExactly(scope + " for PT2M");
        others.listener().reopened(scope);
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(client.callTimes()).containsExactly(Duration.ofSeconds(6).toNanos());
    }

    @Test
    void probeOfOurs_tellsThatEachPlaceIsOpen() {
        fixture.engine();
        scopes().forEach(scope -> others.listener().closed(closing(scope, SECOND, false)));
        fixture.advance(SECOND);
        fixture.ask("q");
        fixture.run();
        assertThat(others.told)
                .containsAll(scopes().stream().map(scope -> "reopened " + scope).toList());
        assertThat(others.probes).hasSize(2);
    }

    @Test
    void probeOfOthersThatNeverEnds_isTakenOverWhenItsTimeIsOver() {
        fixture.engine();
        others.probesElsewhere();
        others.listener().closed(closing(SECOND, false));
        fixture.advance(SECOND);
        fixture.ask("q");
        others.probesHere();
        fixture.advance(Duration.ofSeconds(119));
        assertThat(client.calls()).isZero();
        fixture.advance(SECOND);
        assertThat(client.calls()).isEqualTo(1);
    }

    @Test
    void anotherMakesTheCall_itsAnswerIsFound() {
        fixture.sharedCache("shared", cache);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        others.claims(() -> CompletableFuture.completedFuture(new Claim.Others(ended)));
        fixture.ask("q");
        others.claims(() -> CompletableFuture.completedFuture(others.ours()));
        CompletableFuture<Completion> first = fixture.ask("q");
        fixture.advance(SECOND);
        assertThat(client.calls()).isZero();
        store();
        ended.complete(null);
        fixture.run();
        assertThat(client.calls()).isZero();
        assertThat(first.join().origin().source()).isEqualTo(Origin.Source.CACHE);
        assertThat(fixture.status().coordination().orElseThrow().leftToOthers()).isEqualTo(1);
        assertThat(fixture.status().caches().get(0).misses()).isEqualTo(1);
    }

    @Test
    void anotherStoredItsAnswerBeforeThisOneClaimed_itIsFoundWithoutACall() {
        store();
        Map<CacheKey, CacheEntry> stored = Map.copyOf(cache.entries());
        cache.entries().clear();
        fixture.sharedCache("shared", cache);
        others.claims(() -> {
            cache.entries().putAll(stored);
            return CompletableFuture.completedFuture(others.ours());
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer.join().origin().source()).isEqualTo(Origin.Source.CACHE);
        assertThat(client.calls()).isZero();
        assertThat(others.told).contains("claim ended");
    }

    /** Puts what another process would have put there. */
    private void store() {
        EngineFixture other = new EngineFixture(fixture.timeline);
        other.account("a", "1000 / 1h", "50000 tokens / 1m");
        other.sharedCache("shared", cache);
        other.ask("q");
        fixture.run();
        CacheEntry entry = cache.entries().values().iterator().next();
        assertThat(entry.completion().finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void anotherGivesUp_thisOneClaimsAndCalls() {
        fixture.sharedCache("shared", cache);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        others.claims(() -> CompletableFuture.completedFuture(new Claim.Others(ended)));
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SECOND);
        CompletableFuture<Completion> left = fixture.ask("left");
        left.cancel(false);
        AtomicInteger claims = new AtomicInteger();
        others.claims(() -> {
            claims.incrementAndGet();
            return CompletableFuture.completedFuture(others.ours());
        });
        ended.completeExceptionally(new IllegalStateException("the other is gone"));
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(claims).as("none for the one that left").hasValue(1);
        assertThat(client.calls()).isEqualTo(1);
        assertThat(others.told).last().isEqualTo("claim ended");
    }

    /** One waits in its line for hours; or each makes its call, and stores no answer. */
    @ParameterizedTest
    @ValueSource(longs = {10_000, 50})
    void othersHaveTheClaimForLong_thisOneWaitsAsLongAsACallMayTake_andThenCalls(long seconds) {
        fixture.sharedCache("shared", cache);
        others.claims(() -> {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            fixture.timeline.schedule(Duration.ofSeconds(seconds).toNanos(), () -> ended.complete(null));
            return CompletableFuture.completedFuture(new Claim.Others(ended));
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(client.callTimes())
                .containsExactly(Timeouts.DEFAULT.longest(false).toNanos());
        assertThat(others.told).doesNotContain("claim ended");
    }

    @Test
    void othersClaimThatHasAlwaysEnded_isAskedForAgainOnlyAfterAPause() {
        fixture.sharedCache("shared", cache);
        AtomicInteger claims = new AtomicInteger();
        others.claims(() -> {
            claims.incrementAndGet();
            return CompletableFuture.completedFuture(new Claim.Others(CompletableFuture.completedFuture(null)));
        });
        CompletableFuture<Completion> answer = fixture.ask("q");
        fixture.advance(SECOND);
        assertThat(claims.get()).isBetween(50, 101);

        others.claims(() -> CompletableFuture.completedFuture(others.ours()));
        fixture.run();
        assertThat(answer).isCompleted();
    }

    @Test
    void claim_endsOnceTheSharedCacheHasTheAnswer() {
        ScriptedCache slow = new ScriptedCache(fixture.timeline).latency(Duration.ofMillis(300));
        fixture.cache("near", cache).sharedCache("shared", slow);
        CompletableFuture<Completion> answer = fixture.ask("q");
        while (!answer.isDone()) {
            fixture.advance(Duration.ofMillis(1));
        }
        fixture.advance(Duration.ofMillis(200));
        assertThat(others.told).doesNotContain("claim ended");
        fixture.advance(Duration.ofMillis(150));
        assertThat(others.told).contains("claim ended");
    }

    @Test
    void claim_endsWhenThereIsNoAnswer() {
        fixture.sharedCache("shared", cache);
        client.usually(client.failsAfter(SECOND, FailureKind.REJECTED));
        fixture.ask("q");
        fixture.run();
        assertThat(others.told).contains("claim ended");
    }

    @Test
    void claimThatComesTooLate_isEndedAtOnce() {
        fixture.sharedCache("shared", cache);
        CompletableFuture<Claim> late = new CompletableFuture<>();
        others.claims(() -> late);
        CompletableFuture<Completion> answer = fixture.ask("q");
        answer.cancel(false);
        late.complete(others.ours());
        fixture.run();
        assertThat(others.told).containsExactly("claim ended");
        assertThat(client.calls()).isZero();
    }

    /** Else it would be kept for as long as this process lives, and all others would wait for its end. */
    @Test
    void claimThatComesAfterItsCallHasBegun_isEndedAtOnce() {
        fixture.sharedCache("shared", cache);
        CompletableFuture<Claim> late = new CompletableFuture<>();
        others.claims(() -> late);
        fixture.ask("q");
        fixture.advance(SECOND);
        assertThat(client.calls()).isEqualTo(1);
        assertThat(others.told).doesNotContain("claim ended");
        late.complete(others.ours());
        assertThat(others.told).contains("claim ended");
    }

    @Test
    void nobodyCouldBeAskedForTheClaim_theCacheIsNotAskedAgain() {
        fixture.sharedCache("shared", cache);
        others.claims(() -> CompletableFuture.completedFuture(new Claim.Ours(() -> {}, false)));
        fixture.ask("q");
        fixture.run();
        assertThat(client.calls()).isEqualTo(1);
        assertThat(cache.gets()).isEqualTo(1);
        assertThat(fixture.status().coordination().orElseThrow().claimed()).isZero();
    }

    /** Since before the first look, however long that takes. */
    @ParameterizedTest
    @CsvSource({"301, 1", "300, 2", "0, 2"})
    void cacheIsNotAskedAgain_ifNoClaimHasEndedSinceTheLook(long sinceEndMillis, int gets) {
        fixture.sharedCache("shared", cache.latency(Duration.ofMillis(300)));
        others.claims(() -> ours(Duration.ofMillis(sinceEndMillis)));
        fixture.ask("q");
        fixture.run();
        assertThat(cache.gets()).isEqualTo(gets);
        assertThat(client.calls()).isEqualTo(1);
        assertThat(fixture.status().coordination().orElseThrow().claimed()).isEqualTo(1);
    }

    private static CompletableFuture<Claim> ours(Duration sinceEnd) {
        return CompletableFuture.completedFuture(new Claim.Ours(() -> {}, true, sinceEnd));
    }

    @Test
    void anotherGivesUp_theLookThatFollowsCounts() {
        fixture.sharedCache("shared", cache);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        others.claims(() -> CompletableFuture.completedFuture(new Claim.Others(ended)));
        fixture.ask("q");
        fixture.advance(SECOND);
        others.claims(() -> ours(Duration.ofMillis(1)));
        ended.complete(null);
        fixture.run();
        assertThat(cache.gets()).isEqualTo(2);
        assertThat(client.calls()).isEqualTo(1);
    }

    /** The first of some prompts has the only place for ten seconds; none has heard of the cache within its timeout. */
    private CompletableFuture<Completion> askInVain(boolean claimed, String... more) {
        fixture.sharedCache("shared", cache.latency(SECOND.multipliedBy(2)));
        fixture.member("a").with(said -> said.maxConcurrency(1));
        client.usually(client.answersAfter(SECOND.multipliedBy(10)));
        others.claims(() -> CompletableFuture.completedFuture(new Claim.Ours(() -> others.note("ended"), claimed)));
        fixture.ask("first");
        CompletableFuture<Completion> answer = fixture.ask("q");
        List.of(more).forEach(fixture::ask);
        fixture.advance(SECOND.multipliedBy(5));
        cache.latency(Duration.ZERO);
        return answer;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void missedTheCache_andWaitsInLine_isLookedUpAgainAtItsTurn(boolean claimed) {
        store();
        CompletableFuture<Completion> answer = askInVain(claimed);
        AtomicInteger claims = new AtomicInteger();
        others.claims(() -> {
            claims.incrementAndGet();
            return CompletableFuture.completedFuture(others.ours());
        });
        fixture.run();

        assertThat(answer.join().origin().source()).isEqualTo(Origin.Source.CACHE);
        assertThat(client.calls()).isEqualTo(1);
        assertThat(claims).hasValue(claimed ? 0 : 1);
        assertThat(others.told)
                .as("the first claims")
                .filteredOn("ended"::equals)
                .hasSize(2);
        assertThat(others.told).filteredOn("claim ended"::equals).hasSize(claims.get());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void missedTheCache_andAnotherMakesTheCallAtItsTurn_thisOneWaitsForItsAnswer(boolean stored) {
        CompletableFuture<Completion> answer = askInVain(false, "next");
        CompletableFuture<Void> ended = new CompletableFuture<>();
        others.claims(() -> {
            others.claims(() -> ours(Duration.ofMillis(1)));
            return CompletableFuture.completedFuture(new Claim.Others(ended));
        });
        fixture.advance(SECOND.multipliedBy(7));
        assertThat(client.calls()).as("the next goes on in its place").isEqualTo(2);
        if (stored) {
            store();
        }
        ended.complete(null);
        fixture.run();

        assertThat(answer.join().origin().source()).isEqualTo(stored ? Origin.Source.CACHE : Origin.Source.CALL);
        assertThat(client.calls()).isEqualTo(stored ? 2 : 3);
        assertThat(fixture.status().inFlight()).isZero();
    }

    @Test
    void ofWhoseClaimTheOthersDoNotKnow_looksAgainAtItsTurn_thoughTheCacheAnswered() {
        fixture.sharedCache("shared", cache);
        fixture.member("a").with(said -> said.maxConcurrency(1));
        client.usually(client.answersAfter(SECOND));
        others.claims(() -> CompletableFuture.completedFuture(new Claim.Ours(() -> {}, false)));
        fixture.ask("first");
        CompletableFuture<Completion> answer = fixture.ask("q");
        store();
        fixture.run();

        assertThat(answer.join().origin().source()).isEqualTo(Origin.Source.CACHE);
        assertThat(client.calls()).isEqualTo(1);
    }

    /** At its turn, it waits once more for a cache that says nothing, and then calls. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void missedTheCacheTwice_isCalledFor_thoughTheEndOfItsClaimThrows(boolean throwing) {
        CompletableFuture<Completion> answer = askInVain(false);
        if (throwing) {
            others.deaf();
        }
        cache.latency(SECOND.multipliedBy(2));
        fixture.run();

        assertThat(answer).isCompleted();
        assertThat(answer.join().origin().source()).isEqualTo(Origin.Source.CALL);
        assertThat(client.callTimes())
                .containsExactly(SECOND.toNanos(), SECOND.multipliedBy(12).toNanos());
        assertThat(cache.gets()).as("one each, and one more").isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutASharedCache_orForAPromptThatIsNotStored_nothingIsClaimed(boolean shared) {
        fixture.cache("near", cache);
        if (shared) {
            fixture.sharedCache("shared", cache);
        }
        others.claims(() -> new CompletableFuture<>());
        Prompt prompt = Prompt.of("q");
        CompletableFuture<Completion> answer =
                fixture.ask(shared ? prompt.toBuilder().noStore().build() : prompt);
        fixture.run();
        assertThat(answer).isCompleted();
        assertThat(fixture.status().coordination().orElseThrow().claimed()).isZero();
        assertThat(client.callTimes()).containsExactly(0L);
    }

    @Test
    void statusOfTheCoordinatorTakesItsTime_promptsAreAnsweredMeanwhile() {
        List<Boolean> answered = new ArrayList<>();
        others.status(() -> {
            CompletableFuture<Completion> answer = fixture.ask("meanwhile");
            fixture.run();
            answered.add(answer.isDone());
            return new CoordinationStatus(true, 2, 0, Optional.empty());
        });
        assertThat(fixture.status().coordination()).isPresent();
        assertThat(answered).containsExactly(true);
    }

    /** By this process's own count, 999 of 1,000 requests are left, and nearly all tokens. */
    @ParameterizedTest
    @CsvSource({"7, 7, OPEN", "2000, 999, OPEN", "0, 0, BUSY"})
    void limitOfWhichAllHaveLessLeft_hasThatLeft(long forAll, long left, AccountState state) {
        fixture.ask("q");
        fixture.advance(SECOND);
        others.leaves(use -> use.name().equals("requests/PT1H") ? OptionalLong.of(forAll) : OptionalLong.empty());
        AccountStatus account = fixture.status("a");
        assertThat(account.limits().get(0).left()).isEqualTo(left);
        assertThat(account.limits().get(0).nextIn()).as("not by this count").isEmpty();
        assertThat(account.limits().get(1).left()).isGreaterThan(2000);
        assertThat(account.state()).isEqualTo(state);

        others.leaves(use -> {
            throw new IllegalStateException("scripted");
        });
        assertThat(fixture.status("a").limits().get(0).left()).isEqualTo(999);
        assertThat(fixture.status().coordination().orElseThrow().faults()).isPositive();
    }

    /** It is the others' until a window has passed; from then on, all of it is taken to be this process's. */
    @ParameterizedTest
    @CsvSource({"7, 7, 0", "7, 8, 3600", "0, 1, 3600", "0, 1000, 3600", "0, 1001, 7200", "2000, 999, 0"})
    void timeForCalls_beginsWithWhatAllHaveLeft(long forAll, long calls, long seconds) {
        fixture.ask("q");
        fixture.advance(SECOND);
        others.leaves(use -> use.name().equals("requests/PT1H") ? OptionalLong.of(forAll) : OptionalLong.empty());
        assertThat(fixture.engine().timeFor(List.of(Prompt.of("like")), calls))
                .hasValueSatisfying(
                        time -> assertThat(time).isCloseTo(Duration.ofSeconds(seconds), Duration.ofSeconds(90)));
    }

    /** A bucket that the service reports stands for the declared limit, under the same name. */
    @ParameterizedTest
    @EnumSource
    void limitThatTheServiceReportsToo_hasWhatAllHaveLeft(Refill refill) {
        RateLimitReport report = new RateLimitReport(
                Reach.ORGANIZATION,
                Limit.Unit.REQUESTS,
                OptionalLong.of(1000),
                OptionalLong.of(999),
                Optional.of(Duration.ofHours(1)),
                refill,
                Optional.of(Duration.ofMillis(3600)));
        client.usually(client.reports(SECOND, () -> report));
        fixture.ask("q");
        fixture.advance(SECOND.multipliedBy(2));
        others.leaves(use -> OptionalLong.of(7));
        assertThat(fixture.status("a").limits()).extracting(LimitStatus::left).containsOnly(7L);
    }

    @Test
    void promptThatMakesACall_usesWhatIsSharedFiveTimes() {
        fixture.sharedCache("shared", cache);
        fixture.ask("q");
        fixture.run();
        assertThat(cache.gets()).isEqualTo(2);
        assertThat(fixture.status().coordination())
                .contains(new CoordinatorStatus(
                        "scripted", true, 2, 1, 7, 0, 1, 0, 0, Optional.of("far away"), List.of()));
        others.status(() -> {
            throw new IllegalStateException("scripted");
        });
        fixture.status();
        others.status(EngineCoordinationTest::nothing);
        assertThat(fixture.status().coordination())
                .contains(new CoordinatorStatus(
                        "scripted",
                        false,
                        0,
                        1,
                        0,
                        0,
                        1,
                        0,
                        2,
                        Optional.of("the coordinator can't report its status"),
                        List.of()));
        assertThat(others.reserved).hasSize(1);
        assertThat(cache.puts()).isEqualTo(1);
    }

    @SuppressWarnings("NullAway")
    private static CoordinationStatus nothing() {
        return null;
    }
}
