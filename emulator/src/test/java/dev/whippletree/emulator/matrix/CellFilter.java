package dev.whippletree.emulator.matrix;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which cells are run: of each dimension all values, or those that arguments name:
 * {@code knowledge=reported,both window=10s}. Immutable.
 */
final class CellFilter {

    private static final List<Integer> WIDTHS = List.of(8, 64, 250);
    private static final List<Duration> WINDOWS =
            List.of(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofHours(1));
    private static final List<Integer> ACCOUNTS = List.of(1, 2, 5);

    private final Map<String, List<String>> named = new TreeMap<>();

    /**
     * Reads arguments.
     *
     * @throws IllegalArgumentException if one isn't of the form {@code dimension=value,value}, or names what isn't
     *     there
     */
    CellFilter(Collection<String> arguments) {
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (parts.length < 2) {
                throw new IllegalArgumentException("'" + argument + "' is not of the form window=10s,1m");
            }
            named.put(parts[0], List.of(parts[1].split(",")));
        }
        cells();
    }

    /** Returns the cells, always in the same order. */
    List<Cell> cells() {
        Map<String, List<String>> unread = new TreeMap<>(named);
        List<Cell> cells = new ArrayList<>();
        List<Cell.Service> services = chosen(unread, "service", Arrays.asList(Cell.Service.values()));
        List<Cell.Knowledge> knowledges = chosen(unread, "knowledge", Arrays.asList(Cell.Knowledge.values()));
        List<Cell.Unit> units = chosen(unread, "unit", Arrays.asList(Cell.Unit.values()));
        List<Delay> delays = chosen(unread, "latency", Arrays.asList(Delay.values()));
        List<Integer> widths = chosen(unread, "width", WIDTHS);
        List<Duration> windows = chosen(unread, "window", WINDOWS);
        List<Integer> accounts = chosen(unread, "accounts", ACCOUNTS);
        List<Long> seeds = seeds(unread);
        if (!unread.isEmpty()) {
            throw new IllegalArgumentException("there is no dimension " + unread.keySet());
        }
        for (Cell.Service service : services) {
            for (Cell.Knowledge knowledge : knowledges) {
                for (Cell.Unit unit : units) {
                    for (Delay delay : delays) {
                        for (int width : widths) {
                            for (Duration window : windows) {
                                for (int of : accounts) {
                                    for (long seed : seeds) {
                                        cells.add(new Cell(service, knowledge, unit, delay, width, window, of, seed));
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        return cells;
    }

    private static <T> List<T> chosen(Map<String, List<String>> unread, String dimension, List<T> all) {
        List<String> wanted = unread.remove(dimension);
        if (wanted == null) {
            return all;
        }
        Map<String, T> byWord = all.stream().collect(Collectors.toMap(Cell::word, value -> value));
        return wanted.stream()
                .map(word -> {
                    T value = byWord.get(word);
                    if (value == null) {
                        throw new IllegalArgumentException(
                                dimension + " is one of " + byWord.keySet() + ", not '" + word + "'");
                    }
                    return value;
                })
                .toList();
    }

    private static List<Long> seeds(Map<String, List<String>> unread) {
        List<String> wanted = unread.remove("seed");
        return wanted == null ? List.of(1L) : wanted.stream().map(Long::valueOf).toList();
    }
}
