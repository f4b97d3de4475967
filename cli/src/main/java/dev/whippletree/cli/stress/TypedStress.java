package dev.whippletree.cli.stress;

import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.emulate.EmulationBounds;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressSettings;
import java.util.Optional;

/** Turns the options into the settings of a run. */
final class TypedStress {

    /** A million prompts take minutes and a gigabyte. */
    private static final int MOST_PROMPTS = 1_000_000;

    private static final String USUAL_CACHE = "ehcache";

    /** The name that stands for no cache at all. */
    private static final String NO_CACHE = "none";

    private TypedStress() {}

    /**
     * Returns the interviews.
     *
     * @throws UserMistake if a value can't be used, saying which
     */
    static Interviews interviews(StressCommand command) {
        try {
            Interviews interviews = Interviews.STANDARD;
            interviews = command.interviews.map(interviews::withInterviews).orElse(interviews);
            interviews = command.questions.map(interviews::withQuestions).orElse(interviews);
            interviews = command.repeat.map(interviews::withRepeat).orElse(interviews);
            interviews = command.think.map(interviews::withThink).orElse(interviews);
            EmulationBounds.atMost("--interviews and --questions", interviews.prompts(), MOST_PROMPTS, "prompts");
            return command.seed.map(interviews::withSeed).orElse(interviews);
        } catch (IllegalArgumentException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Returns the settings of a run over emulated accounts.
     *
     * @throws UserMistake if a value can't be used, saying which
     */
    static StressSettings emulated(StressCommand command) {
        StressSettings settings = command.tight ? StressSettings.TIGHT : StressSettings.STANDARD;
        settings = settings.withInterviews(interviews(command));
        try {
            settings = command.accounts.map(settings::withAccounts).orElse(settings);
            settings = command.latency
                    .map(Latency::parse)
                    .map(settings::withLatency)
                    .orElse(settings);
            EmulationBounds.atMost("--accounts", settings.accounts(), EmulationBounds.MOST_ACCOUNTS, "accounts");
            return command.faults.isEmpty()
                    ? settings
                    : settings.withFaults(EmulationBounds.faults(command.faults, settings.accounts()));
        } catch (IllegalArgumentException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        }
    }

    /** Returns the name of the cache in the process; empty: none. */
    static Optional<String> cache(StressCommand command) {
        return Optional.of(command.cache.orElse(USUAL_CACHE)).filter(cache -> !cache.equals(NO_CACHE));
    }
}
