package dev.whippletree.terminal.board;

import dev.whippletree.plugin.FoundPlugin;
import dev.whippletree.terminal.board.Table.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The table of the plugins found. Stateless. */
public final class PluginTable {

    private static final int LONGEST_NAME = 24;
    private static final int KIND = "coordinator".length();
    private static final int STATE = 9;
    private static final int GAP = 2;
    private static final int PLACE = 3;

    private PluginTable() {}

    /**
     * Returns a line for each plugin, and what is wrong with one below it.
     *
     * @param named the names in the configuration, by kind; absent: the configuration can't be read
     */
    public static List<String> lines(
            List<FoundPlugin> plugins, Optional<Map<String, Set<String>>> named, Screen screen) {
        int name =
                plugins.stream().mapToInt(plugin -> name(plugin).length()).max().orElse(0);
        int from = screen.columns() - KIND - STATE - Math.max(name, "name".length()) - 3 * GAP;
        Table table = new Table(screen);
        table.row(heading("kind"), heading("name"), heading("state"), heading("from"));
        for (FoundPlugin plugin : plugins) {
            table.row(
                    Cell.left(plugin.kind()),
                    Cell.left(name(plugin)),
                    state(plugin, named),
                    Cell.left(from(plugin, from)));
            plugin.reason().stream()
                    .flatMap(reason -> wrapped(reason, screen.columns() - KIND - GAP))
                    .forEach(table::across);
        }
        return table.expendable(PLACE).names(1).lines();
    }

    private static Cell heading(String text) {
        return Cell.left(text).painted(Paint.STRONG);
    }

    private static String name(FoundPlugin plugin) {
        return Words.clip(plugin.name().orElse("–"), LONGEST_NAME);
    }

    private static Cell state(FoundPlugin plugin, Optional<Map<String, Set<String>>> named) {
        return switch (plugin.state()) {
            case BROKEN -> Cell.left("broken").painted(Paint.BAD);
            case DUPLICATE -> Cell.left("duplicate").painted(Paint.BAD);
            case USABLE ->
                named.map(names -> isNamed(plugin, names)
                                ? Cell.left("used").painted(Paint.GOOD)
                                : Cell.left("not named").painted(Paint.FAINT))
                        .orElse(Cell.left("unknown").painted(Paint.CAUTION));
        };
    }

    private static boolean isNamed(FoundPlugin plugin, Map<String, Set<String>> named) {
        return named.getOrDefault(plugin.kind(), Set.of())
                .contains(plugin.name().orElse(""));
    }

    private static String from(FoundPlugin plugin, int width) {
        String place = plugin.place().orElse("");
        return switch (plugin.origin()) {
            case BUILT_IN, PROGRAM -> Accounts.word(plugin.origin());
            case CLASS_PATH -> {
                String file = place.substring(place.replaceFirst("/$", "").lastIndexOf('/') + 1);
                String words = Accounts.word(plugin.origin());
                yield file.isEmpty() ? words : words + ": " + end(file, width - words.length() - GAP);
            }
            case PLUGIN_FOLDER -> end(place, width);
        };
    }

    /** The end of a path says more than its beginning. */
    private static String end(String text, int most) {
        return text.length() <= most || most < 1 ? text : "…" + text.substring(text.length() - most + 1);
    }

    private static Stream<String> wrapped(String reason, int width) {
        List<String> lines = new ArrayList<>();
        for (String line : Words.wrap(reason, width)) {
            for (int start = 0; start < line.length(); start += width) {
                lines.add(line.substring(start, Math.min(line.length(), start + width)));
            }
        }
        return lines.stream();
    }
}
