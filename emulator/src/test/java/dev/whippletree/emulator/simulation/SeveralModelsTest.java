package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An account with three models that are asked alike. Its service reports a limit of 60 requests a minute with each
 * answer, but not whether each model has its own or all share it; nobody declared it.
 */
@Tag("slow")
final class SeveralModelsTest {

    private static final Limit LIMIT = Limit.parse("60 requests / 1m");
    private static final List<String> MODELS = List.of("large", "small", "third");
    private static final int WINDOWS = 6;

    /** The last window needn't be used up. */
    private static final int PROMPTS = WINDOWS * (int) LIMIT.amount() - (int) LIMIT.amount() / 2;

    private static final int SLOTS = 32;

    /** Of the time that certain knowledge needs: a sliding window is left as much later as answers take. */
    private static final double MOST_OF_BOUND = 1.1;

    static Stream<Arguments> cases() {
        return Stream.of(Counting.FIXED, Counting.SLIDING, Counting.BUCKET)
                .flatMap(counting -> Stream.of(300, 2_500)
                        .flatMap(millis -> Stream.of(2L, 3L)
                                .map(seed -> Arguments.of(counting, Duration.ofMillis(millis), seed))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachModelHasItsOwn_orAllShareOne_itIsUsed(Counting counting, Duration latency, long seed) {
        for (boolean perModel : new boolean[] {true, false}) {
            Run run = new Run(counting, perModel, latency, seed);
            run.askEach(perModel ? PROMPTS : PROMPTS / MODELS.size());
            assertThat(run.refused()).as("each has its own: %s", perModel).isZero();
            run.check(counting, latency);
        }
    }

    private static final class Run {

        private final SimulatedPool pool;
        private final List<CompletableFuture<Completion>> answers = new ArrayList<>();

        Run(Counting counting, boolean perModel, Duration latency, long seed) {
            pool = SimulatedPool.builder(seed)
                    .account(SimulatedAccount.of(
                                    "several", ServiceKind.OPENAI, new ServiceLimit(LIMIT, counting, perModel))
                            .undeclared()
                            .withLimitScope()
                            .withModels(MODELS)
                            .withMaxConcurrency(SLOTS))
                    .service(ServiceKind.OPENAI, service -> service.latency(Latency.lognormal(latency, 0.4)))
                    .build();
        }

        void askEach(int prompts) {
            for (int number = 0; number < prompts; number++) {
                for (String model : MODELS) {
                    answers.add(pool.complete(Prompt.builder()
                            .user("question " + number)
                            .model(model)
                            .build()));
                }
            }
            pool.timeline().runAll();
        }

        long refused() {
            return pool.stats(ServiceKind.OPENAI).limits().stream()
                    .mapToLong(LimitStats::refused)
                    .sum();
        }

        /** A window's worth of calls can begin at once, and the last ones have to be answered. */
        void check(Counting counting, Duration latency) {
            assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
            Duration bound = LIMIT.window().multipliedBy(WINDOWS - 1).plus(latency.multipliedBy(3));
            assertThat(Duration.ofNanos(pool.timeline().nanoTime()).toMillis() / 1e3)
                    .as("seconds, %s", counting)
                    .isLessThan(bound.toSeconds() * MOST_OF_BOUND);
        }
    }
}
