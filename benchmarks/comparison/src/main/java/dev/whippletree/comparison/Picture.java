package dev.whippletree.comparison;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The main table as an SVG picture: a bar in each cell, whose length and shape, not color, say how a contender did.
 * Confined to one thread.
 */
final class Picture {

    /** Of a character of a title: more than most fonts take. */
    private static final int CHARACTER = 7;

    private static final int TOP = 46;
    private static final int CELL = 88;
    private static final int BAR = 74;
    private static final int ROW = 34;
    private static final int BOTTOM = 66;

    private final Results results;
    private final Scores scores;
    private final Ink ink;
    private final int left;
    private final StringBuilder svg = new StringBuilder();

    enum Ink {
        LIGHT("#1f2328", "#d1d9e0"),
        DARK("#f0f6fc", "#3d444d");

        private final String ink;
        private final String faint;

        Ink(String ink, String faint) {
            this.ink = ink;
            this.faint = faint;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Picture(Results results, Ink ink) {
        this.results = results;
        this.scores = new Scores(results);
        this.ink = ink;
        this.left = 16
                + CHARACTER
                        * results.contenders().stream()
                                .mapToInt(each -> each.title().length())
                                .max()
                                .orElse(0);
    }

    String text() {
        List<Results.Setting> cases = results.cases(1);
        int width = left + cases.size() * CELL + 8;
        int height = TOP + results.contenders().size() * ROW + BOTTOM;
        line(
                "<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 %d %d' width='%d' height='%d'"
                        + " font-family='system-ui, sans-serif' font-size='13' fill='%s' stroke='none'>",
                width, height, width, height, ink.ink);
        line("<title>How each contender did in each case</title>");
        line(
                "<defs><pattern id='hatch' width='5' height='5' patternUnits='userSpaceOnUse'"
                        + " patternTransform='rotate(45)'><path d='M0 0V5' stroke='%s' stroke-width='1.6'/></pattern></defs>",
                ink.ink);
        for (int column = 0; column < cases.size(); column++) {
            words(left + column * CELL, TOP - 16, cases.get(column).name());
        }
        for (int row = 0; row < results.contenders().size(); row++) {
            row(TOP + row * ROW, results.contenders().get(row), cases);
        }
        legend(TOP + results.contenders().size() * ROW + 26);
        return svg.append("</svg>\n").toString();
    }

    private void row(int top, Results.About contender, List<Results.Setting> cases) {
        line("<path d='M0 %d.5H%d' stroke='%s'/>", top, left + cases.size() * CELL, ink.faint);
        words(0, top + 21, contender.title());
        for (int column = 0; column < cases.size(); column++) {
            Results.Setting setting = cases.get(column);
            Optional<Score> score = scores.median(contender.name(), setting.name());
            int at = left + column * CELL;
            words(at, top + 17, score.map(Picture::label).orElse("–"));
            score.ifPresent(each -> bar(at, top + 22, each, setting));
        }
    }

    private static String label(Score score) {
        return score.isVoid().isEmpty() ? score.text() : "void";
    }

    private void bar(int left, int top, Score score, Results.Setting setting) {
        double length = score.isWhole() ? Math.min(1, 1 / score.overBound()) : score.share();
        bar(left, top, BAR * length, score.isWhole());
        if (!score.isWhole() && setting.withoutCache() < setting.prompts()) {
            tick(left + BAR * (double) setting.withoutCache() / setting.prompts(), top);
        }
    }

    private void bar(double left, int top, double length, boolean solid) {
        line(
                "<rect x='%s' y='%d' width='%s' height='7' %s/>",
                Figures.rounded(left, 1),
                top,
                Figures.rounded(Math.max(1, length), 1),
                solid ? "" : "fill='url(#hatch)' stroke='" + ink.ink + "' stroke-width='0.8'");
    }

    private void tick(double left, int top) {
        line("<path d='M%s %dv11' stroke='%s' stroke-width='1.5'/>", Figures.rounded(left, 1), top - 2, ink.ink);
    }

    private void legend(int top) {
        bar(0, top - 8, 30, true);
        words(38, top, "all prompts answered: time ÷ bound; the longer the bar, the quicker");
        bar(0, top + 14, 30, false);
        words(38, top + 22, "not all: the share of prompts that were answered within three times the bound");
        tick(570, top + 14);
        words(580, top + 22, "all that is possible without a cache");
    }

    private void words(int left, int top, String text) {
        line(
                "<text x='%d' y='%d'>%s</text>",
                left, top, text.replace("&", "&amp;").replace("<", "&lt;"));
    }

    private void line(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
