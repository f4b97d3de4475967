package dev.whippletree.cli.base;

import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Table;
import dev.whippletree.terminal.board.Table.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The message for a user without an account: where the command looks for tokens, how to get one, and what works
 * without.
 */
public final class NoAccount {

    private static final int WIDTH = 100;

    private NoAccount() {}

    /**
     * Returns the mistake.
     *
     * @param problems what is wrong besides, or that there is none
     * @param variables the variables that were looked at, each with how to get what belongs in it
     * @param screen what it has to fit
     */
    static UserMistake mistake(List<String> problems, Map<String, String> variables, Screen screen) {
        List<String> lines = new ArrayList<>(problems);
        lines.add("Put a token into one of these variables and run the command again:");
        lines.addAll(variables(variables, screen));
        lines.add("Or write a configuration: whippletree init");
        lines.add("To try it without an account: whippletree ask --emulated \"Tell me about yourself\"");
        return new UserMistake(String.join(System.lineSeparator(), lines));
    }

    /** Returns a table of variables, each with how to get what belongs in it. */
    public static List<String> variables(Map<String, String> variables, Screen screen) {
        Table table = new Table(new Screen(false, Math.min(WIDTH, screen.columns())));
        variables.forEach((name, how) -> table.row(Cell.left("  " + name), Cell.left(how)));
        return table.detail(1).lines();
    }
}
