package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whose turn it is, by when the engine's calls are made. One account, one call at a time, each of which takes a second:
 * so a call's number is its turn. Seeds shuffle who comes when.
 */
final class LineFairnessTest {

    private static final Duration TURN = Duration.ofSeconds(1);

    private final EngineFixture fixture = new EngineFixture();

    static IntStream seeds() {
        Integer only = Integer.getInteger("seed");
        return only != null ? IntStream.of(only) : IntStream.range(0, 20);
    }

    private ScriptedClient oneByOne(String... limits) {
        ScriptedClient client = fixture.account("a", Optional.empty(), 1, limits);
        client.countsMaxTokens().usually(client.answersAfter(TURN));
        return client;
    }

    private CompletableFuture<Completion> ask(String session, String text, Priority priority, int tokens) {
        return fixture.ask(Prompt.builder()
                .user(text)
                .session(session)
                .priority(priority)
                .maxTokens(tokens)
                .build());
    }

    private CompletableFuture<Completion> ask(String session, String text, Priority priority) {
        return ask(session, text, priority, 10);
    }

    /** Between two sessions that wait a turn of each is between two of the other; one more was begun before. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void sessionWithAThousandWaiting_delaysSinglePromptsByTwoTurnsAndThoseOfTheirKind(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        oneByOne();
        for (int number = 0; number < 1_000; number++) {
            ask("greedy", "greedy " + number, Priority.INTERACTIVE);
        }
        fixture.advance(TURN.multipliedBy(random.nextInt(100)).plusMillis(random.nextInt(1_000)));
        int modest = 1 + random.nextInt(10);
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int number = 0; number < modest; number++) {
            answers.add(ask("modest " + number, "modest " + number, Priority.INTERACTIVE));
        }
        fixture.run();
        assertThat(answers)
                .as("seed %s", seed)
                .allSatisfy(answer ->
                        assertThat(answer.join().origin().waited()).isLessThanOrEqualTo(TURN.multipliedBy(modest + 2)));
    }

    /** It is known from the start when there will be room for it, and whoever comes later, there is. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void bigReservation_beginsNoLaterThanWasKnownWhenItEarmarked(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ScriptedClient client = fixture.account("a", "1000 tokens / 60s");
        client.countsMaxTokens().usually(client.answersAfter(Duration.ofMillis(100)));
        for (int used = 0; used < 900; used += 100) {
            ask("early", "early " + used, Priority.INTERACTIVE, 100);
            fixture.advance(Duration.ofMillis(random.nextInt(3_000)));
        }
        int big = 300 + random.nextInt(700);
        // A hundred are free, and each hundred more is so a minute after it arrived, which was a tenth of a second
        // after it was sent.
        long known = client.callTimes().get((big - 1) / 100 - 1)
                + Duration.ofMillis(60_100).toNanos();
        CompletableFuture<Completion> answer = ask("big", "big", Priority.INTERACTIVE, big);
        long asked = fixture.timeline.nanoTime();
        for (int number = 0; number < 300; number++) {
            ask("small " + number, "small " + number, Priority.INTERACTIVE, 10 + random.nextInt(90));
            fixture.advance(Duration.ofMillis(random.nextInt(500)));
        }
        fixture.run();
        assertThat(asked + answer.join().origin().waited().toNanos())
                .as("seed %s", seed)
                .isLessThanOrEqualTo(known);
    }
}
