package dev.whippletree.cli.emulate;

import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.terminal.board.Words;
import java.util.List;
import java.util.stream.IntStream;

/** The bounds of an emulation: sizes and faults. Stateless. */
public final class EmulationBounds {

    /** More accounts than any user has. */
    public static final int MOST_ACCOUNTS = 2_000;

    private EmulationBounds() {}

    /**
     * Returns what goes wrong.
     *
     * @param accounts how many there are: {@code account-1} and so on
     * @throws UserMistake if one is on an account that isn't there
     * @throws IllegalArgumentException if one can't be read
     */
    public static FaultScript faults(List<String> texts, int accounts) {
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
    public static void atMost(String option, int number, int most, String what) {
        if (number > most) {
            throw new UserMistake(option + ": " + Words.count(number) + " " + what
                    + " are too many to emulate; at most " + Words.count(most));
        }
    }
}
