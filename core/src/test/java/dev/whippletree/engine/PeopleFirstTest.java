package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.EngineSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * People before batch, and a tenant's only prompt before the third of another. One call at a time, each of a second.
 */
final class PeopleFirstTest {

    private static final Duration TURN = Duration.ofSeconds(1);

    private final EngineFixture fixture = new EngineFixture();
    private int prompts;

    private void oneByOne() {
        ScriptedClient client = fixture.account("a", Optional.empty(), 1);
        client.usually(client.answersAfter(TURN));
    }

    private CompletableFuture<Completion> ask(String tenant, Priority priority, int tokens) {
        int number = prompts++;
        return fixture.ask(Prompt.builder()
                .user("prompt " + number)
                .tenant(tenant)
                .session("session " + number)
                .priority(priority)
                .maxTokens(tokens)
                .build());
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
        CompletableFuture<Completion> batch = fixture.ask(
                Prompt.builder().user("wanted").priority(Priority.BATCH).build());
        fixture.advance(TURN.multipliedBy(3));
        CompletableFuture<Completion> joined = fixture.ask("wanted");
        fixture.advance(TURN.multipliedBy(2));
        assertThat(joined).isCompleted();
        assertThat(batch).isCompleted();
    }
}
