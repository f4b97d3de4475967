package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.emulator.model.AccountStats;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        assertThat(pool.stats())
                .containsExactly(pool.stats(ServiceKind.HUGGING_FACE), pool.stats(ServiceKind.GROQ))
                .extracting(ServiceStats::calls)
                .containsExactly(3L, 2L);
        assertThatThrownBy(() -> pool.service(ServiceKind.OPENAI)).hasMessageContaining("openai");
    }

    @Test
    void changesOfAnAccount_keepEachOther_andReachTheEngine() {
        SimulatedAccount changed = SimulatedAccount.of("a", ServiceKind.GROQ, THREE_A_MINUTE)
                .ofOrganization("acme")
                .undeclared()
                .withModels(List.of("large", "small"))
                .inTier(2)
                .withWeight(3)
                .withMaxConcurrency(4)
                .withTransit(Duration.ofSeconds(5))
                .withLimitScope();

        assertThat(changed)
                .isEqualTo(new SimulatedAccount(
                        "a",
                        ServiceKind.GROQ,
                        "acme",
                        List.of(THREE_A_MINUTE),
                        false,
                        List.of("large", "small"),
                        2,
                        3,
                        OptionalInt.of(4),
                        Optional.of(Duration.ofSeconds(5)),
                        true))
                .isEqualTo(SimulatedAccount.of("a", ServiceKind.GROQ, THREE_A_MINUTE)
                        .withLimitScope()
                        .withTransit(Duration.ofSeconds(5))
                        .withMaxConcurrency(4)
                        .withWeight(3)
                        .inTier(2)
                        .withModels(List.of("large", "small"))
                        .undeclared()
                        .ofOrganization("acme"));
        AccountSettings settings = AccountSettings.builder("a", "groq")
                .organization("acme")
                .weight(3)
                .maxConcurrency(4)
                .transit(Duration.ofSeconds(5))
                .limitScope(Reach.ORGANIZATION)
                .build();
        assertThat(ServiceAccounts.settings(changed).withToken(Optional.empty()))
                .isEqualTo(settings);
    }

    @Test
    void declaredLimits_areOfEachModel_orOfAll() {
        ServiceLimit each = ServiceLimit.bucket(Limit.parse("3/min"));

        assertThat(ServiceAccounts.settings(SimulatedAccount.of("a", ServiceKind.GROQ, THREE_A_MINUTE, each)
                                .withModels(List.of("large", "small"))
                                .withLimitScope())
                        .limits())
                .containsExactly(
                        new DeclaredLimit(each.limit(), Optional.empty()),
                        new DeclaredLimit(each.limit(), Optional.of("large")),
                        new DeclaredLimit(each.limit(), Optional.of("small")));
        assertThat(ServiceAccounts.settings(
                                SimulatedAccount.of("a", ServiceKind.GROQ, each).withLimitScope())
                        .limitScope())
                .contains(Reach.MODEL);
    }

    @Test
    void link_isTheAccountsOwn_orThePools() {
        SimulatedPool pool = SimulatedPool.builder(1)
                .account(SimulatedAccount.of("near", ServiceKind.OPENAI))
                .account(SimulatedAccount.of("far", ServiceKind.OPENAI))
                .link(Link.of(Duration.ofMillis(1)))
                .link("far", Link.of(Duration.ofSeconds(1)))
                .build();

        List<String> endMillis = Stream.of("one", "two")
                .map(text -> pool.complete(Prompt.of(text)))
                .map(answer -> pool.runUntil(answer).origin().account() + " "
                        + pool.timeline().nanoTime() / 1_000_000)
                .toList();

        assertThat(endMillis).containsExactly("near 2", "far 2002");
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
