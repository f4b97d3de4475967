package dev.whippletree.terminal.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows with aligned columns. If they are wider than the screen, columns are left out, then names are clipped; a number
 * is shown whole or not at all. Confined to one thread.
 */
public final class Table {

    private static final String GAP = "  ";
    private static final int SHORTEST_NAME = 6;

    private final List<Row> rows = new ArrayList<>();
    private final Screen screen;
    private String[] headings = {};
    private int[] expendable = {};
    private int[] names = {};
    private int detail = -1;

    public Table(Screen screen) {
        this.screen = screen;
    }

    /**
     * A cell's text, where it stands in its column and how it is painted. Immutable.
     *
     * @param text without line breaks or colours
     * @param right whether it stands at its column's right edge
     * @param paint how it is painted
     */
    public record Cell(String text, boolean right, Paint paint) {

        /** Returns a cell at its column's left edge. */
        public static Cell left(String text) {
            return new Cell(text, false, Paint.PLAIN);
        }

        /** Returns a cell at its column's right edge, as numbers are. */
        public static Cell right(String text) {
            return new Cell(text, true, Paint.PLAIN);
        }

        /** Returns a number that ought to be 0, at its column's right edge. */
        public static Cell alarming(long number) {
            return right(Words.count(number)).painted(number == 0 ? Paint.PLAIN : Paint.CAUTION);
        }

        public Cell painted(Paint paint) {
            return new Cell(text, right, paint);
        }

        private String padded(int width, boolean colours) {
            String shown = Words.clipMiddle(text, width);
            String padding = " ".repeat(width - shown.length());
            String painted = paint.on(shown, colours);
            return right ? padding + painted : painted + padding;
        }
    }

    /** A row of cells, or a text that runs across the columns. */
    private record Row(List<Cell> cells, String across, Paint paint) {}

    /** Sets the headings of the columns, each at the edge at which the first row's cell stands. */
    public Table headings(String... texts) {
        headings = texts.clone();
        return this;
    }

    /** Adds a row. Rows may differ in length. */
    public Table row(Cell... cells) {
        addHeadings(cells);
        rows.add(new Row(List.copyOf(Arrays.asList(cells)), "", Paint.PLAIN));
        return this;
    }

    /** Adds a text across the columns, indented to the second one and broken between words where it is too long. */
    public Table across(String text) {
        return across(text, Paint.PLAIN);
    }

    public Table across(String text, Paint paint) {
        addHeadings();
        rows.add(new Row(List.of(), text, paint));
        return this;
    }

    /** Says which columns may be left out where not all fit: their numbers from 0, the least worth first. */
    public Table expendable(int... columns) {
        expendable = columns.clone();
        return this;
    }

    /** Says which columns hold names, which may be clipped where all else doesn't help; the first of them first. */
    public Table names(int... columns) {
        names = columns.clone();
        return this;
    }

    /**
     * Says which column, the last one, is free text: where a row doesn't fit, its text stands on lines of its own
     * below.
     */
    public Table detail(int column) {
        detail = column;
        return this;
    }

    /** Returns the lines, without trailing blanks. */
    public List<String> lines() {
        addHeadings();
        int[] widths = widths();
        if (detail >= 0 && detail < widths.length) {
            widths[detail] = 0;
        }
        fit(widths);
        return rows.stream().flatMap(row -> lines(row, widths).stream()).toList();
    }

    private void addHeadings(Cell... first) {
        List<Cell> row = new ArrayList<>();
        for (int column = 0; column < headings.length; column++) {
            boolean right = column < first.length && first[column].right;
            row.add(new Cell(headings[column], right, Paint.FAINT));
        }
        if (!row.isEmpty()) {
            rows.add(new Row(row, "", Paint.PLAIN));
            headings = new String[0];
        }
    }

    private int[] widths() {
        int columns = rows.stream().mapToInt(row -> row.cells.size()).max().orElse(0);
        return IntStream.range(0, columns).map(this::width).toArray();
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> row.cells.size() > column)
                .mapToInt(row -> row.cells.get(column).text.length())
                .max()
                .orElse(0);
    }

    /** Drops columns by setting their width to 0, then clips names. */
    private void fit(int[] widths) {
        for (int index = 0; index < expendable.length && total(widths) > screen.columns(); index++) {
            if (expendable[index] < widths.length) {
                widths[expendable[index]] = 0;
            }
        }
        for (int name : names) {
            int excess = total(widths) - screen.columns();
            if (name < widths.length && widths[name] > 0 && excess > 0) {
                widths[name] = Math.max(Math.min(SHORTEST_NAME, widths[name]), widths[name] - excess);
            }
        }
    }

    private static int total(int[] widths) {
        int shown = (int) Arrays.stream(widths).filter(width -> width > 0).count();
        return Arrays.stream(widths).sum() + Math.max(0, shown - 1) * GAP.length();
    }

    private List<String> lines(Row row, int[] widths) {
        int indent = widths.length == 0 ? 0 : Math.min(widths[0] + GAP.length(), screen.columns() / 2);
        if (row.cells.isEmpty()) {
            return across(row.across, row.paint, indent);
        }
        if (detail < 0
                || row.cells.size() <= detail
                || row.cells.get(detail).text.isEmpty()) {
            return List.of(line(row, widths).stripTrailing());
        }
        Cell cell = row.cells.get(detail);
        if (total(widths) + GAP.length() + cell.text.length() <= screen.columns()) {
            return List.of(line(row, widths) + GAP + cell.paint.on(cell.text, screen.colours()));
        }
        List<String> lines = new ArrayList<>();
        int start = total(widths) + GAP.length();
        if (screen.columns() - start < screen.columns() / 2) {
            lines.add(line(row, widths).stripTrailing());
            lines.addAll(across(cell.text, cell.paint, indent));
            return lines;
        }
        lines.addAll(across(cell.text, cell.paint, start));
        lines.set(0, line(row, widths) + lines.get(0).substring(start - GAP.length()));
        return lines;
    }

    private List<String> across(String text, Paint paint, int indent) {
        return Words.wrap(text, Math.max(1, screen.columns() - indent)).stream()
                .map(line -> " ".repeat(indent) + paint.on(line, screen.colours()))
                .toList();
    }

    private String line(Row row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.cells.size(); column++) {
            if (widths[column] > 0) {
                line.append(line.isEmpty() ? "" : GAP)
                        .append(row.cells.get(column).padded(widths[column], screen.colours()));
            }
        }
        return line.toString();
    }
}
