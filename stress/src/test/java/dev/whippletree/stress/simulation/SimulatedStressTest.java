package dev.whippletree.stress.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.stress.interviews.Check;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("slow")
class SimulatedStressTest {

    private static final Link LINK = new Link(Duration.ofMillis(1), Duration.ofMillis(100), 0);

    @Test
    void mainCase_holds() {
        StressReport report = new SimulatedStress(StressSettings.STANDARD, LINK).run();

        assertThat(report.checks()).allMatch(Check::held);
        assertThat(report.stats().calls()).isEqualTo(1700);
    }

    @Test
    void tightCase_holds() {
        StressReport report = new SimulatedStress(StressSettings.TIGHT, LINK).run();

        assertThat(report.checks()).allMatch(Check::held);
        assertThat(report.stats().accounts().get(0).outcomes()).containsKey("503");
    }

    static Stream<String> fewFaults() {
        return Boolean.getBoolean("thorough")
                ? Stream.of("reset:3%", "500:3%", "cut:3%", "malformed:3%", "503:3%")
                : Stream.of("cut:3%", "503:3%");
    }

    @ParameterizedTest
    @MethodSource("fewFaults")
    void fewFaults_costNobodyAnAnswer(String fault) {
        StressSettings settings = StressSettings.STANDARD
                .withLatency(Latency.lognormal(Duration.ofSeconds(1), 0.4))
                .withFaults(FaultScript.of(FaultRule.parse(fault)));

        assertThat(new SimulatedStress(settings, LINK).run().checks()).allMatch(Check::held);
    }
}
