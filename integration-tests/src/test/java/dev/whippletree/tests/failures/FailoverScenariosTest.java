package dev.whippletree.tests.failures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.comparison.failover.FailoverRun;
import dev.whippletree.comparison.failover.FailoverScenario;
import dev.whippletree.comparison.failover.Judgement;
import dev.whippletree.comparison.failover.Reply;
import dev.whippletree.comparison.failover.Verdict;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The sixteen faults of Failover Bench, by the default settings, in virtual time and with the times of the bench. */
final class FailoverScenariosTest {

    private static final Duration DEADLINE = Duration.ofHours(1);
    private static final String FIRST_CHOICE = "first-choice";

    /** As long as the first request of a cold process was seen to take longer than later ones. */
    private static final Duration COLD = Duration.ofMillis(1_200);

    /** A fallback on another account or on the same one, behind one account of an organization or behind two. */
    private static final List<String> SETUPS = List.of(
            "a/first-choice, b/fallback",
            "a/first-choice, a/fallback",
            "a/first-choice a2/first-choice, b/fallback",
            "a/first-choice a2/first-choice, a/fallback a2/fallback");

    private static List<Tier> tiers(String setup) {
        return Stream.of(setup.split(", "))
                .map(tier -> new Tier(Stream.of(tier.split(" "))
                        .map(target -> target.split("/", 2))
                        .map(parts -> new TargetSettings(parts[0], parts[1]))
                        .toList()))
                .toList();
    }

    static Stream<Arguments> runs() {
        return SETUPS.stream()
                .flatMap(setup -> Stream.of(Duration.ZERO, COLD)
                        .flatMap(late -> Stream.of(FailoverScenario.values())
                                .map(scenario -> Arguments.of(scenario, setup, late))));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void whereThePremisesHold_everyScenarioIsPassed(FailoverScenario scenario, String setup, Duration firstCallLate) {
        VirtualWall wall = new VirtualWall(scenario, firstCallLate);
        SimulatedPool pool = SimulatedPool.builder(1)
                .account(account("a").ofOrganization("one"))
                .account(account("a2").ofOrganization("one"))
                .account(account("b"))
                .route(RouteSettings.of("default", tiers(setup)))
                .clients((account, client) -> wall.client())
                .build();
        wall.runOn(pool.timeline());
        List<Reading> readings = new ArrayList<>();
        for (int number = 0; number < scenario.requests(); number++) {
            pool.timeline().schedule(FailoverScenario.BETWEEN_REQUESTS.toNanos() * number, () -> {
                Reading reading = new Reading(pool);
                readings.add(reading);
                pool.engine().stream(Prompt.builder()
                                .user("Explain in sixty tokens. " + readings.size())
                                .firstPieceWithin(DEADLINE)
                                .build())
                        .subscribe(reading);
            });
        }
        pool.timeline()
                .advance(FailoverScenario.BETWEEN_REQUESTS
                        .multipliedBy(scenario.requests())
                        .plus(DEADLINE));
        FailoverRun run = new FailoverRun(
                true,
                readings.stream().map(reading -> reading.reply.join()).toList(),
                wall.firstChoice(),
                wall.fallbackCalls(),
                0,
                true);

        assertThat(scenario.judge(run)).as("%s", run).isEqualTo(new Judgement(Verdict.PASS, ""));
    }

    private static SimulatedAccount account(String id) {
        return SimulatedAccount.of(id, ServiceKind.OPENAI).withModels(List.of(FIRST_CHOICE, FailoverScenario.FALLBACK));
    }

    /** Reads a stream to its end. */
    private static final class Reading implements Flow.Subscriber<Delta> {

        private final SimulatedPool pool;
        private final long beganNanos;
        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();

        Reading(SimulatedPool pool) {
            this.pool = pool;
            this.beganNanos = pool.timeline().nanoTime();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Delta delta) {
            if (delta instanceof Delta.Text more) {
                text.append(more.text());
            } else if (delta instanceof Delta.End end) {
                end(Reply.Ending.ANSWERED, end.origin().model(), end.usage().isPresent());
            }
        }

        @Override
        public void onError(Throwable failure) {
            end(Reply.Ending.ERROR, "", false);
        }

        @Override
        public void onComplete() {}

        private void end(Reply.Ending ending, String model, boolean usage) {
            double began = beganNanos / 1e9;
            double seconds = pool.timeline().nanoTime() / 1e9 - began;
            reply.complete(new Reply(ending, text.toString(), model, usage, "", began, seconds));
        }
    }
}
