package dev.whippletree.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FakeWhippletreeTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void prompt_isAnsweredAsTheTestSays() {
        try (FakeWhippletree fake = FakeWhippletree.answering(
                prompt -> "You said " + prompt.messages().get(0).text())) {
            assertThat(ask(fake, "hi").join().text()).isEqualTo("You said hi");
            assertThat(fake.asked()).hasSize(1);
        }
    }

    @Test
    void quotaIsUsedUp_restWaitsUntilTimeIsAdvanced() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").account("hf-1", "10 requests / 1m")) {
            List<CompletableFuture<Completion>> answers = ask(fake, 20);
            assertThat(fake.asked()).hasSize(10);
            assertThat(fake.waiting()).isEqualTo(10);
            fake.advance(MINUTE.minusMillis(1));
            assertThat(fake.asked()).hasSize(10);
            fake.advance(Duration.ofSeconds(1));
            assertThat(fake.asked()).hasSize(20);
            assertThat(answers).allMatch(CompletableFuture::isDone);
        }
    }

    @Test
    void timeFlies_programMayBlockThroughHoursOfQuota() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .account("hf-1", "10 requests / 1h")
                .timeFlies()) {
            for (int i = 0; i < 35; i++) {
                ask(fake, "question " + i).join();
            }
            assertThat(fake.asked()).hasSize(35);
            assertThat(fake.timeline().nanoTime())
                    .isGreaterThanOrEqualTo(Duration.ofHours(3).toNanos());
        }
    }

    @Test
    void failingPrompt_endsWithItsReason_othersAreAnswered() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")
                .failing("bad", FailureKind.TOO_LARGE)
                .timeFlies()) {
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
        }
    }

    @Test
    void equalPrompts_areAskedOnce() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi").slow("", Duration.ofSeconds(1))) {
            List<CompletableFuture<Completion>> answers =
                    IntStream.range(0, 10).mapToObj(i -> ask(fake, "same")).toList();
            fake.advance(Duration.ofSeconds(1));
            assertThat(answers).allMatch(CompletableFuture::isDone);
            assertThat(fake.asked()).hasSize(1);
        }
    }

    @Test
    void answerThatThrows_failsTheCall_notTheFake() {
        List<String> told = new ArrayList<>();
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> {
                    told.add("asked");
                    throw new IllegalStateException("no");
                })
                .timeFlies()) {
            assertThatThrownBy(() -> ask(fake, "hello").join()).hasMessageContaining("the test's answer threw");
            assertThat(told).isNotEmpty();
        }
    }

    @Test
    void accountAfterOpening_isRejected() {
        try (FakeWhippletree fake = FakeWhippletree.answering(prompt -> "hi")) {
            fake.whippletree();
            assertThatThrownBy(() -> fake.account("late")).hasMessageContaining("open already");
        }
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
