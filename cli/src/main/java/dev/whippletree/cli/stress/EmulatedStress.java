package dev.whippletree.cli.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.planner.interviews.InterviewDriver;
import dev.whippletree.planner.interviews.InterviewPlan;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.StressEmulation;
import dev.whippletree.planner.interviews.StressReport;
import dev.whippletree.planner.interviews.StressSettings;
import java.time.Duration;
import java.util.Optional;

/** A stress run over emulated accounts, on real sockets and in real time. Confined to one thread. */
final class EmulatedStress {

    /** The exit code after Ctrl-C. */
    static final int INTERRUPTED = 130;

    private final Surroundings surroundings;
    private final StressCommand command;

    /**
     * Prepares a run.
     *
     * @param surroundings where to print
     * @param command what to run, as it was typed
     */
    EmulatedStress(Surroundings surroundings, StressCommand command) {
        this.surroundings = surroundings;
        this.command = command;
    }

    /**
     * Runs it. Blocks until every interview has ended and everything is printed.
     *
     * @return 0 if every check held, else 1; 130 after Ctrl-C
     * @throws UserMistake if a value can't be used
     */
    int run() {
        StressSettings settings = TypedStress.emulated(command);
        new Announcement(surroundings).of(settings);
        try (StressEmulation emulation = StressEmulation.start(settings, surroundings.timeline());
                Whippletree whippletree = open(emulation)) {
            InterviewDriver driver = new InterviewDriver(
                    InterviewPlan.of(settings.interviews()), whippletree::complete, surroundings.timeline());
            emulation.begin();
            Duration least = StressReport.lowerBound(settings);
            Optional<InterviewResults> results = new Watch(surroundings, Optional.of(least)).until(driver, whippletree);
            Findings findings = new Findings(surroundings);
            findings.board(whippletree.status());
            if (results.isEmpty()) {
                findings.interrupted(driver.progress());
                whippletree.close(Duration.ZERO).join();
                return INTERRUPTED;
            }
            StressReport report = StressReport.of(settings, results.get(), whippletree.status(), emulation.stats());
            findings.of(report, least);
            return report.held() ? 0 : 1;
        }
    }

    private Whippletree open(StressEmulation emulation) {
        Whippletree.Builder builder = surroundings.builders().get();
        emulation.accounts().forEach(builder::account);
        TypedStress.cache(command).ifPresent(builder::cache);
        return builder.build();
    }
}
