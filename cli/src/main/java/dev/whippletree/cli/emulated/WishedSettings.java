package dev.whippletree.cli.emulated;

import dev.whippletree.cli.UserMistake;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.stress.Interviews;
import dev.whippletree.emulator.stress.Processes;
import dev.whippletree.emulator.stress.StressSettings;

/** Turns what a user typed into the settings of a run. */
final class WishedSettings {

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
            return wish.faults().isEmpty() ? settings : settings.withFaults(faults(wish));
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

    private static FaultScript faults(StressWish wish) {
        return new FaultScript(wish.faults().stream().map(FaultRule::parse).toList());
    }
}
