package dev.whippletree.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.EngineListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeWhippletreeTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void quotaIsUsedUp_restWaitsUntilTimeIsAdvanced() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").account("hf-1", "10 requests / 1m")) {
            List<CompletableFuture<Completion>> answers = ask(fake, 20);
            assertThat(fake.asked()).hasSize(10);
            assertThat(fake.whippletree().status().waiting()).isEqualTo(10);
            fake.advance(MINUTE.minusMillis(1));
            assertThat(fake.asked()).hasSize(10);
            fake.advance(Duration.ofSeconds(1));
            assertThat(fake.asked()).hasSize(20);
            assertThat(answers).allMatch(CompletableFuture::isDone);
        }
    }

    @Test
    void failingPrompt_endsWithItsReason_othersAreAnswered() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .failing("bad", FailureKind.TOO_LARGE)
                .timeFlies(true)) {
            assertThatThrownBy(() -> ask(fake, "a bad one").join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            PromptException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(PromptException.Reason.TOO_LARGE));
            assertThat(ask(fake, "a good one").join().text()).isEqualTo("hi");
        }
    }

    @Test
    void failuresEnd_promptIsAnsweredAfterAll() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").failing("", FailureKind.OVERLOADED)) {
            CompletableFuture<Completion> answer = ask(fake, "hello");
            assertThat(answer).isNotDone();
            fake.healing();
            fake.advance(MINUTE);
            assertThat(answer.join().text()).isEqualTo("hi");
            assertThat(fake.asked().size()).isGreaterThan(1);
        }
    }

    @Test
    void slowCall_isAnsweredWhenItsTimeIsOver_notBefore() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").slow("essay", Duration.ofSeconds(20))) {
            CompletableFuture<Completion> essay = ask(fake, "Write an essay");
            assertThat(ask(fake, "Say hi").join().text()).isEqualTo("hi");
            fake.advance(Duration.ofSeconds(19));
            assertThat(essay).isNotDone();
            fake.advance(Duration.ofSeconds(1));
            assertThat(essay).isDone();
            fake.failing("bad", FailureKind.TOO_LARGE).slow("bad", Duration.ofSeconds(20));
            CompletableFuture<Completion> bad = ask(fake, "a bad one");
            fake.advance(Duration.ofSeconds(19));
            assertThat(bad).isNotDone();
            fake.advance(Duration.ofSeconds(1));
            assertFails(bad, PromptException.Reason.TOO_LARGE);
        }
    }

    @Test
    void answerThatThrows_failsTheCall_notTheFake() {
        List<String> told = new ArrayList<>();
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> {
                    told.add("asked");
                    throw new IllegalStateException("no");
                })
                .timeFlies(true)) {
            assertThatThrownBy(() -> ask(fake, "hello").join()).hasMessageContaining("the test's answer threw");
            assertThat(told).isNotEmpty();
        }
    }

    @Test
    void answerWhoseAssertionFails_failsItsPrompt_andTheTest() {
        FakeWhippletree fake = FakeWhippletree.answering(prompt -> {
            throw new AssertionError("the prompt lacks a name");
        });
        for (ThrowingCallable next : List.<ThrowingCallable>of(fake::asked, () -> fake.advance(MINUTE), fake::close)) {
            assertFails(ask(fake, "hello"), PromptException.Reason.REJECTED);
            assertThatThrownBy(next).isInstanceOf(AssertionError.class).hasMessage("the prompt lacks a name");
        }
        fake.close();
    }

    @Test
    void timeGoesOnlyAhead() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")) {
            assertThatThrownBy(() -> fake.advance(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("time can't go back: advance(PT-1S)");
        }
    }

    @Test
    void twoAccounts_takeWhatTheirLimitsAllow() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .account("a", "10 requests / 1m")
                .account("b", "3 requests / 1m", "4 requests / 1h")) {
            List<CompletableFuture<Completion>> answers = ask(fake, 40);
            assertThat(byAccount(fake, answers)).isEqualTo(Map.of("a", 10L, "b", 3L));
            fake.advance(MINUTE.plusSeconds(1));
            assertThat(byAccount(fake, answers)).isEqualTo(Map.of("a", 20L, "b", 4L));
            fake.advance(MINUTE.plusSeconds(1));
            assertThat(byAccount(fake, answers)).isEqualTo(Map.of("a", 30L, "b", 4L));
        }
    }

    @Test
    void failingAccount_leavesItsPromptsToTheOther_untilItHeals() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .account("a")
                .account("b")
                .failingAccount("a", FailureKind.UNAUTHORIZED)) {
            List<CompletableFuture<Completion>> answers = ask(fake, 20);
            assertThat(byAccount(fake, answers)).isEqualTo(Map.of("b", 20L));
            fake.healing();
            fake.whippletree().recheck();
            List<CompletableFuture<Completion>> later = IntStream.range(20, 40)
                    .mapToObj(i -> ask(fake, "question " + i))
                    .toList();
            assertThat(byAccount(fake, later)).containsKeys("a", "b");
        }
    }

    @Test
    void asked_isInTheOrderOfAsking_andTheSameEachTime() {
        List<String> first = askedByTwoSessions();
        assertThat(first).hasSize(30).doesNotHaveDuplicates().startsWith("s-0-0", "s-1-0", "s-0-1", "s-1-1");
        assertThat(askedByTwoSessions()).isEqualTo(first);
    }

    private static List<String> askedByTwoSessions() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .account("a", "4 requests / 1m")
                .slow("", Duration.ofSeconds(2))
                .failing("-7", FailureKind.OVERLOADED)) {
            for (int i = 0; i < 15; i++) {
                for (int session = 0; session < 2; session++) {
                    var unused = fake.whippletree()
                            .complete(Prompt.builder()
                                    .user("s-" + session + "-" + i)
                                    .session("" + session)
                                    .build());
                }
            }
            fake.advance(Duration.ofMinutes(4));
            fake.healing();
            fake.advance(HOUR);
            return fake.asked().stream()
                    .map(prompt -> prompt.messages().get(0).text())
                    .distinct()
                    .toList();
        }
    }

    @Test
    void timeFlies_deadlineIsKeptToTheNanosecond() {
        try (FakeWhippletree fake =
                FakeWhippletree.answering(prompt -> "hi").slow("", HOUR).timeFlies(true)) {
            assertFails(
                    fake.whippletree()
                            .complete(Prompt.builder()
                                    .user("hello")
                                    .deadline(Duration.ofSeconds(10))
                                    .build()),
                    PromptException.Reason.DEADLINE);
            assertThat(fake.whippletree().status().uptime()).isEqualTo(Duration.ofSeconds(10));
        }
    }

    @Test
    void timeFlies_notWhileTheProgramIsBusy() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .slow("", Duration.ofSeconds(1))
                .timeFlies(true)) {
            CompletableFuture<Completion> one = ask(fake, "one");
            for (long spin = System.nanoTime(); System.nanoTime() - spin < 30_000_000; ) {
                assertThat(one).isNotDone();
            }
            CompletableFuture<Completion> two = ask(fake, "two");
            two.join();
            assertThat(fake.whippletree().status().uptime()).isEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void timeFlies_standsOncePromptsHaveEnded_andWhenItIsToldTo() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .account("a", "1 requests / 1h")
                .timeFlies(true)) {
            ask(fake, 2).forEach(CompletableFuture::join);
            Duration then = fake.whippletree().status().uptime();
            fake.timeFlies(false);
            CompletableFuture<Completion> third = ask(fake, "third");
            assertThat(fake.asked()).hasSize(2);
            assertThat(third).isNotDone();
            assertThat(fake.whippletree().status().uptime()).isEqualTo(then);
            fake.timeFlies(true);
            assertThat(third.join().text()).isEqualTo("hi");
        }
    }

    @Test
    void streamsPieces_comeEvenlyOverTheTimeThatACallTakes() {
        List<Delta.Piece> words = Stream.of("It ", "is ", "sunny.\n", "Really.")
                .<Delta.Piece>map(Delta.Text::new)
                .toList();
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "")
                .answersInPieces(prompt -> words)
                .slow("What", Duration.ofSeconds(8))) {
            List<Delta> deltas = stream(fake, "What?");
            assertThat(text(deltas)).isEmpty();
            fake.advance(Duration.ofSeconds(4));
            assertThat(text(deltas)).isEqualTo("It is ");
            fake.advance(Duration.ofSeconds(2));
            assertThat(text(deltas)).isEqualTo("It is sunny.\n");
            fake.advance(Duration.ofSeconds(2));
            assertThat(text(deltas)).isEqualTo("It is sunny.\nReally.");
            assertThat(deltas).last().isInstanceOf(Delta.End.class);
            assertThat(deltas.subList(1, deltas.size() - 1))
                    .as("as the test says")
                    .isEqualTo(words);
            List<Delta> atOnce = stream(fake, "Why?");
            assertThat(fake.asked()).hasSize(2);
            assertThat(text(atOnce)).isEqualTo("It is sunny.\nReally.");
            assertThat(atOnce).last().isInstanceOf(Delta.End.class);
        }
    }

    @Test
    void toolCall_isWhatTheTestSays_streamedOrNot() {
        Delta.ToolCallPart call =
                new Delta.ToolCallPart(0, Optional.of("c1"), Optional.of("weather"), "{\"city\":\"Bern\"}");
        try (FakeWhippletree fake =
                FakeWhippletree.answering(prompt -> "hi").answersInPieces(prompt -> List.of(call))) {
            Completion whole = ask(fake, "And the weather?").join();
            assertThat(whole.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
            assertThat(whole.toolCalls())
                    .singleElement()
                    .satisfies(made -> assertThat(made.name()).isEqualTo("weather"));
            List<Delta> deltas = stream(fake, "And the weather now?");
            assertThat(fake.asked()).hasSize(2);
            assertThat(deltas).contains(call);
        }
    }

    private static String text(List<Delta> deltas) {
        return deltas.stream()
                .filter(Delta.Piece.class::isInstance)
                .map(piece -> ((Delta.Piece) piece).text())
                .collect(Collectors.joining());
    }

    private static List<Delta> stream(FakeWhippletree fake, String text) {
        List<Delta> deltas = new CopyOnWriteArrayList<>();
        fake.whippletree().stream(Prompt.of(text)).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Delta delta) {
                deltas.add(delta);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
        });
        return deltas;
    }

    @Test
    void close_failsWaitingPrompts_andNoAccountComesAfterOpening() {
        FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").account("a", "1 requests / 1m");
        List<CompletableFuture<Completion>> answers = ask(fake, 3);
        assertThatThrownBy(() -> fake.account("late")).hasMessageContaining("open already");
        assertThatThrownBy(() -> fake.over(Whippletree.builder())).hasMessageContaining("open already");
        assertThat(fake.asked()).hasSize(1);
        fake.close();
        assertThat(answers.get(0)).isCompleted();
        assertFails(answers.get(1), PromptException.Reason.CLOSED);
        assertFails(answers.get(2), PromptException.Reason.CLOSED);
        assertFails(fake.whippletree().complete(Prompt.of("late")), PromptException.Reason.CLOSED);
        fake.close();
    }

    @Test
    void fakeThatIsClosed_opensNothing() {
        FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi");
        fake.close();
        assertThatThrownBy(fake::whippletree).hasMessageContaining("this fake is closed");
    }

    @Test
    void threadsThatBlock_areServedAsTimeIsAdvanced() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").account("a", "10 requests / 1m")) {
            Whippletree whippletree = fake.whippletree();
            List<CompletableFuture<String>> programs = IntStream.range(0, 20)
                    .mapToObj(program -> CompletableFuture.supplyAsync(
                            () -> whippletree
                                    .complete(Prompt.of("from " + program))
                                    .join()
                                    .text(),
                            task -> new Thread(task, "program").start()))
                    .toList();
            while (fake.asked().size() + whippletree.status().waiting() < 20) {
                Thread.onSpinWait();
            }
            assertThat(fake.asked()).hasSize(10);
            fake.advance(MINUTE.plusSeconds(1));
            assertThat(programs)
                    .allSatisfy(program -> assertThat(program.join()).isEqualTo("hi"));
        }
    }

    @Test
    void timeFlies_threadsThatBlock_haveTheSameHoursEachTime() {
        assertThat(IntStream.range(0, 5).mapToObj(run -> hoursOfThreads())).containsOnly(Duration.ofHours(3));
    }

    private static Duration hoursOfThreads() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .account("a", "10 requests / 1h")
                .timeFlies(true)) {
            Whippletree whippletree = fake.whippletree();
            List<CompletableFuture<Void>> programs = IntStream.range(0, 8)
                    .mapToObj(program -> CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < 5; i++) {
                                    var unused = whippletree
                                            .complete(Prompt.of(program + " asks " + i))
                                            .join();
                                }
                            },
                            task -> new Thread(task, "program").start()))
                    .toList();
            programs.forEach(CompletableFuture::join);
            assertThat(fake.asked()).hasSize(40);
            return whippletree.status().uptime().truncatedTo(ChronoUnit.HOURS);
        }
    }

    @Test
    void callbackThatBlocksOnAnotherAnswer_getsIt() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .account("a", "2 requests / 1m")
                .timeFlies(true)) {
            CompletableFuture<String> chain = ask(fake, "one")
                    .thenApply(one -> one.text()
                            + ask(fake, "two").join().text()
                            + ask(fake, "three").join().text());
            assertThat(chain.join()).isEqualTo("hihihi");
        }
    }

    @Test
    void callbackThatWaitsForQuota_isLeftWaiting_untilTimeIsAdvanced() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .account("a", "1 requests / 1m")
                .slow("", Duration.ofSeconds(1))) {
            CompletableFuture<String> blocking = ask(fake, "two")
                    .thenApply(two -> two.text() + ask(fake, "three").join().text());
            fake.advance(Duration.ofSeconds(30));
            assertThat(blocking).isNotDone();
            assertThat(fake.whippletree().status().waiting()).isEqualTo(1);
            fake.advance(MINUTE);
            assertThat(blocking).isCompletedWithValue("hihi");
        }
    }

    @Test
    void embeddings_areMadeFromTheirTexts_andFailAsTheTestSays() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").timeFlies(true)) {
            List<String> texts =
                    IntStream.range(0, 250).mapToObj(i -> "text " + i).toList();
            Embeddings first = fake.whippletree().embed(texts).join();
            assertThat(first.all()).hasSize(250);
            assertThat(fake.asked()).hasSize(3);
            assertThat(vector(fake, "text 7"))
                    .isEqualTo(first.all().get(7).vector())
                    .isNotEqualTo(first.all().get(8).vector());
            fake.embedding(text -> new float[] {text.length()});
            assertThat(vector(fake, "four")).containsExactly(4);
            fake.failing("7", FailureKind.TOO_LARGE);
            assertFails(
                    fake.whippletree().embed(List.of("8", "7", "9")).thenApply(all -> null),
                    PromptException.Reason.TOO_LARGE);
        }
    }

    private static float[] vector(FakeWhippletree fake, String text) {
        return fake.whippletree().embed(List.of(text)).join().all().get(0).vector();
    }

    @Test
    void tokensAreCounted_soThatTokenLimitsHold() {
        try (FakeWhippletree fake =
                FakeWhippletree.answering(prompt -> "x".repeat(400)).account("a", "250 tokens / 1m")) {
            List<CompletableFuture<Completion>> answers = ask(fake, 4);
            fake.advance(MINUTE.multipliedBy(10));
            assertThat(answers).allMatch(CompletableFuture::isDone);
            assertThat(answers.get(0).join().usage()).contains(TokenUsage.of("question 0".length() / 4, 100));
            assertThat(answers.stream()
                            .map(answer -> answer.join().origin().waited().toMinutes()))
                    .contains(0L)
                    .anyMatch(minutes -> minutes > 0);
        }
    }

    @Test
    void over_takesRoutesAndListeners() {
        List<String> answered = new CopyOnWriteArrayList<>();
        Whippletree.Builder builder = Whippletree.builder()
                .route(RouteSettings.builder("interviews")
                        .tier(new RouteSettings.TargetSettings("a", "big"))
                        .build())
                .listener(new EngineListener() {
                    @Override
                    public void answered(Origin origin, Duration took) {
                        answered.add(origin.model());
                    }
                });
        try (FakeWhippletree fake =
                FakeWhippletree.answering(prompt -> "hi").over(builder).account("a")) {
            Prompt prompt = Prompt.builder().user("Hello").route("interviews").build();
            assertThat(fake.whippletree().complete(prompt).join().origin().model())
                    .isEqualTo("big");
            assertThat(fake.asked()).hasSize(1);
            assertThat(answered).containsExactly("big");
        }
    }

    /** Each answer is passed on by a task of its own, while the test's thread looks whether any is left. */
    @Test
    void asked_waitsForAllThatFollows() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")) {
            for (int chain = 1; chain <= 1_000; chain++) {
                CompletableFuture<Completion> last = ask(fake, "0 of " + chain);
                for (int n = 1; n < 4; n++) {
                    String next = n + " of " + chain;
                    last = last.thenCompose(answer -> ask(fake, next));
                }
                assertThat(fake.asked()).hasSize(4 * chain);
            }
        }
    }

    @Test
    void over_withoutAnAccount_hasOne_andOtherProblemsAreSaid() {
        List<Duration> answered = new CopyOnWriteArrayList<>();
        Whippletree.Builder builder = Whippletree.builder().listener(new EngineListener() {
            @Override
            public void answered(Origin origin, Duration took) {
                answered.add(took);
            }
        });
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").over(builder)) {
            assertThat(ask(fake, "hello").join().text()).isEqualTo("hi");
            assertThat(fake.asked()).hasSize(1);
            assertThat(answered).hasSize(1);
        }
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .over(Whippletree.builder().cache("nowhere"))) {
            assertThatThrownBy(fake::whippletree).hasMessageContaining("there is no account");
        }
    }

    @Test
    void over_takesAConfigurationFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts:
                  - {id: hf-1, provider: fake, token: "${HF_TOKEN}", limits: [2 requests / 1m]}
                routes: {drafts: {model: small, deadline: 30s}}
                """);
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .over(Whippletree.builder().configuration(file).environment(Map.of("HF_TOKEN", "none")))
                .timeFlies(true)) {
            List<CompletableFuture<Completion>> answers = ask(fake, 2);
            answers.forEach(CompletableFuture::join);
            assertFails(ask(fake, "third"), PromptException.Reason.NO_ROOM_IN_TIME);
        }
    }

    /** Production's uses, answers and limits are none of a test's. */
    @Test
    void overAFile_opensNothingThatProductionUsesToo(@TempDir Path folder) throws IOException {
        Cache shared = mock();
        Coordinator coordinator = mock();
        when(shared.name()).thenReturn("far");
        when(shared.isShared()).thenReturn(true);
        when(coordinator.name()).thenReturn("far");
        Path state = Files.createDirectory(folder.resolve("state"));
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts: [{id: a, provider: fake, token: none, limits: [5 requests / 1h]}]
                state: state
                caches: [far]
                coordinator: {name: far}
                """);

        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .over(Whippletree.builder().configuration(file).cache(shared).coordinator(coordinator))) {
            assertThat(ask(fake, "hello").join().text()).isEqualTo("hi");
            fake.whippletree().reload();
            fake.advance(Duration.ofMinutes(1));
            assertThat(fake.whippletree().status().coordination()).isEmpty();
        }

        assertThat(state).isEmptyDirectory();
        verify(shared, never()).open(any(), any());
        verify(coordinator, never()).open(any(), any());
    }

    @Test
    void overAFile_needsNoVariableOfAToken_butEveryOther(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts:
                  - {id: a, provider: fake, token: "${WHIPPLETREE_UNSET_A}"}
                  - id: b
                    provider: fake
                    token: ${WHIPPLETREE_UNSET_B}
                """);
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").over(file)) {
            ask(fake, 2).forEach(CompletableFuture::join);
            assertThat(fake.whippletree().status().accounts()).allMatch(account -> account.answered() == 1);
        }
        Files.writeString(file, """
                routes: {drafts: {model: m, timeouts: {first-token: "${WHIPPLETREE_UNSET_C}"}}}
                """, StandardOpenOption.APPEND);
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").over(file)) {
            assertThatThrownBy(fake::whippletree).hasMessageContaining("WHIPPLETREE_UNSET_C isn't set");
        }
    }

    private static void assertFails(CompletableFuture<Completion> answer, PromptException.Reason reason) {
        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        PromptException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason));
    }

    private static Map<String, Long> byAccount(FakeWhippletree fake, List<CompletableFuture<Completion>> answers) {
        assertThat(fake.asked()).isNotEmpty();
        return answers.stream()
                .filter(CompletableFuture::isDone)
                .collect(Collectors.groupingBy(answer -> answer.join().origin().account(), Collectors.counting()));
    }

    private static List<CompletableFuture<Completion>> ask(FakeWhippletree fake, int prompts) {
        return IntStream.range(0, prompts)
                .mapToObj(i -> ask(fake, "question " + i))
                .toList();
    }

    private static CompletableFuture<Completion> ask(FakeWhippletree fake, String text) {
        return fake.whippletree().complete(Prompt.of(text));
    }
}
