package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.EnginesOverRedis.fullest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.Traffic.Sums;
import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.ModelledRedis.HashSize;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.model.Limit;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.testkit.emulator.SimulatedProcesses.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What many engines send to Redis, with limits, claims and answers shared, in virtual time. Each run adds a table to
 * {@code target/many-engines.md}.
 */
@Tag("slow")
class ManyEnginesTest {

    private static final Path TABLE = Path.of("target", "many-engines.md");
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final int QUESTIONS = 17;

    /** Half a minute between an answer and the next question: an interview takes nine minutes. */
    private static final Duration THINK = Duration.ofSeconds(30);

    private final Map<String, Sums> all = new TreeMap<>();
    private long busiest;
    private HashSize largest = new HashSize(0, 0);

    /** The accounts allow little more than the calls that are needed. */
    @Test
    void fewEngines_keepTheLimits_andAskEachDistinctPromptOnce() throws IOException {
        run(20, 4, 10, 100, Duration.ofMinutes(1));
    }

    /** At first, while few answers are known, that is 160 calls a second, of 250 that the accounts allow. */
    @Test
    @Tag("thorough")
    void thousandEngines_conductAnHourOfInterviews() throws IOException {
        run(1_000, 100, 150, 50_000, Duration.ofMinutes(51));
    }

    private void run(int processes, int accounts, long amount, int interviews, Duration over) throws IOException {
        StressSettings settings = StressSettings.STANDARD
                .withInterviews(Interviews.STANDARD
                        .withInterviews(interviews)
                        .withQuestions(QUESTIONS)
                        .withThink(THINK))
                .withAccounts(accounts)
                .withLimit(Limit.requests(amount, WINDOW))
                .withLatency(Latency.parse("1s~20%"));
        EnginesOverRedis engines =
                new EnginesOverRedis(1, new EnginesOverRedis.Size(processes, settings, over, FaultyCommands.TIMEOUT));
        Traffic traffic = engines.redis().countTraffic();
        engines.after(LOOK, () -> look(engines, traffic));

        Outcome outcome = engines.run();

        look(engines, traffic);
        assertThat(outcome.service().calls()).isEqualTo(engines.distinct());
        assertThat(fullest(outcome)).isLessThanOrEqualTo(amount);
        assertThat(engines.alone()).isZero();
        write(processes, outcome.results().elapsed());
    }

    private void look(EnginesOverRedis engines, Traffic traffic) {
        Map<String, Sums> latest = traffic.take();
        latest.forEach((kind, sums) -> all.merge(kind, sums, Sums::plus));
        busiest = Math.max(
                busiest, latest.values().stream().mapToLong(Sums::count).sum());
        HashSize now = engines.redis().largestLimit(WINDOW);
        largest = now.bytes() > largest.bytes() ? now : largest;
        engines.after(LOOK, () -> look(engines, traffic));
    }

    private void write(int processes, Duration elapsed) throws IOException {
        String title = "%n%d processes, %d s; busiest %d s: %d; largest limit: %d fields, %d bytes%n"
                .formatted(
                        processes, elapsed.toSeconds(), LOOK.toSeconds(), busiest, largest.fields(), largest.bytes());
        Files.createDirectories(TABLE.getParent());
        Files.writeString(
                TABLE, title + Traffic.table(all, elapsed), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
