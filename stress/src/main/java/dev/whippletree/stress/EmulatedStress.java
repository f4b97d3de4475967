package dev.whippletree.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.StressEmulation;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.terminal.Console;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Optional;

/** A stress run over emulated accounts, on real sockets and in real time. Confined to one thread. */
public record EmulatedStress(Console console, Timeline timeline) {

    /** Runs it, by a builder without accounts. Blocks until every interview has ended and everything is printed. */
    public Ending run(StressSettings settings, Whippletree.Builder builder) {
        Announcement.print(settings, console);
        try (StressEmulation emulation = StressEmulation.start(settings, timeline);
                Whippletree whippletree = open(emulation, builder)) {
            InterviewDriver driver =
                    new InterviewDriver(InterviewPlan.of(settings.interviews()), whippletree::complete, timeline);
            emulation.begin();
            Duration least = StressReport.lowerBound(settings);
            Optional<InterviewResults> results = new Watch(console, timeline, least).until(driver, whippletree);
            Findings findings = new Findings(console);
            findings.board(whippletree.status());
            if (results.isEmpty()) {
                findings.interrupted(driver.progress());
                whippletree.close(Duration.ZERO).join();
                return Ending.INTERRUPTED;
            }
            StressReport report = StressReport.of(settings, results.get(), whippletree.status(), emulation.stats());
            findings.of(report, least);
            return report.held() ? Ending.HELD : Ending.BROKEN;
        }
    }

    private static Whippletree open(StressEmulation emulation, Whippletree.Builder builder) {
        emulation.accounts().forEach(builder::account);
        return builder.build();
    }
}
