package dev.whippletree.cli.plan.page;

import static dev.whippletree.cli.plan.page.Frame.number;

import dev.whippletree.cli.plan.answer.Stretch;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * Lines, one for each series, with a point in the middle of each stretch of minutes. Immutable.
 *
 * @param title what they show
 * @param unit of the numbers
 * @param series the lines
 * @param values the numbers of a stretch, one for each series, 0 or more
 * @param label how a number is written
 */
record Lines(
        String title,
        String unit,
        List<String> series,
        Function<Stretch, List<Double>> values,
        DoubleFunction<String> label) {

    Lines {
        series = List.copyOf(series);
    }

    /**
     * Draws them.
     *
     * @param scale the scale upwards
     * @param marks where to draw a line across, with what it means
     */
    void draw(Html html, Timing timing, Scale scale, List<Mark> marks) {
        Frame frame = new Frame(timing.stretches(), scale, timing.each());
        frame.begin(html, title, unit, label);
        marks.forEach(mark -> across(html, frame, mark));
        // The first line is whole and the later ones are dashed, so that of two that coincide both are seen.
        for (int number = 0; number < series.size(); number++) {
            line(html, frame, number);
        }
        frame.end(html, series);
    }

    /**
     * A line across.
     *
     * @param value where
     * @param text what it means
     */
    record Mark(double value, String text) {}

    private static void across(Html html, Frame frame, Mark mark) {
        String y = number(frame.y(mark.value()));
        html.markup("<line class=\"mark\" x1=\"" + Frame.left() + "\" x2=\"" + Frame.right() + "\" y1=\"" + y
                + "\" y2=\"" + y + "\"/>");
        html.markup("<text class=\"label\" text-anchor=\"end\" x=\"" + (Frame.right() - 2) + "\" y=\""
                        + number(frame.y(mark.value()) - 3) + "\">")
                .text(mark.text())
                .markup("</text>\n");
    }

    private void line(Html html, Frame frame, int number) {
        StringBuilder path = new StringBuilder();
        StringBuilder points = new StringBuilder();
        for (int index = 0; index < frame.stretches().size(); index++) {
            Stretch stretch = frame.stretches().get(index);
            double value = values.apply(stretch).get(number);
            String x = number(frame.x(index) + frame.width() / 2);
            String y = number(frame.y(value));
            path.append(index == 0 ? "M" : " L").append(x).append(' ').append(y);
            String tip = frame.each() + " " + stretch.name() + ", " + series.get(number) + ": " + label.apply(value)
                    + " " + unit;
            points.append("<circle class=\"s" + number + "\" r=\"2.5\" cx=\"" + x + "\" cy=\"" + y + "\"><title>"
                    + Html.escape(tip) + "</title></circle>\n");
        }
        html.markup("<path class=\"s" + number + "\" d=\"" + path + "\"/>\n").markup(points.toString());
    }
}
