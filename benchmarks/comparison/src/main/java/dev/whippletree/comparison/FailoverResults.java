package dev.whippletree.comparison;

import dev.whippletree.comparison.failover.FailoverScenario;
import dev.whippletree.comparison.failover.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What came of the scenarios of Failover Bench, as it is kept in {@code docs/comparison-failover.json}. A gateway's new
 * results take the place of its older ones. Immutable.
 */
record FailoverResults(List<Gateway> gateways, List<Cell> cells) {

    static final String FILE = "comparison-failover.json";

    static final FailoverResults NONE = new FailoverResults(List.of(), List.of());

    FailoverResults {
        gateways = List.copyOf(gateways);
        cells = List.copyOf(cells);
    }

    /**
     * A gateway.
     *
     * @param documentation where its configuration is from
     * @param configuration its configuration for one of the scenarios; the others' are alike
     * @param times how often all scenarios were measured or begun: only the last time counts
     */
    record Gateway(String name, String title, String version, String documentation, String configuration, int times) {

        Gateway(String name, String title, String version, String documentation, String configuration) {
            this(name, title, version, documentation, configuration, 1);
        }

        Gateway times(int number) {
            return new Gateway(name, title, version, documentation, configuration, number);
        }
    }

    /**
     * How a gateway did in a scenario.
     *
     * @param scenario the scenario's name in the bench's tables
     * @param reason why the verdict isn't better; empty if the scenario is passed
     * @param calls calls that the model of first choice got
     * @param fallbackCalls calls that the fallback got
     * @param seconds how long the slowest request took
     * @param error the first error that a caller got; empty if there was none
     */
    record Cell(
            String gateway,
            String scenario,
            Results.Origin origin,
            Verdict verdict,
            String reason,
            int calls,
            long fallbackCalls,
            double seconds,
            String error) {}

    static FailoverResults read(Path file) {
        return ResultFile.read(file, FailoverResults.class, NONE);
    }

    void write(Path file) throws IOException {
        ResultFile.write(file, this);
    }

    /** Keeps the order in which the gateways are given, and how often they were measured. */
    FailoverResults with(List<Gateway> all) {
        return new FailoverResults(
                all.stream()
                        .map(each -> each.times(gateways.stream()
                                .filter(old -> old.name().equals(each.name()))
                                .mapToInt(Gateway::times)
                                .findFirst()
                                .orElse(1)))
                        .toList(),
                cells.stream()
                        .filter(cell ->
                                all.stream().anyMatch(each -> each.name().equals(cell.gateway())))
                        .toList());
    }

    List<Results.Origin> origins() {
        return cells.stream().map(Cell::origin).toList();
    }

    /** Returns when and where all was measured, with the other results. */
    List<Results.Origin> and(Results results) {
        return Stream.concat(origins().stream(), results.origins().stream()).toList();
    }

    /** Returns whether a gateway was led through all scenarios. */
    boolean isWhole(String gateway) {
        return Stream.of(FailoverScenario.values())
                .allMatch(scenario -> of(gateway, scenario.id()).isPresent());
    }

    /** Forgets a gateway's cells, but not that all were measured. */
    FailoverResults without(String gateway) {
        return new FailoverResults(
                gateways.stream()
                        .map(each ->
                                each.name().equals(gateway) && isWhole(gateway) ? each.times(each.times() + 1) : each)
                        .toList(),
                cells.stream().filter(cell -> !cell.gateway().equals(gateway)).toList());
    }

    FailoverResults with(Cell cell) {
        List<Cell> all = new ArrayList<>(cells);
        all.removeIf(
                each -> each.gateway().equals(cell.gateway()) && each.scenario().equals(cell.scenario()));
        all.add(cell);
        return new FailoverResults(gateways, all);
    }

    Optional<Cell> of(String gateway, String scenario) {
        return cells.stream()
                .filter(each ->
                        each.gateway().equals(gateway) && each.scenario().equals(scenario))
                .findFirst();
    }
}
