package dev.whippletree.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.stress.interviews.Check;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.terminal.Console;
import dev.whippletree.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a stress run says, before and after. */
class FindingsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Console console(boolean colours, int columns) {
        return new Console(
                new PrintWriter(out),
                new PrintWriter(err),
                new Terminal(false, true, true, colours, () -> new Terminal.Size.Extent(columns, 24)),
                () -> ZoneOffset.UTC,
                new CompletableFuture<>(),
                log -> {});
    }

    private static StressReport report(StressSettings settings, Check... checks) {
        InterviewResults results = new InterviewResults(
                8500,
                8499,
                1,
                0,
                Duration.ofMillis(21_400),
                IntStream.rangeClosed(1, 20)
                        .mapToObj(number -> Duration.ofMillis(17_000 + 100L * number))
                        .toList(),
                List.of("interview 3, question 2: nobody answered"));
        ServiceStats stats = new ServiceStats("huggingface", List.of(), List.of(), 0, 1700, 1);
        return new StressReport(settings, results, stats, List.of(checks));
    }

    private String found(Console console, StressSettings settings, Check... checks) {
        new Findings(console).of(report(settings, checks), StressReport.lowerBound(settings));
        return out.toString().replace("\u001b", "␛");
    }

    @Test
    void runThatHeld_isToldWithItsTimesAndChecks() {
        StressSettings settings =
                StressSettings.STANDARD.withInterviews(Interviews.STANDARD.withThink(Duration.ofSeconds(2)));
        assertThat(found(
                        console(false, 100),
                        settings,
                        new Check("prompts answered", "8,500", "8,500", true),
                        new Check("wrong answers", "0", "0", true)))
                .isEqualTo("""

                        Interviews  500 of 17 questions, started at the same instant, all done after 21.4 s
                        Time each   p50 18.0 s · p95 18.9 s · worst 19.0 s
                        Bound       never below 49.0 s for each: 17 answers one after the other, 1.0 s each on average

                        The accounts are emulated: a server on this machine imitated huggingface over real sockets
                        and kept the limits strictly. No model was asked. What it counted itself is checked here
                        too:

                        ✓  prompts answered  8,500  expected 8,500
                        ✓  wrong answers         0  expected 0
                          interview 3, question 2: nobody answered
                        All 2 checks held.
                        """);
    }

    @Test
    void runThatDidNotHold_isToldOnANarrowScreen_withWhatKeptItFromBeingFaster() {
        assertThat(found(
                        console(true, 60),
                        StressSettings.TIGHT,
                        new Check("prompts answered", "8,500", "8,499", false),
                        new Check("wrong answers", "0", "0", true)))
                .isEqualTo("""

                        ␛[2mInterviews␛[0m  500 of 17 questions, started at the same
                                    instant, all done after 21.4 s
                        ␛[2mTime each␛[0m   p50 18.0 s · p95 18.9 s · worst 19.0 s
                        ␛[2mBound␛[0m       never below 51.0 s for all: what limits, outages
                                    and answers take
                                    never below 17.0 s for each: 17 answers one
                                    after the other, 1.0 s each on average

                        The accounts are emulated: a server on this machine imitated
                        huggingface over real sockets and kept the limits strictly.
                        No model was asked. What it counted itself is checked here
                        too:

                        ␛[31m✗␛[0m  ␛[1m8,499␛[0m  prompts answered, expected 8,500
                        ␛[32m✓␛[0m      ␛[1m0␛[0m  wrong answers, expected 0
                          interview 3, question 2: nobody answered
                        ␛[31m1 of 2 checks did not hold.␛[0m
                        """);
    }

    @Test
    void interruption_saysHowFarItWas() {
        new Findings(console(false, 80))
                .interrupted(new InterviewResults(
                        8500, 1234, 5, 0, Duration.ofSeconds(61), List.of(Duration.ofSeconds(50)), List.of()));
        assertThat(out).hasToString("""

                Interrupted after 1 m 01 s: 1,234 of 8,500 prompts were answered, 5 failed, and
                1 interview ended. Nothing was checked.
                """);
    }

    @Test
    void announcement_saysWhatIsAskedOfWhom_andHowLongThatTakesAtLeast() {
        Announcement.print(StressSettings.TIGHT.withAccounts(3).withMaxConcurrency(1_250), console(false, 80));
        assertThat(err).hasToString("""
                500 interviews of 17 questions over 3 emulated accounts of 200 requests / 10s.
                8,500 prompts, 1,700 of them distinct: this takes at least 31.0 s.
                Before the start, 200 requests warm up the server. Each account is declared with
                up to 1,250 calls under way, each received within 1.0 s of being sent.
                """);
    }
}
