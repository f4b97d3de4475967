package dev.whippletree.terminal.board;

import dev.whippletree.plugin.FoundPlugin;
import dev.whippletree.terminal.board.Table.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The table of the plugins found. Stateless. */
public final class PluginTable {

    private static final int LONGEST_NAME = 24;
    private static final int KIND = "coordinator".length();
    private static final int STATE = 9;
    private static final int GAP = 2;
    private static final int PLACE = 3;

    private PluginTable() {}

    /** Returns a line for each plugin, and what is wrong with one below it. */
    public static List<String> lines(List<PluginUse> plugins, Screen screen) {
        int name = plugins.stream().mapToInt(use -> name(use).length()).max().orElse(0);
        int from = screen.columns() - KIND - STATE - Math.max(name, "name".length()) - 3 * GAP;
        Table table = new Table(screen);
        table.row(heading("kind"), heading("name"), heading("state"), heading("from"));
        for (PluginUse use : plugins) {
            table.row(
                    Cell.left(use.plugin().kind()),
                    Cell.left(name(use)),
                    Cell.left(use.state().word()).painted(paint(use.state())),
                    Cell.left(from(use.plugin(), from)));
            use.plugin().reason().stream()
                    .flatMap(reason -> wrapped(reason, screen.columns() - KIND - GAP))
                    .forEach(table::across);
        }
        return table.expendable(PLACE).names(1).lines();
    }

    private static String word(FoundPlugin.PluginOrigin origin) {
        return origin.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Cell heading(String text) {
        return Cell.left(text).painted(Paint.STRONG);
    }

    private static String name(PluginUse use) {
        return Words.clip(use.plugin().name().orElse("–"), LONGEST_NAME);
    }

    private static Paint paint(PluginUse.State state) {
        return switch (state) {
            case USED -> Paint.GOOD;
            case NOT_NAMED -> Paint.FAINT;
            case UNKNOWN -> Paint.CAUTION;
            case BROKEN, DUPLICATE -> Paint.BAD;
        };
    }

    private static String from(FoundPlugin plugin, int width) {
        String place = plugin.place().orElse("");
        return switch (plugin.origin()) {
            case BUILT_IN, PROGRAM -> word(plugin.origin());
            case CLASS_PATH -> {
                String file = place.substring(place.replaceFirst("/$", "").lastIndexOf('/') + 1);
                String words = word(plugin.origin());
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
