package dev.whippletree.comparison;

import java.util.ArrayList;
import java.util.List;

/** A table of Markdown. Confined to one thread. */
final class Table {

    private final List<String> lines = new ArrayList<>();

    Table(List<String> head) {
        row(head);
        lines.add("|" + "---|".repeat(head.size()));
    }

    Table row(List<String> cells) {
        lines.add("| " + String.join(" | ", cells) + " |");
        return this;
    }

    String text() {
        return String.join("\n", lines);
    }
}
