package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.emulator.model.AccountStats;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimulatedPoolTest {

    private static final ServiceLimit THREE_A_MINUTE = ServiceLimit.sliding(Limit.parse("3/min"));

    @Test
    void prompt_isAnswered_afterTheServicesLatency() {
        SimulatedPool pool = SimulatedPool.builder(1)
                .account(SimulatedAccount.of("hf-1", ServiceKind.HUGGING_FACE))
                .service(ServiceKind.HUGGING_FACE, service -> service.latency(Latency.constant(Duration.ofSeconds(2))))
                .build();

        Completion answer = pool.runUntil(pool.complete(Prompt.of("Why here?")));

        assertThat(answer.origin().account()).isEqualTo("hf-1");
        assertThat(pool.timeline().nanoTime()).isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void accountsOfOneOrganization_shareTheirLimits() {
        SimulatedPool pool = SimulatedPool.builder(1)
                .account(SimulatedAccount.of("hf-1", ServiceKind.HUGGING_FACE, THREE_A_MINUTE)
                        .ofOrganization("acme"))
                .account(SimulatedAccount.of("hf-2", ServiceKind.HUGGING_FACE, THREE_A_MINUTE)
                        .ofOrganization("acme"))
                .build();

        askAll(pool, 4);

        assertThat(pool.timeline().nanoTime())
                .isGreaterThanOrEqualTo(Duration.ofMinutes(1).toNanos());
        assertThat(pool.stats(ServiceKind.HUGGING_FACE).rateLimited()).isZero();
    }

    @Test
    void laterTier_takesWhatThePreferredOneCannot() {
        SimulatedPool pool = SimulatedPool.builder(1)
                .account(SimulatedAccount.of("hf-1", ServiceKind.HUGGING_FACE, THREE_A_MINUTE))
                .account(SimulatedAccount.of("groq-1", ServiceKind.GROQ, THREE_A_MINUTE)
                        .inTier(1))
                .build();

        askAll(pool, 5);

        assertThat(pool.stats(ServiceKind.HUGGING_FACE).calls()).isEqualTo(3);
        assertThat(pool.stats(ServiceKind.GROQ).calls()).isEqualTo(2);
    }

    @Test
    void limitOfEachModel_isDeclaredForEach() {
        ServiceLimit ofEachModel = ServiceLimit.bucket(Limit.parse("3/min"));
        SimulatedPool pool = SimulatedPool.builder(1)
                .account(SimulatedAccount.of("groq-1", ServiceKind.GROQ, ofEachModel)
                        .withModels(List.of("large", "small")))
                .build();

        askAll(pool, 6);

        assertThat(pool.stats(ServiceKind.GROQ).accounts())
                .extracting(AccountStats::answered)
                .containsExactly(6L);
        assertThat(pool.timeline().nanoTime()).isZero();
    }

    @Test
    void sameSeed_isTheSameRun() {
        assertThat(lotsDrawn(5)).isEqualTo(lotsDrawn(5)).isNotEqualTo(lotsDrawn(6));
    }

    @Test
    void unknownStrategy_isAnErrorThatNamesThoseThereAre() {
        RouteSettings route = RouteSettings.of(
                "fast",
                List.of(new RouteSettings.Tier(
                        List.of(new RouteSettings.TargetSettings("hf-1", SimulatedAccount.MODEL)))));
        SimulatedPoolBuilder builder = SimulatedPool.builder(1)
                .account(SimulatedAccount.of("hf-1", ServiceKind.HUGGING_FACE))
                .route(route.toBuilder()
                        .strategy("by-mood")
                        .deadline(Optional.empty())
                        .build());

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("route fast")
                .hasMessageContaining("round-robin");
    }

    @Test
    void nothingLeftToHappen_isSaid() {
        SimulatedPool pool = SimulatedPool.builder(1)
                .account(SimulatedAccount.of("hf-1", ServiceKind.HUGGING_FACE))
                .build();

        assertThatThrownBy(() -> pool.runUntil(new CompletableFuture<>())).isInstanceOf(IllegalStateException.class);
    }

    private static long lotsDrawn(long seed) {
        SimulatedPool pool = SimulatedPool.builder(seed)
                .account(SimulatedAccount.of("hf-1", ServiceKind.HUGGING_FACE, THREE_A_MINUTE))
                .service(
                        ServiceKind.HUGGING_FACE,
                        service -> service.latency(Latency.uniform(Duration.ofSeconds(1), 0.5)))
                .build();
        askAll(pool, 4);
        return pool.timeline().nanoTime();
    }

    private static void askAll(SimulatedPool pool, int prompts) {
        CompletableFuture<?>[] answers = IntStream.range(0, prompts)
                .mapToObj(number -> pool.complete(Prompt.of("question " + number)))
                .toArray(CompletableFuture[]::new);
        pool.runUntil(CompletableFuture.allOf(answers));
    }
}
