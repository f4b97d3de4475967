package dev.whippletree.cli.plan.page;

import dev.whippletree.cli.plan.answer.Stretch;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * The axes of a chart: stretches of minutes to the right, a scale upwards. Immutable.
 *
 * @param stretches what stands on the axis to the right
 * @param scale the scale upwards
 * @param each what a single one is: {@code minute} or {@code second}
 */
record Frame(List<Stretch> stretches, Scale scale, String each) {

    /** Small enough that its text can still be read on a telephone. */
    private static final int WIDTH = 480;

    private static final int HEIGHT = 230;
    private static final int LEFT = 58;
    private static final int RIGHT = 10;
    private static final int TOP = 12;
    private static final int BOTTOM = 42;
    private static final int LABEL_GAP = 6;
    private static final int LABELS = 10;

    Frame {
        stretches = List.copyOf(stretches);
    }

    /**
     * Begins a chart: its title, its axes with their units.
     *
     * @param title what it shows, for readers of the page and of the screen
     * @param unit what the scale counts
     * @param label how a number on the scale is written
     */
    void begin(Html html, String title, String unit, DoubleFunction<String> label) {
        html.markup("<figure>\n").element("figcaption", title);
        html.markup("<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\" role=\"img\" aria-label=\"" + Html.escape(title)
                + "\">\n");
        for (double tick : scale.ticks()) {
            String y = number(y(tick));
            html.markup("<line class=\"grid\" x1=\"" + LEFT + "\" x2=\"" + (WIDTH - RIGHT) + "\" y1=\"" + y + "\" y2=\""
                    + y + "\"/>");
            label(html, LEFT - LABEL_GAP, y(tick) + 4, "end", label.apply(tick));
        }
        int every = Math.max(1, (stretches.size() + LABELS - 1) / LABELS);
        for (int index = 0; index < stretches.size(); index += every) {
            label(
                    html,
                    x(index) + width() / 2,
                    HEIGHT - BOTTOM + 15.0,
                    "middle",
                    stretches.get(index).name());
        }
        label(html, LEFT + (WIDTH - LEFT - RIGHT) / 2.0, HEIGHT - 8.0, "middle", each);
        html.markup("<text class=\"label\" text-anchor=\"middle\" transform=\"translate(12 "
                        + number(TOP + (HEIGHT - TOP - BOTTOM) / 2.0) + ") rotate(-90)\">")
                .text(unit)
                .markup("</text>\n");
    }

    /** Ends a chart with a legend of its series, in order of their colours. */
    void end(Html html, List<String> series) {
        html.markup("</svg>\n<p class=\"legend\">");
        for (int index = 0; index < series.size(); index++) {
            html.markup("<span><i class=\"s" + index + "\"></i>")
                    .text(series.get(index))
                    .markup("</span> ");
        }
        html.markup("</p>\n</figure>\n");
    }

    private static void label(Html html, double x, double y, String anchor, String text) {
        html.markup("<text class=\"label\" x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor
                        + "\">")
                .text(text)
                .markup("</text>\n");
    }

    /** Returns the left edge of a stretch. */
    double x(int index) {
        return LEFT + index * width();
    }

    /** Returns the width of a stretch. */
    double width() {
        return (double) (WIDTH - LEFT - RIGHT) / Math.max(1, stretches.size());
    }

    /** Returns the height at which a number stands, downwards from the top. */
    double y(double value) {
        double share = Math.min(1, value / scale.top());
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    }

    /** Returns the left end of the axis to the right. */
    static int left() {
        return LEFT;
    }

    /** Returns the right end of the axis to the right. */
    static int right() {
        return WIDTH - RIGHT;
    }

    /** Returns a coordinate as it is written. */
    static String number(double coordinate) {
        return String.format(Locale.ROOT, "%.1f", coordinate);
    }
}
