package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.settings.EngineSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * People before batch, a share of each limit kept for them, and nobody delayed for long: by when the engine's calls are
 * made, one at a time in turns of a second where nothing else is said. Each prompt is of a session of its own.
 */
final class PeopleFirstTest {

    private static final Duration TURN = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofMillis(10);

    private final EngineFixture fixture = new EngineFixture();
    private int prompts;

    private void oneByOne() {
        ScriptedClient client = fixture.account("a", Optional.empty(), 1);
        client.usually(client.answersAfter(TURN));
    }

    /** An account whose batch prompts keep a fifth of each limit in reserve for others. */
    private void reserving(String limit) {
        fixture.route(route -> route.toBuilder().leave(0.2).build());
        ScriptedClient client = fixture.account("a", limit).countsMaxTokens();
        client.usually(client.answersAfter(ANSWER));
    }

    private Prompt.Builder prompt(String tenant, Priority priority, int tokens) {
        int number = prompts++;
        return Prompt.builder()
                .user("prompt " + number)
                .tenant(tenant)
                .session("session " + number)
                .priority(priority)
                .maxTokens(tokens);
    }

    private CompletableFuture<Completion> ask(String tenant, Priority priority, int tokens) {
        return fixture.ask(prompt(tenant, priority, tokens).build());
    }

    private CompletableFuture<Completion> ask(String tenant, Priority priority, int tokens, Duration deadline) {
        return fixture.ask(prompt(tenant, priority, tokens).deadline(deadline).build());
    }

    private List<CompletableFuture<Completion>> askMany(String tenant, Priority priority, int count) {
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            answers.add(ask(tenant, priority, 10));
        }
        return answers;
    }

    private static long done(List<CompletableFuture<Completion>> answers) {
        return answers.stream().filter(CompletableFuture::isDone).count();
    }

    @Test
    void batchHasItsShare_whileManyPeopleWait() {
        oneByOne();
        List<CompletableFuture<Completion>> batch = askMany("one", Priority.BATCH, 100);
        askMany("other", Priority.INTERACTIVE, 300);
        fixture.advance(TURN.multipliedBy(200));
        assertThat(done(batch)).isBetween(9L, 11L);
    }

    @Test
    void shareIsZero_batchWaitsForAllPeople() {
        oneByOne();
        fixture.settings(EngineSettings.DEFAULT.withBatchShare(0));
        askMany("other", Priority.INTERACTIVE, 60);
        List<CompletableFuture<Completion>> batch = askMany("one", Priority.BATCH, 10);
        fixture.advance(TURN.multipliedBy(60));
        assertThat(done(batch)).isZero();
        fixture.run();
        assertThat(batch).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void largeBatchPrompt_getsItsTurnAmongSmallPeoplesPrompts() {
        ScriptedClient client = fixture.account("a", "100 tokens / 10s");
        client.countsMaxTokens().usually(client.answersAfter(Duration.ofMillis(10)));
        CompletableFuture<Completion> large = ask("one", Priority.BATCH, 90);
        for (int second = 0; second < 120; second++) {
            ask("other", Priority.INTERACTIVE, 10);
            ask("other", Priority.INTERACTIVE, 10);
            fixture.advance(Duration.ofSeconds(1));
        }
        assertThat(large).isCompleted();
    }

    @Test
    void startsThatALargePromptOfPeopleCouldNotHaveHad_earnBatchNothing() {
        ScriptedClient client = fixture.account("a", Optional.empty(), 1, "1000 tokens / 1000s");
        client.countsMaxTokens().usually(client.answersAfter(TURN));
        ask("first", Priority.INTERACTIVE, 200);
        fixture.advance(Duration.ofMillis(1));
        CompletableFuture<Completion> large = ask("large", Priority.INTERACTIVE, 900);
        List<CompletableFuture<Completion>> batch = new ArrayList<>();
        List<CompletableFuture<Completion>> small = new ArrayList<>();
        for (int number = 0; number < 60; number++) {
            batch.add(ask("one", Priority.BATCH, 1));
            small.add(ask("other", Priority.INTERACTIVE, 1));
        }
        fixture.advance(TURN.multipliedBy(60));
        assertThat(done(small)).isEqualTo(59);
        assertThat(done(batch)).isZero();
        fixture.run();
        assertThat(large).isCompleted();
        assertThat(done(batch)).isEqualTo(60);
    }

    @Test
    void tenantsOnlyPrompt_startsBeforeTheThirdSmallerOneOfAnother() {
        ScriptedClient client = fixture.account("a", Optional.empty(), 1, "1000 tokens / 1000s");
        client.countsMaxTokens().usually(client.answersAfter(TURN));
        ask("first", Priority.INTERACTIVE, 1);
        fixture.advance(Duration.ofMillis(1));
        ask("large", Priority.INTERACTIVE, 1_000);
        List<CompletableFuture<Completion>> small = new ArrayList<>();
        for (int number = 0; number < 8; number++) {
            small.add(ask("small", Priority.INTERACTIVE, 1));
        }
        CompletableFuture<Completion> only = ask("modest", Priority.INTERACTIVE, 2);
        fixture.run();
        long before = small.stream()
                .filter(answer -> answer.join()
                                .origin()
                                .waited()
                                .compareTo(only.join().origin().waited())
                        < 0)
                .count();
        assertThat(before).isLessThanOrEqualTo(2);
    }

    @Test
    void hurriedBatchPrompt_goesAmongPeoples() {
        oneByOne();
        askMany("other", Priority.BATCH, 100);
        Prompt.Builder wanted = Prompt.builder().user("wanted").tenant("other");
        CompletableFuture<Completion> batch =
                fixture.ask(wanted.priority(Priority.BATCH).build());
        fixture.advance(TURN.multipliedBy(3));
        CompletableFuture<Completion> joined =
                fixture.ask(wanted.priority(Priority.INTERACTIVE).build());
        fixture.advance(TURN.multipliedBy(2));
        assertThat(joined).isCompleted();
        assertThat(batch).isCompleted();
    }

    @Test
    void batchPromptHurriedInThePauseAfterAFailure_goesAmongPeoples() {
        ScriptedClient client = fixture.account("a", Optional.empty(), 1);
        client.usually(client.answersAfter(TURN)).then(client.failsAfter(ANSWER, FailureKind.UNAVAILABLE));
        Prompt.Builder wanted = Prompt.builder().user("wanted").tenant("other");
        fixture.ask(wanted.priority(Priority.BATCH).build());
        fixture.advance(ANSWER);
        askMany("people", Priority.INTERACTIVE, 50);
        CompletableFuture<Completion> joined =
                fixture.ask(wanted.priority(Priority.INTERACTIVE).build());
        fixture.advance(TURN.multipliedBy(5));
        assertThat(joined).isCompleted();
    }

    /** Between two sessions that wait a turn of each is between two of the other; one more was begun before. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void sessionWithAThousandWaiting_delaysSinglePromptsByTwoTurnsAndThoseOfTheirKind(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        oneByOne();
        for (int number = 0; number < 1_000; number++) {
            fixture.ask(prompt("", Priority.INTERACTIVE, 10).session("greedy").build());
        }
        fixture.advance(TURN.multipliedBy(random.nextInt(100)).plusMillis(random.nextInt(1_000)));
        int modest = 1 + random.nextInt(10);
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < modest; number++) {
            answers.add(ask("", Priority.INTERACTIVE, 10));
        }
        fixture.run();
        assertThat(answers)
                .as("seed %s", seed)
                .allSatisfy(answer ->
                        assertThat(answer.join().origin().waited()).isLessThanOrEqualTo(TURN.multipliedBy(modest + 2)));
    }

    /** It is known from the start when there will be room for it, and whoever comes later, there is. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void bigReservation_beginsNoLaterThanWasKnownWhenItEarmarked(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ScriptedClient client = fixture.account("a", "1000 tokens / 60s");
        client.countsMaxTokens().usually(client.answersAfter(Duration.ofMillis(100)));
        for (int used = 0; used < 900; used += 100) {
            ask("", Priority.INTERACTIVE, 100);
            fixture.advance(Duration.ofMillis(random.nextInt(3_000)));
        }
        int big = 300 + random.nextInt(700);
        // A hundred are free, and each hundred more is so a minute after it arrived, which was a tenth of a second
        // after it was sent.
        long known = client.callTimes().get((big - 1) / 100 - 1)
                + Duration.ofMillis(60_100).toNanos();
        CompletableFuture<Completion> answer = ask("", Priority.INTERACTIVE, big);
        long asked = fixture.elapsed().toNanos();
        for (int number = 0; number < 300; number++) {
            ask("", Priority.INTERACTIVE, 10 + random.nextInt(90));
            fixture.advance(Duration.ofMillis(random.nextInt(500)));
        }
        fixture.run();
        assertThat(asked + answer.join().origin().waited().toNanos())
                .as("seed %s", seed)
                .isLessThanOrEqualTo(known);
    }

    @Test
    void batchPrompts_leaveTheirShareOfEachWindow() {
        reserving("10 requests / 60s");
        List<CompletableFuture<Completion>> batch = askMany("", Priority.BATCH, 20);
        fixture.advance(Duration.ofSeconds(30));
        assertThat(done(batch)).isEqualTo(8);
        List<CompletableFuture<Completion>> people = askMany("", Priority.INTERACTIVE, 3);
        fixture.advance(ANSWER);
        assertThat(done(people)).as("what batch has left").isEqualTo(2);
        fixture.run();
        assertThat(done(batch)).isEqualTo(20);
        assertThat(done(people)).isEqualTo(3);
    }

    @Test
    void shareOfAFewRequests_isRoundedUp() {
        reserving("3 requests / 60s");
        List<CompletableFuture<Completion>> batch = askMany("", Priority.BATCH, 5);
        fixture.advance(Duration.ofSeconds(30));
        assertThat(done(batch)).isEqualTo(2);
    }

    @Test
    void batchPromptThatAsksForMoreThanTheRest_startsWhereNothingElseIsUsed() {
        reserving("100 tokens / 60s");
        CompletableFuture<Completion> small = ask("", Priority.BATCH, 10);
        CompletableFuture<Completion> large = ask("", Priority.BATCH, 90);
        fixture.advance(Duration.ofSeconds(30));
        assertThat(small).isCompleted();
        assertThat(large).isNotDone();
        fixture.run();
        assertThat(large).isCompleted();
    }

    @Test
    void batchPromptThatWaits_holdsNobodyBackWhoMayUseTheRest() {
        reserving("100 tokens / 60s");
        ask("", Priority.BATCH, 70);
        fixture.advance(ANSWER);
        CompletableFuture<Completion> batch = ask("", Priority.BATCH, 20);
        CompletableFuture<Completion> person = ask("", Priority.INTERACTIVE, 30);
        fixture.advance(ANSWER);
        assertThat(person).isCompleted();
        assertThat(batch).isNotDone();
    }

    @Test
    void smallBatchPrompts_dontStarveALargeOne() {
        reserving("100 tokens / 10s");
        ask("", Priority.BATCH, 40);
        CompletableFuture<Completion> large = ask("", Priority.BATCH, 70);
        for (int number = 0; number < 100 && !large.isDone(); number++) {
            ask("", Priority.BATCH, 5);
            fixture.advance(Duration.ofSeconds(1));
        }
        assertThat(large).isCompleted();
    }

    @Test
    void largePersonsPrompt_isHeldRoomForThoughABatchPromptCameFirst() {
        reserving("100 tokens / 10s");
        ask("", Priority.INTERACTIVE, 50);
        fixture.advance(ANSWER);
        ask("", Priority.BATCH, 80);
        CompletableFuture<Completion> large = ask("", Priority.INTERACTIVE, 80);
        for (int number = 0; number < 60 && !large.isDone(); number++) {
            ask("", Priority.INTERACTIVE, 10);
            fixture.advance(Duration.ofSeconds(1));
        }
        assertThat(large).isCompleted();
    }

    @Test
    void deadlineThatOthersShareAloneCouldMeet_isRefusedAtOnce() {
        reserving("10 requests / 60s");
        askMany("", Priority.BATCH, 12);
        fixture.advance(Duration.ofSeconds(1));
        // Eight a minute: the 17th starts in the third.
        askMany("", Priority.BATCH, 4);
        CompletableFuture<Completion> late = ask("", Priority.BATCH, 10, Duration.ofSeconds(90));
        assertThat(failure(late).reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
        CompletableFuture<Completion> inTime = ask("", Priority.BATCH, 10, Duration.ofSeconds(150));
        fixture.run();
        assertThat(inTime).isCompleted();
    }
}
