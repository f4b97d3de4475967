package dev.whippletree.planner.interviews;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.model.Limit;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A few interviews before the run, over a throwaway service in the same process. A process that starts cold, together with others on the
 * same machine, would be too slow for the transit and the timeouts of a warm one. Stateless.
 */
public final class Rehearsal {

    private static final StressSettings SETTINGS = StressSettings.STANDARD
            .withInterviews(
                    Interviews.STANDARD.withInterviews(25).withQuestions(8).withRepeat(0.5))
            .withLimit(Limit.requests(1_000_000, Duration.ofHours(1)))
            .withLatency(Latency.constant(Duration.ofMillis(10)));

    private Rehearsal() {}

    /**
     * Rehearses. Blocks for a second or two.
     *
     * @param opening opens what is rehearsed with, over these accounts; it is closed here, and what it stored is removed
     */
    public static void run(Timeline timeline, Function<List<AccountSettings>, Whippletree> opening) {
        EmulatedService service = new EmulatedService(StressEmulation.serviceSettings(SETTINGS), timeline.nanoTime());
        try (EmulatorServer server = EmulatorServer.start(List.of(service), 0, timeline)) {
            Whippletree whippletree =
                    opening.apply(StressEmulation.accounts(SETTINGS, StressEmulation.baseUrl(server)));
            try {
                InterviewPlan plan = InterviewPlan.of(SETTINGS.interviews());
                new InterviewDriver(plan, whippletree::complete, timeline)
                        .start()
                        .join();
                whippletree
                        .clearCaches(Optional.empty())
                        .handle((removed, failure) -> removed)
                        .join();
            } finally {
                whippletree.close(Duration.ZERO).join();
            }
        }
    }
}
