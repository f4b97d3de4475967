package dev.whippletree.cli.stress;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.emulate.EmulationBounds;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.stress.EmulatedStress;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressSettings;
import java.util.Optional;

/** Turns the options into the settings of a run, and runs it. Stateless. */
final class TypedStress {

    /** A million prompts take minutes and a gigabyte. */
    private static final int MOST_PROMPTS = 1_000_000;

    private static final String USUAL_CACHE = "ehcache";

    /** The name that stands for no cache at all. */
    private static final String NO_CACHE = "none";

    private TypedStress() {}

    /** Blocks until the run has ended. Returns the exit code. */
    static int run(Surroundings surroundings, StressCommand command) {
        StressSettings settings = emulated(command);
        Whippletree.Builder builder = surroundings.builders().get();
        cache(command).ifPresent(builder::cache);
        return switch (new EmulatedStress(surroundings.console(), surroundings.timeline()).run(settings, builder)) {
            case HELD -> ExitCode.ANSWERED;
            case BROKEN -> ExitCode.FAILED;
            case INTERRUPTED -> ExitCode.INTERRUPTED;
        };
    }

    static Interviews interviews(StressCommand command) {
        return UserMistake.checked("", () -> {
            Interviews interviews = Interviews.STANDARD;
            interviews = command.interviews.map(interviews::withInterviews).orElse(interviews);
            interviews = command.questions.map(interviews::withQuestions).orElse(interviews);
            interviews = command.repeat.map(interviews::withRepeat).orElse(interviews);
            interviews = command.think.map(interviews::withThink).orElse(interviews);
            EmulationBounds.atMost("--interviews and --questions", interviews.prompts(), MOST_PROMPTS, "prompts");
            return command.seed.map(interviews::withSeed).orElse(interviews);
        });
    }

    /** Returns the settings of a run over emulated accounts. */
    static StressSettings emulated(StressCommand command) {
        return UserMistake.checked("", () -> {
            StressSettings settings = command.tight ? StressSettings.TIGHT : StressSettings.STANDARD;
            settings = settings.withInterviews(interviews(command));
            settings = command.accounts.map(settings::withAccounts).orElse(settings);
            settings = command.latency
                    .map(Latency::parse)
                    .map(settings::withLatency)
                    .orElse(settings);
            EmulationBounds.atMost("--accounts", settings.accounts(), EmulationBounds.MOST_ACCOUNTS, "accounts");
            return command.faults.isEmpty()
                    ? settings
                    : settings.withFaults(EmulationBounds.faults(command.faults, settings.accounts()));
        });
    }

    /** Returns the name of the cache in the process; empty: none. */
    static Optional<String> cache(StressCommand command) {
        return Optional.of(command.cache.orElse(USUAL_CACHE)).filter(cache -> !cache.equals(NO_CACHE));
    }
}
