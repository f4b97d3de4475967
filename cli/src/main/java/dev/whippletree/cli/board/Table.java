package dev.whippletree.cli.board;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Rows whose columns are aligned. Confined to one thread. */
public final class Table {

    private static final String GAP = "  ";

    private final List<Row> rows = new ArrayList<>();
    private final boolean colours;

    /**
     * Creates an empty table.
     *
     * @param colours whether cells are painted
     */
    public Table(boolean colours) {
        this.colours = colours;
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

        /** Returns the same cell, painted. */
        public Cell painted(Paint paint) {
            return new Cell(text, right, paint);
        }

        private String padded(int width, boolean colours) {
            String padding = " ".repeat(width - text.length());
            String painted = paint.on(text, colours);
            return right ? padding + painted : painted + padding;
        }
    }

    /** A row of cells, or a line that runs across the columns. */
    private record Row(List<Cell> cells, String across) {}

    /** Adds a row. Rows may differ in length. */
    public Table row(Cell... cells) {
        rows.add(new Row(List.copyOf(Arrays.asList(cells)), ""));
        return this;
    }

    /** Adds a line across the columns, indented to the second one. */
    public Table across(String line) {
        rows.add(new Row(List.of(), line));
        return this;
    }

    /** Returns the lines, without trailing blanks. */
    public List<String> lines() {
        int[] widths = widths();
        return rows.stream().map(row -> line(row, widths)).toList();
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

    private String line(Row row, int[] widths) {
        if (row.cells.isEmpty()) {
            int indent = widths.length == 0 ? 0 : widths[0] + GAP.length();
            return " ".repeat(indent) + row.across;
        }
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.cells.size(); column++) {
            line.append(column == 0 ? "" : GAP).append(row.cells.get(column).padded(widths[column], colours));
        }
        return line.toString().stripTrailing();
    }
}
