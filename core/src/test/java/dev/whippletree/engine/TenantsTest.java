package dev.whippletree.engine;

import static dev.whippletree.engine.EngineFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.settings.EngineSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How tenants share an account, and who is refused when they are too many. One call at a time, each of a second. */
final class TenantsTest {

    private static final Duration TURN = Duration.ofSeconds(1);

    private final EngineFixture fixture = new EngineFixture();
    private int prompts;

    private ScriptedClient oneByOne(String... limits) {
        ScriptedClient client = fixture.account("a", Optional.empty(), 1, limits);
        client.usually(client.answersAfter(TURN));
        return client;
    }

    private CompletableFuture<Completion> ask(String tenant, String session) {
        return fixture.ask(Prompt.builder()
                .user("prompt " + prompts++)
                .tenant(tenant)
                .session(session)
                .build());
    }

    private List<CompletableFuture<Completion>> askMany(String tenant, String sessions, int count) {
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            answers.add(ask(tenant, sessions + number));
        }
        return answers;
    }

    private static long done(List<CompletableFuture<Completion>> answers) {
        return answers.stream().filter(CompletableFuture::isDone).count();
    }

    /**
     * One sends all at once, the other a prompt a second: of one session or without, or each of a session of its own.
     */
    @ParameterizedTest
    @CsvSource({"500, false, 4, 1000000 / 1h", "2000, true, 64, 20 / 1s", "2000, true, 1, 1000000 / 1h"})
    void promptASecond_beginsBeforeTheThirdOfWhoSendsAllAtOnce(int many, boolean sessions, int atOnce, String limit) {
        List<String> begun = new ArrayList<>();
        ScriptedClient client = fixture.account("a", Optional.empty(), atOnce, limit);
        client.usually((prompt, model, sink) -> {
            begun.add(prompt.tenant());
            return client.answersAfter(Duration.ofMillis(60)).run(prompt, model, sink);
        });
        for (int number = 0; number < many; number++) {
            Prompt.Builder prompt = Prompt.builder().user("A " + number).tenant("A");
            var unused = fixture.ask((sessions ? prompt.session("session " + number) : prompt).build());
        }
        int asked = 0;
        while (fixture.status().waiting() > 20) {
            fixture.advance(Duration.ofMillis(997));
            int before = begun.size();
            var unused = fixture.ask(
                    Prompt.builder().user("B " + asked++).tenant("B").build());
            for (int step = 0;
                    step < 100 && !begun.subList(before, begun.size()).contains("B");
                    step++) {
                fixture.advance(Duration.ofMillis(1));
            }
            assertThat(begun.subList(before, begun.size()).indexOf("B"))
                    .as("prompts of A that began before prompt %s of B", asked)
                    .isBetween(0, 2);
        }
        assertThat(asked).isGreaterThanOrEqualTo(6);
    }

    @Test
    void weights_shareTheTurns_andAReloadChangesThem() {
        oneByOne();
        fixture.weights(Map.of("heavy", 4));
        List<CompletableFuture<Completion>> heavy = askMany("heavy", "session ", 300);
        List<CompletableFuture<Completion>> light = askMany("light", "session ", 300);
        fixture.advance(TURN.multipliedBy(100));
        assertThat(done(heavy)).isBetween(79L, 81L);
        assertThat(done(light)).isBetween(19L, 21L);
        fixture.weights(Map.of("light", 2)).reload();
        long before = done(light);
        fixture.advance(TURN.multipliedBy(60));
        assertThat(done(light) - before).isBetween(39L, 41L);
    }

    @Test
    void whereTokensBind_turnsCostTokens() {
        ScriptedClient client = fixture.account("a", "1000 tokens / 10s", "1000 / 10s");
        client.countsMaxTokens().usually(client.answersAfter(Duration.ofMillis(10)));
        List<CompletableFuture<Completion>> large = new ArrayList<>();
        List<CompletableFuture<Completion>> small = new ArrayList<>();
        for (int number = 0; number < 400; number++) {
            large.add(askFor("large", 100));
            small.add(askFor("small", 25));
        }
        fixture.advance(Duration.ofMinutes(2));
        assertThat((double) done(small) / done(large)).isBetween(3.5, 4.5);
    }

    @Test
    void largePromptsThatLeft_dontCountInWhatASmallOneIsToldOfItsWait() {
        ScriptedClient client = fixture.account("a", "600 tokens / 10s", "1000 / 10s");
        client.countsMaxTokens()
                .usually(client.answersAfter(Duration.ofMillis(10)))
                .then(client.limits(
                        Duration.ofMillis(10), FailureKind.RATE_LIMITED, Duration.ofMinutes(5), Reach.ORGANIZATION));
        askFor("first", 60);
        fixture.advance(TURN);
        List<CompletableFuture<Completion>> large = new ArrayList<>();
        for (int number = 0; number < 40; number++) {
            large.add(askFor("mixed", 600));
            askFor("mixed", 60);
            askFor("small", 60);
        }
        large.forEach(prompt -> prompt.cancel(true));
        fixture.advance(Duration.ofMinutes(3)); // Their turns aren't kept any longer.
        CompletableFuture<Completion> hurried = fixture.ask(Prompt.builder()
                .user("hurried")
                .tenant("small")
                .maxTokens(60)
                .deadline(TURN)
                .build());
        CompletableFuture<Completion> patient = askFor("small", 60);
        Instant asked = fixture.timeline.now();
        Duration said = Duration.between(asked, failure(hurried).roomAt().orElseThrow());
        fixture.run();
        assertThat(said).isCloseTo(patient.join().origin().waited(), Duration.ofSeconds(11));
    }

    @Test
    void refusedForALimit_costsItsTenantNoTurn() {
        ScriptedClient client = oneByOne();
        for (int number = 0; number < 5; number++) {
            client.then(client.limits(
                    Duration.ofMillis(10), FailureKind.RATE_LIMITED, Duration.ofSeconds(1), Reach.ORGANIZATION));
        }
        List<CompletableFuture<Completion>> one = askMany("one", "session ", 30);
        List<CompletableFuture<Completion>> other = askMany("other", "session ", 30);
        fixture.advance(TURN.multipliedBy(26));
        assertThat(Math.abs(done(one) - done(other))).isLessThanOrEqualTo(1);
    }

    @Test
    void lineOfNoPlace_refusesOnlyWhatCannotStartAtOnce() {
        oneByOne();
        fixture.settings(EngineSettings.DEFAULT.withLineSize(0));
        CompletableFuture<Completion> first = ask("one", "first");
        CompletableFuture<Completion> second = ask("one", "second");
        fixture.run();
        assertThat(first).isCompleted();
        assertThat(failure(second).reason()).isEqualTo(Reason.LINE_FULL);
    }

    @Test
    void lineIsFullOfOneTenant_anothersPromptTakesThePlaceOfItsNewest() {
        oneByOne("1 / 1s");
        fixture.settings(EngineSettings.DEFAULT.withLineSize(10));
        ask("greedy", "running");
        List<CompletableFuture<Completion>> greedy = askMany("greedy", "session ", 8);
        ask("greedy", "long");
        CompletableFuture<Completion> newest = ask("greedy", "long");
        CompletableFuture<Completion> modest = ask("modest", "only");
        fixture.advance(Duration.ofMillis(1));
        PromptException refusal = failure(newest);
        assertThat(refusal.reason()).isEqualTo(Reason.LINE_FULL);
        assertThat(refusal)
                .hasMessageContaining("(line-size: 10)")
                .hasMessageContaining("tenant 'greedy'")
                .hasMessageContaining("send fewer prompts at once, or raise line-size");
        assertThat(refusal.roomAt()).isPresent();
        fixture.run();
        assertThat(modest).isCompletedWithValueMatching(answer -> answer.text().equals("answer"));
        assertThat(greedy).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    @Test
    void promptForWhichAnotherGaveWay_isToldAtOnceThatThereIsNoRoomInTime() {
        oneByOne("1 / 1h");
        fixture.settings(EngineSettings.DEFAULT.withLineSize(2));
        List<CompletableFuture<Completion>> greedy = askMany("greedy", "session ", 3);
        CompletableFuture<Completion> hurried = fixture.ask(Prompt.builder()
                .user("hurried")
                .tenant("modest")
                .deadline(Duration.ofSeconds(30))
                .build());
        fixture.advance(Duration.ofMillis(1));
        assertThat(failure(greedy.get(2)).reason()).isEqualTo(Reason.LINE_FULL);
        assertThat(failure(hurried).reason()).isEqualTo(Reason.NO_ROOM_IN_TIME);
    }

    @Test
    void tenantFillsItsOwnLine_isRefusedAlone_andItsLongestSessionFirst() {
        oneByOne();
        fixture.settings(EngineSettings.DEFAULT.withLineSize(100).withTenantLineSize(6));
        ask("greedy", "running");
        List<CompletableFuture<Completion>> waiting = askMany("greedy", "session ", 3);
        ask("greedy", "long");
        ask("greedy", "long");
        CompletableFuture<Completion> newest = ask("greedy", "long");
        CompletableFuture<Completion> late = ask("greedy", "session 0");
        CompletableFuture<Completion> newer = ask("greedy", "session 0");
        List<CompletableFuture<Completion>> others = askMany("modest", "session ", 5);
        fixture.advance(Duration.ofMillis(1));
        assertThat(failure(newest))
                .hasMessageContaining("the waiting line of tenant 'greedy' is full (tenant-line-size: 6)");
        assertThat(failure(newer).reason()).isEqualTo(Reason.LINE_FULL);
        fixture.run();
        assertThat(late).isCompleted();
        assertThat(waiting)
                .allSatisfy(answer -> assertThat(answer.join().text()).isEqualTo("answer"));
        assertThat(others).allSatisfy(answer -> assertThat(answer.join().text()).isEqualTo("answer"));
    }

    @Test
    void givesWayThoughItHeldBackSmallerOnes_theseGoAtOnce() {
        ScriptedClient client = fixture.account("a", "100 tokens / 60s");
        client.countsMaxTokens();
        fixture.settings(EngineSettings.DEFAULT.withLineSize(2)).weights(Map.of("modest", 2, "late", 2));
        askFor("greedy", 60);
        fixture.advance(TURN);
        CompletableFuture<Completion> large = askFor("greedy", 100);
        CompletableFuture<Completion> small = askFor("modest", 20);
        CompletableFuture<Completion> late = askFor("late", 20);
        fixture.advance(TURN);
        assertThat(failure(large).reason()).isEqualTo(Reason.LINE_FULL);
        assertThat(small).isCompletedWithValueMatching(answer -> answer.text().equals("answer"));
        assertThat(late).isCompletedWithValueMatching(answer -> answer.text().equals("answer"));
    }

    private CompletableFuture<Completion> askFor(String tenant, int tokens) {
        return fixture.ask(Prompt.builder()
                .user("prompt " + prompts++)
                .tenant(tenant)
                .maxTokens(tokens)
                .build());
    }
}
