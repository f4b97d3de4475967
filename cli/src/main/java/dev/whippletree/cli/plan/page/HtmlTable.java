package dev.whippletree.cli.plan.page;

import java.util.List;

/** Writes a table; columns after the first ones are numbers and stand at the right. Confined to one thread. */
final class HtmlTable {

    private final Html html;
    private final int textColumns;

    /**
     * Begins a table.
     *
     * @param html where to write
     * @param textColumns how many columns at the left hold words
     * @param headings the columns' headings
     */
    HtmlTable(Html html, int textColumns, List<String> headings) {
        this.html = html;
        this.textColumns = textColumns;
        html.markup("<div class=\"scroll\"><table><thead><tr>");
        for (int column = 0; column < headings.size(); column++) {
            html.markup("<th scope=\"col\"" + style(column) + ">")
                    .text(headings.get(column))
                    .markup("</th>");
        }
        html.markup("</tr></thead>\n<tbody>\n");
    }

    /** Writes a row; its first cell is its heading. */
    HtmlTable row(List<String> cells) {
        html.markup("<tr>");
        for (int column = 0; column < cells.size(); column++) {
            String name = column == 0 ? "th" : "td";
            html.markup("<" + name + (column == 0 ? " scope=\"row\"" : "") + style(column) + ">")
                    .text(cells.get(column))
                    .markup("</" + name + ">");
        }
        html.markup("</tr>\n");
        return this;
    }

    /** Ends the table. */
    void end() {
        html.markup("</tbody></table></div>\n");
    }

    private String style(int column) {
        return column < textColumns ? "" : " class=\"number\"";
    }
}
