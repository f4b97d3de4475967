package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The service of the first choice is down for a minute, while somebody asks twice a second and reads the answers as
 * they come.
 */
class PrimaryComesBackTest {

    private static final Duration DOWN_AT = Duration.ofSeconds(20);
    private static final Duration UP_AT = Duration.ofSeconds(80);
    private static final Duration END = Duration.ofSeconds(140);

    /**
     * At most five failures in a row, and then probes after 1, 4, 8, 15, 15 … seconds, as another account takes the
     * prompts.
     */
    private static final int MOST_CALLS_WHILE_DOWN = 15;

    private final List<Listening> callers = new ArrayList<>();

    private SimulatedPool pool(String fault) {
        return SimulatedPool.builder(1)
                .account(SimulatedAccount.of("primary", ServiceKind.HUGGING_FACE))
                .account(SimulatedAccount.of("fallback", ServiceKind.GROQ).inTier(1))
                .service(
                        ServiceKind.HUGGING_FACE,
                        service -> service.latency(Latency.constant(Duration.ofMillis(300)))
                                .faults(new FaultScript(List.of(FaultRule.parse(
                                        fault + "@" + DOWN_AT.toSeconds() + "s-" + UP_AT.toSeconds() + "s")))))
                .service(ServiceKind.GROQ, service -> service.latency(Latency.constant(Duration.ofMillis(300))))
                .build();
    }

    private void ask(SimulatedPool pool, int number) {
        Listening caller = new Listening(delta -> {});
        callers.add(caller);
        pool.engine().stream(Prompt.of("question " + number)).subscribe(caller);
    }

    @ParameterizedTest
    @ValueSource(strings = {"503", "500", "reset"})
    void everybodyIsAnswered_itIsHardlyAskedWhileItIsDown_andUsedAgainSoonAfterwards(String fault) {
        SimulatedPool pool = pool(fault);
        List<Long> calls = new ArrayList<>();
        for (long half = 0; half < END.toMillis() / 500; half++) {
            int number = (int) half;
            pool.timeline().schedule(Duration.ofMillis(500 * half).toNanos(), () -> {
                calls.add(pool.stats(ServiceKind.HUGGING_FACE).calls());
                ask(pool, number);
            });
        }
        pool.timeline().runAll();

        assertThat(callers).allSatisfy(caller -> assertThat(caller.whole()).isCompleted());
        long whileDown = calls.get((int) UP_AT.toSeconds() * 2) - calls.get((int) DOWN_AT.toSeconds() * 2);
        assertThat(whileDown).isBetween(1L, (long) MOST_CALLS_WHILE_DOWN);
        List<String> answering = callers.stream()
                .map(caller -> caller.whole().join())
                .map(Completion::origin)
                .map(origin -> origin.account())
                .toList();
        assertThat(answering.subList(0, (int) DOWN_AT.toSeconds() * 2)).containsOnly("primary");
        assertThat(answering.subList((int) UP_AT.toSeconds() * 2, (int) UP_AT.toSeconds() * 2 + 60))
                .as("within 30 s after it is up")
                .contains("primary");
        assertThat(answering.subList(answering.size() - 20, answering.size())).containsOnly("primary");
    }
}
