package dev.whippletree.embedder.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.cache.similar.SimilarCache;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.testkit.FakeProvider;
import dev.whippletree.time.VirtualTimeline;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cache, this embedder and a Whippletree together. */
final class SimilarQuestionsTest {

    private static final String REFUND = "Within two weeks, by the form.";
    private static final String PASSWORD = "Under settings, then security.";

    private static final List<String> OFTEN_ASKED = List.of(
            "how do I get a refund?",
            "how do I change my password?",
            "how can I get a refund for my order?",
            "how can I change my password?",
            "I want a refund, how do I get it?",
            "what do I do to change the password?");

    private static final List<String> NEVER_ASKED = List.of(
            "please tell me how I get a refund",
            "please tell me how I change my password",
            "how would I get a refund of an order?",
            "how would I go about changing my password?",
            "in which way can I get a refund?");

    private final VirtualTimeline timeline = new VirtualTimeline(5);
    private final FakeProvider service =
            FakeProvider.answering("answering", question -> question.contains("refund") ? REFUND : PASSWORD);
    private final Whippletree whippletree = Whippletree.builder()
            .timeline(timeline)
            .provider(service)
            .account("one", service.name(), "token")
            .model("m")
            .cache(new SimilarCache())
            .cache("similar", Map.of("mode", "serve", "max-error", "5%"))
            .build();

    @AfterEach
    void close() {
        whippletree.close();
    }

    private Completion ask(String question) {
        CompletableFuture<Completion> answer = whippletree.complete(Prompt.builder()
                .system("Be brief.")
                .user(question)
                .question(question)
                .build());
        timeline.runAll();
        return answer.join();
    }

    private static boolean isStored(Completion answer) {
        return answer.origin().source() == Origin.Source.CACHE;
    }

    @Test
    void serving_learnsFirst_thenAnswersWordingsThatItNeverSaw() {
        assertThat(Stream.of(0, 1, 2, 3, 4, 5).map(OFTEN_ASKED::get).map(this::ask))
                .noneMatch(SimilarQuestionsTest::isStored);
        for (int i = 0; i < 330; i++) {
            ask(OFTEN_ASKED.get(i % OFTEN_ASKED.size()));
        }
        assertThat(service.calls()).as("of 336 requests").isBetween(300, 320);

        List<Completion> answers = NEVER_ASKED.stream().map(this::ask).toList();

        assertThat(answers).extracting(Completion::text).containsExactly(REFUND, PASSWORD, REFUND, PASSWORD, REFUND);
        // A tenth goes to the service all the same.
        assertThat(answers.stream().filter(SimilarQuestionsTest::isStored)).hasSizeGreaterThanOrEqualTo(3);
    }
}
