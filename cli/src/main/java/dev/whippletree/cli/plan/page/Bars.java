package dev.whippletree.cli.plan.page;

import static dev.whippletree.cli.plan.page.Frame.number;

import dev.whippletree.cli.board.Words;
import dev.whippletree.cli.plan.answer.Stretch;
import java.util.List;
import java.util.function.Function;

/**
 * Bars of counts, stacked, one for each stretch of minutes. Immutable.
 *
 * @param title what they show
 * @param unit what is counted
 * @param series what is stacked, from below
 * @param counts the counts of a stretch, one for each series
 */
record Bars(String title, String unit, List<String> series, Function<Stretch, List<Long>> counts) {

    private static final double GAP = 0.12;

    Bars {
        series = List.copyOf(series);
    }

    void draw(Html html, Timing timing) {
        List<Stretch> stretches = timing.stretches();
        long highest = stretches.stream()
                .mapToLong(stretch -> sum(counts.apply(stretch)))
                .max()
                .orElse(0);
        Frame frame = new Frame(stretches, Scale.ofCount(highest), timing.each());
        frame.begin(html, title, unit, value -> Words.count(Math.round(value)));
        for (int index = 0; index < stretches.size(); index++) {
            bar(html, frame, index);
        }
        frame.end(html, series);
    }

    private void bar(Html html, Frame frame, int index) {
        Stretch stretch = frame.stretches().get(index);
        List<Long> values = counts.apply(stretch);
        double x = frame.x(index) + frame.width() * GAP;
        double width = frame.width() * (1 - 2 * GAP);
        long below = 0;
        for (int number = 0; number < values.size(); number++) {
            long value = values.get(number);
            if (value > 0) {
                double top = frame.y(below + value);
                html.markup("<rect class=\"s" + number + "\" x=\"" + number(x) + "\" y=\"" + number(top) + "\" width=\""
                                + number(width) + "\" height=\"" + number(frame.y(below) - top) + "\"><title>")
                        .text(frame.each() + " " + stretch.name() + ", " + series.get(number) + ": "
                                + Words.count(value) + " " + unit)
                        .markup("</title></rect>\n");
            }
            below += value;
        }
    }

    private static long sum(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).sum();
    }
}
