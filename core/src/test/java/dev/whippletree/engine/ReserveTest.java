package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A route whose batch prompts keep a fifth of each limit in reserve for others. Answers take 10 ms. */
final class ReserveTest {

    private static final Duration ANSWER = Duration.ofMillis(10);

    private final EngineFixture fixture =
            new EngineFixture().route(route -> route.toBuilder().leave(0.2).build());
    private int prompts;

    private ScriptedClient account(String... limits) {
        ScriptedClient client = fixture.account("a", limits).countsMaxTokens();
        client.usually(client.answersAfter(ANSWER));
        return client;
    }

    private CompletableFuture<Completion> ask(Priority priority, int tokens, Optional<Duration> deadline) {
        int number = prompts++;
        Prompt.Builder prompt = Prompt.builder()
                .user("prompt " + number)
                .session("session " + number)
                .priority(priority)
                .maxTokens(tokens);
        deadline.ifPresent(prompt::deadline);
        return fixture.ask(prompt.build());
    }

    private CompletableFuture<Completion> ask(Priority priority, int tokens) {
        return ask(priority, tokens, Optional.empty());
    }

    private List<CompletableFuture<Completion>> askMany(Priority priority, int count) {
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            answers.add(ask(priority, 10));
        }
        return answers;
    }

    private static long done(List<CompletableFuture<Completion>> answers) {
        return answers.stream().filter(CompletableFuture::isDone).count();
    }

    @Test
    void batchPrompts_leaveTheirShareOfEachWindow() {
        account("10 requests / 60s");
        List<CompletableFuture<Completion>> batch = askMany(Priority.BATCH, 20);
        fixture.advance(Duration.ofSeconds(30));
        assertThat(done(batch)).isEqualTo(8);
        List<CompletableFuture<Completion>> people = askMany(Priority.INTERACTIVE, 3);
        fixture.advance(ANSWER);
        assertThat(done(people)).as("what batch has left").isEqualTo(2);
        fixture.run();
        assertThat(done(batch)).isEqualTo(20);
        assertThat(done(people)).isEqualTo(3);
    }

    @Test
    void shareOfAFewRequests_isRoundedUp() {
        account("3 requests / 60s");
        List<CompletableFuture<Completion>> batch = askMany(Priority.BATCH, 5);
        fixture.advance(Duration.ofSeconds(30));
        assertThat(done(batch)).isEqualTo(2);
    }

    @Test
    void batchPromptThatAsksForMoreThanTheRest_startsWhereNothingElseIsUsed() {
        account("100 tokens / 60s");
        CompletableFuture<Completion> small = ask(Priority.BATCH, 10);
        CompletableFuture<Completion> large = ask(Priority.BATCH, 90);
        fixture.advance(Duration.ofSeconds(30));
        assertThat(small).isCompleted();
        assertThat(large).isNotDone();
        fixture.run();
        assertThat(large).isCompleted();
    }

    @Test
    void batchPromptThatWaits_holdsNobodyBackWhoMayUseTheRest() {
        account("100 tokens / 60s");
        ask(Priority.BATCH, 70);
        fixture.advance(ANSWER);
        CompletableFuture<Completion> batch = ask(Priority.BATCH, 20);
        CompletableFuture<Completion> person = ask(Priority.INTERACTIVE, 30);
        fixture.advance(ANSWER);
        assertThat(person).isCompleted();
        assertThat(batch).isNotDone();
    }

    @Test
    void smallBatchPrompts_dontStarveALargeOne() {
        account("100 tokens / 10s");
        ask(Priority.BATCH, 40);
        CompletableFuture<Completion> large = ask(Priority.BATCH, 70);
        for (int number = 0; number < 100 && !large.isDone(); number++) {
            ask(Priority.BATCH, 5);
            fixture.advance(Duration.ofSeconds(1));
        }
        assertThat(large).isCompleted();
    }

    @Test
    void largePersonsPrompt_isHeldRoomForThoughABatchPromptCameFirst() {
        account("100 tokens / 10s");
        ask(Priority.INTERACTIVE, 50);
        fixture.advance(ANSWER);
        ask(Priority.BATCH, 80);
        CompletableFuture<Completion> large = ask(Priority.INTERACTIVE, 80);
        for (int number = 0; number < 60 && !large.isDone(); number++) {
            ask(Priority.INTERACTIVE, 10);
            fixture.advance(Duration.ofSeconds(1));
        }
        assertThat(large).isCompleted();
    }

    @Test
    void deadlineThatOthersShareAloneCouldMeet_isRefusedAtOnce() {
        account("10 requests / 60s");
        askMany(Priority.BATCH, 12);
        fixture.advance(Duration.ofSeconds(1));
        // Eight a minute: the 17th starts in the third.
        askMany(Priority.BATCH, 4);
        CompletableFuture<Completion> late = ask(Priority.BATCH, 10, Optional.of(Duration.ofSeconds(90)));
        assertThat(failure(late).reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
        CompletableFuture<Completion> inTime = ask(Priority.BATCH, 10, Optional.of(Duration.ofSeconds(150)));
        fixture.run();
        assertThat(inTime).isCompleted();
    }
}
