package dev.whippletree.cli.stress;

import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.emulate.EmulationBounds;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.planner.interviews.Interviews;
import dev.whippletree.planner.interviews.Processes;
import dev.whippletree.planner.interviews.StressSettings;

/** Turns what a user typed into the settings of a run. */
final class WishedSettings {

    /** A million prompts take minutes and a gigabyte. */
    private static final int MOST_PROMPTS = 1_000_000;

    private WishedSettings() {}

    /**
     * Returns the interviews.
     *
     * @throws UserMistake if a value can't be used, saying which
     */
    static Interviews interviews(StressWish wish) {
        try {
            Interviews interviews = Interviews.STANDARD;
            interviews = wish.interviews().map(interviews::withInterviews).orElse(interviews);
            interviews = wish.questions().map(interviews::withQuestions).orElse(interviews);
            interviews = wish.repeat().map(interviews::withRepeat).orElse(interviews);
            interviews = wish.think().map(interviews::withThink).orElse(interviews);
            EmulationBounds.atMost("--interviews and --questions", interviews.prompts(), MOST_PROMPTS, "prompts");
            return wish.seed().map(interviews::withSeed).orElse(interviews);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Returns the settings of a run over emulated accounts.
     *
     * @throws UserMistake if a value can't be used, saying which
     */
    static StressSettings emulated(StressWish wish) {
        StressSettings settings = wish.tight() ? StressSettings.TIGHT : StressSettings.STANDARD;
        settings = settings.withInterviews(interviews(wish));
        try {
            settings = wish.accounts().map(settings::withAccounts).orElse(settings);
            settings = wish.latency()
                    .map(Latency::parse)
                    .map(settings::withLatency)
                    .orElse(settings);
            EmulationBounds.atMost("--accounts", settings.accounts(), EmulationBounds.MOST_ACCOUNTS, "accounts");
            return wish.faults().isEmpty()
                    ? settings
                    : settings.withFaults(EmulationBounds.faults(wish.faults(), settings.accounts()));
        } catch (IllegalArgumentException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Returns the processes of a run.
     *
     * @throws UserMistake if there can't be so many, saying why
     */
    static Processes processes(StressWish wish, StressSettings settings) {
        if (wish.processes() > settings.interviews().interviews()) {
            throw new UserMistake("--processes " + wish.processes() + " is more than there are interviews ("
                    + settings.interviews().interviews() + "): some would have nothing to do");
        }
        try {
            Processes processes = new Processes(
                    wish.processes(), wish.processes() == 1 || wish.redis().isPresent());
            processes.declared(settings.limit());
            return processes;
        } catch (IllegalArgumentException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        }
    }
}
