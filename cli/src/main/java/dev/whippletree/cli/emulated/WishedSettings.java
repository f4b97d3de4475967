package dev.whippletree.cli.emulated;

import dev.whippletree.cli.UserMistake;
import dev.whippletree.cli.board.Words;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.planner.interviews.Interviews;
import dev.whippletree.planner.interviews.Processes;
import dev.whippletree.planner.interviews.StressSettings;
import java.util.List;
import java.util.stream.IntStream;

/** Turns what a user typed into the settings of a run. */
final class WishedSettings {

    /** A million prompts take minutes and a gigabyte. */
    private static final int MOST_PROMPTS = 1_000_000;

    /** More accounts than anybody has. */
    static final int MOST_ACCOUNTS = 2_000;

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
            atMost("--interviews and --questions", interviews.prompts(), MOST_PROMPTS, "prompts");
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
            atMost("--accounts", settings.accounts(), MOST_ACCOUNTS, "accounts");
            return wish.faults().isEmpty() ? settings : settings.withFaults(faults(wish.faults(), settings.accounts()));
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

    /**
     * Returns what goes wrong.
     *
     * @param accounts how many there are: {@code account-1} and so on
     * @throws UserMistake if one is on an account that isn't there
     * @throws IllegalArgumentException if one can't be read
     */
    static FaultScript faults(List<String> texts, int accounts) {
        List<FaultRule> rules = texts.stream().map(FaultRule::parse).toList();
        for (int index = 0; index < rules.size(); index++) {
            String text = texts.get(index);
            rules.get(index)
                    .account()
                    .filter(id ->
                            IntStream.rangeClosed(1, accounts).noneMatch(number -> id.equals("account-" + number)))
                    .ifPresent(id -> {
                        throw new UserMistake("--fault " + text + ": there is no account '" + id + "'; there "
                                + (accounts == 1 ? "is account-1" : "are account-1 to account-" + accounts));
                    });
        }
        return new FaultScript(rules);
    }

    /**
     * Refuses more than a machine can do in bearable time and memory.
     *
     * @throws UserMistake saying how many there may be
     */
    static void atMost(String option, int number, int most, String what) {
        if (number > most) {
            throw new UserMistake(option + ": " + Words.count(number) + " " + what
                    + " are more than can be emulated here; at most " + Words.count(most));
        }
    }
}
