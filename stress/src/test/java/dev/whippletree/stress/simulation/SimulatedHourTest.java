package dev.whippletree.stress.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.stress.interviews.Check;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole hours in virtual time: interviews of 17 questions with a minute's thought between them, four in five of which
 * others ask too. Prints how much processor time each run took, the first of a kind being the slowest.
 */
@Tag("thorough")
final class SimulatedHourTest {

    private static final Link LINK = new Link(Duration.ofMillis(1), Duration.ofMillis(100), 0);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"500, 2", "500, 2", "500, 2", "10000, 40", "10000, 40"})
    void everybodyIsAnswered(int interviews, int accounts) {
        StressSettings settings = StressSettings.STANDARD
                .withInterviews(Interviews.STANDARD.withInterviews(interviews).withThink(Duration.ofMinutes(1)))
                .withAccounts(accounts);
        long before = THREADS.getCurrentThreadCpuTime();
        StressReport report = new SimulatedStress(settings, LINK).run();
        System.out.printf(
                "%d interviews, %d accounts: %d calls, %s of virtual time in %.2f s%n",
                interviews,
                accounts,
                report.stats().calls(),
                report.results().elapsed(),
                (THREADS.getCurrentThreadCpuTime() - before) / 1e9);
        assertThat(report.checks()).allMatch(Check::held);
    }
}
