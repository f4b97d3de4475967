package dev.whippletree.cli.emulated;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.Surroundings;
import dev.whippletree.cli.UserMistake;
import dev.whippletree.emulator.stress.InterviewDriver;
import dev.whippletree.emulator.stress.InterviewPlan;
import dev.whippletree.emulator.stress.InterviewResults;
import dev.whippletree.emulator.stress.Processes;
import dev.whippletree.emulator.stress.StressEmulation;
import dev.whippletree.emulator.stress.StressReport;
import dev.whippletree.emulator.stress.StressSettings;

/** A stress run over emulated accounts, on real sockets and in real time. Confined to one thread. */
public final class EmulatedStress {

    private final Surroundings surroundings;
    private final StressWish wish;

    /**
     * Prepares a run.
     *
     * @param surroundings where to print
     * @param wish what to run
     */
    public EmulatedStress(Surroundings surroundings, StressWish wish) {
        this.surroundings = surroundings;
        this.wish = wish;
    }

    /**
     * Runs it. Blocks until every interview has ended and everything is printed.
     *
     * @return 0 if every check held, else 1
     * @throws UserMistake if a value can't be used
     */
    public int run() {
        StressSettings settings = WishedSettings.emulated(wish);
        new Announcement(surroundings.err()).of(settings, Processes.ONE);
        try (StressEmulation emulation = StressEmulation.start(settings, surroundings.timeline());
                Whippletree whippletree = open(emulation)) {
            InterviewDriver driver = new InterviewDriver(
                    InterviewPlan.of(settings.interviews()), whippletree::complete, surroundings.timeline());
            emulation.begin();
            InterviewResults results = new Watch(surroundings).until(Watched.here(driver, whippletree));
            StressReport report = StressReport.of(settings, results, whippletree.status(), emulation.stats());
            print(report);
            return report.held() ? 0 : 1;
        }
    }

    private Whippletree open(StressEmulation emulation) {
        Whippletree.Builder builder = surroundings.builders().get();
        emulation.accounts().forEach(builder::account);
        if (!wish.cache().equals(StressWish.NO_CACHE)) {
            builder.cache(wish.cache());
        }
        return builder.build();
    }

    private void print(StressReport report) {
        Findings findings = new Findings(surroundings);
        findings.board(report.status());
        findings.of(report);
    }
}
