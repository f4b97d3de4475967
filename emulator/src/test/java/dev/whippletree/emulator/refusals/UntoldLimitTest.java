package dev.whippletree.emulator.refusals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An hour's limit is declared, and nobody tells of the minute's beside it. */
@Tag("slow")
class UntoldLimitTest {

    private static final int PROMPTS = 500;

    /** Of 60 at once and 60 more each minute. */
    private static final Duration SHORTEST = Duration.ofSeconds(440);

    private static final Duration TO_FIND_IT = Duration.ofMinutes(4);

    static Stream<Arguments> services() {
        return Stream.of(Counting.FIXED, Counting.SLIDING, Counting.BUCKET)
                .flatMap(counting ->
                        Stream.of(RetryAfter.TRUE, RetryAfter.NONE).map(told -> Arguments.of(counting, told)));
    }

    @ParameterizedTest
    @MethodSource("services")
    void shorterLimitThanTheDeclaredOne_isFound_andTheDeclaredOneBelieved(Counting counting, RetryAfter told) {
        SimulatedPool pool = pool(
                told,
                account("declared", limit("1000 requests / 1h", counting)),
                account("untold", limit("60 requests / 1m", counting)).undeclared());
        List<CompletableFuture<?>> asked = IntStream.range(0, PROMPTS)
                .<CompletableFuture<?>>mapToObj(number -> pool.complete(Prompt.of("question " + number)))
                .toList();
        pool.timeline().advance(SHORTEST.plus(TO_FIND_IT));
        assertThat(asked).allMatch(CompletableFuture::isDone);
        assertThat(asked).noneMatch(CompletableFuture::isCompletedExceptionally);
    }

    private static SimulatedPool pool(RetryAfter told, SimulatedAccount... accounts) {
        return SimulatedPool.builder(1)
                .accounts(List.of(accounts))
                .link(new Link(Duration.ofMillis(20), Duration.ofMillis(60), 0))
                .clients((settings, client) -> told.wrap(client))
                .service(
                        ServiceKind.HUGGING_FACE,
                        settings -> settings.latency(Latency.uniform(Duration.ofMillis(500), 0.5))
                                .refusalLatency(Duration.ofMillis(20)))
                .build();
    }

    private static SimulatedAccount account(String id, ServiceLimit limit) {
        return SimulatedAccount.of(id, ServiceKind.HUGGING_FACE, limit)
                .ofOrganization("ours")
                .withMaxConcurrency(32);
    }

    private static ServiceLimit limit(String limit, Counting counting) {
        return new ServiceLimit(Limit.parse(limit), counting, false);
    }
}
