package dev.whippletree.comparison;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.Styler;

/** The pictures of the page. Confined to one thread. */
final class Pictures {

    /** The files' names. */
    static final String ANSWERED = "comparison-answered.png";

    static final String SPEED = "comparison-speed.png";

    private static final int WIDTH = 1100;
    private static final int HEIGHT = 620;
    private static final int ROW_HEIGHT = 72;

    private final Results results;

    Pictures(Results results) {
        this.results = results;
    }

    void write(Path folder) throws IOException {
        System.setProperty("java.awt.headless", "true");
        Files.createDirectories(folder);
        if (!results.answered().isEmpty()) {
            save(answered(), folder.resolve(ANSWERED));
        }
        if (!results.speed().isEmpty()) {
            save(speed(), folder.resolve(SPEED));
        }
    }

    private static void save(IChart chart, Path file) throws IOException {
        ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", file.toFile());
    }

    private HeatMapChart answered() {
        HeatMapChart chart = new HeatMapChartBuilder()
                .width(WIDTH)
                .height(ROW_HEIGHT * (results.contenders().size() + 1))
                .title("% of prompts answered right within three times the bound")
                .build();
        List<Results.About> contenders = new ArrayList<>(results.contenders());
        contenders.removeIf(each ->
                results.answered().stream().noneMatch(run -> run.contender().equals(each.name())));
        Collections.reverse(contenders);
        List<Number[]> cells = new ArrayList<>();
        for (int x = 0; x < results.cases().size(); x++) {
            for (int y = 0; y < contenders.size(); y++) {
                String name = results.cases().get(x).name();
                int column = x;
                int row = y;
                results.of(contenders.get(y).name(), name)
                        .ifPresent(run ->
                                cells.add(new Number[] {column, row, Math.floor(100.0 * run.right() / run.prompts())}));
            }
        }
        chart.addSeries(
                "answered",
                results.cases().stream().map(Results.Setting::name).toList(),
                contenders.stream().map(Results.About::name).toList(),
                cells);
        chart.getStyler()
                .setRangeColors(new Color[] {new Color(0xd73027), new Color(0xfee08b), new Color(0x1a9850)})
                .setMin(0)
                .setMax(100)
                .setShowValue(true)
                .setHeatMapValueDecimalPattern("0")
                .setLegendVisible(false)
                .setPlotContentSize(1)
                .setChartBackgroundColor(Color.WHITE);
        // All of them, or every second row has no name.
        chart.getStyler().setYAxisTickMarkSpacingHint(1);
        return chart;
    }

    private XYChart speed() {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Requests a second, median of the rounds")
                .xAxisTitle("callers")
                .yAxisTitle("requests a second")
                .build();
        for (Results.About contender : results.contenders()) {
            List<Results.Speed> rounds = results.speedOf(contender.name());
            if (!rounds.isEmpty()) {
                List<Results.Level> levels = rounds.get(0).levels();
                chart.addSeries(
                        contender.name(),
                        levels.stream().mapToDouble(Results.Level::callers).toArray(),
                        levels.stream()
                                .mapToDouble(level -> median(rounds, level.callers()))
                                .toArray());
            }
        }
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setYAxisLogarithmic(true)
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE);
        return chart;
    }

    private static double median(List<Results.Speed> rounds, int callers) {
        double[] sorted = rounds.stream()
                .flatMap(round -> round.levels().stream())
                .filter(level -> level.callers() == callers)
                .mapToDouble(Results.Level::perSecond)
                .toArray();
        Arrays.sort(sorted);
        // A logarithmic axis has no zero.
        return Math.max(1, sorted[sorted.length / 2]);
    }
}
