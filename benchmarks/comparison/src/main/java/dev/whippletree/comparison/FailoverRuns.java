package dev.whippletree.comparison;

import dev.whippletree.comparison.contender.Ports;
import dev.whippletree.comparison.failover.FailoverCaller;
import dev.whippletree.comparison.failover.FailoverGateway;
import dev.whippletree.comparison.failover.FailoverRun;
import dev.whippletree.comparison.failover.FailoverScenario;
import dev.whippletree.comparison.failover.Judgement;
import dev.whippletree.comparison.failover.Reply;
import dev.whippletree.comparison.failover.Wall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Leads gateways through the scenarios of Failover Bench as it does: one process for all of them, one after the other.
 * Confined to one thread.
 */
final class FailoverRuns {

    private static final Duration START = Duration.ofMinutes(5);
    private static final double PROBE_SECONDS = 10;

    private final Places places;
    private final Here here;
    private final Path file;
    private final Results others;
    private int asked;

    /** A gateway that runs, who asks it, and the service behind it. */
    private record Bench(FailoverGateway gateway, FailoverCaller caller, Wall wall) {}

    /**
     * Sets it up.
     *
     * @param file where the results are kept
     * @param others the other results, of the same page
     * @throws Refused if results from here can't be added
     */
    FailoverRuns(Places places, Here here, Path file, Results others) {
        this.places = places;
        this.here = here;
        this.file = file;
        this.others = others;
        check(FailoverResults.read(file));
    }

    private void check(FailoverResults results) {
        Conditions.check(results.and(others), here.now(), file.toString());
    }

    /**
     * Runs gateways and saves each result at once, so that later errors lose nothing. Passes over those that were led
     * through all scenarios before.
     *
     * @param again whether to pass over none
     * @return what went wrong with single gateways
     */
    List<String> run(List<String> labels, boolean again) throws IOException, InterruptedException {
        List<FailoverResults.Gateway> all = new ArrayList<>();
        for (FailoverGateway each : FailoverGateway.all()) {
            all.add(about(each));
        }
        List<String> problems = new ArrayList<>();
        for (FailoverGateway gateway : FailoverGateway.all()) {
            boolean isDone = FailoverResults.read(file).isWhole(gateway.label());
            if (labels.contains(gateway.label()) && (again || !isDone)) {
                check(FailoverResults.read(file));
                try {
                    run(gateway, all);
                } catch (IOException | RuntimeException e) {
                    problems.add(gateway.label() + ": " + Runs.problem(e));
                }
            }
        }
        return problems;
    }

    private void save(UnaryOperator<FailoverResults> change) throws IOException {
        change.apply(FailoverResults.read(file)).write(file);
    }

    private FailoverResults.Gateway about(FailoverGateway gateway) throws IOException {
        return new FailoverResults.Gateway(
                gateway.label(),
                gateway.title(),
                Entry.version(gateway.library(), null, places),
                gateway.row().documentation(),
                gateway.configuration(List.of(FailoverScenario.LIMITED_ONCE), "http://127.0.0.1:8401/v1"));
    }

    private void run(FailoverGateway gateway, List<FailoverResults.Gateway> all)
            throws IOException, InterruptedException {
        Path folder = Files.createDirectories(places.work().resolve("failover").resolve(gateway.label()));
        Path log = folder.resolve("gateway.log");
        int port = Ports.free();
        try (Wall wall = new Wall()) {
            Process process = new ProcessBuilder(gateway.command(places, folder, port, wall.url()))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> ContenderProcess.end(process)));
            try {
                FailoverCaller caller = new FailoverCaller("http://127.0.0.1:" + port + "/v1", wall::seconds);
                Bench bench = new Bench(gateway, caller, wall);
                awaitAnswer(bench, process, log);
                save(results -> results.with(all).without(gateway.label()));
                for (FailoverScenario scenario : FailoverScenario.values()) {
                    FailoverResults.Cell cell = cell(gateway, scenario, run(bench, scenario));
                    save(results -> results.with(cell));
                }
            } finally {
                ContenderProcess.end(process);
            }
        }
    }

    private void awaitAnswer(Bench bench, Process process, Path log) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + START.toNanos();
        while (!isAlive(bench)) {
            if (!process.isAlive() || System.nanoTime() > endNanos) {
                throw new IOException("the gateway didn't start; see " + log);
            }
            Thread.sleep(200);
        }
    }

    private boolean isAlive(Bench bench) throws InterruptedException {
        return ask(bench, FailoverScenario.FALLBACK, FailoverScenario.FALLBACK, PROBE_SECONDS)
                .isWhole();
    }

    private FailoverRun run(Bench bench, FailoverScenario scenario) throws InterruptedException {
        Wall wall = bench.wall();
        wall.reset();
        List<Reply> replies = new ArrayList<>();
        for (int request = 0; request < scenario.requests(); request++) {
            double at = FailoverScenario.BETWEEN_REQUESTS.toSeconds() * request;
            Thread.sleep(Math.max(0, (long) ((at - wall.seconds()) * 1_000)));
            replies.add(ask(bench, scenario.firstChoice(), scenario.fallback(), scenario.mostSeconds()));
        }
        FailoverRun run = wall.run(scenario, bench.gateway().hasFallback(), replies);
        return run.andAfterwards(isAlive(bench));
    }

    /** No prompt is asked twice, so no cache is of use. */
    private Reply ask(Bench bench, String model, String fallback, double mostSeconds) throws InterruptedException {
        asked++;
        String text = "Explain in sixty tokens what you learnt from failure " + asked + ".";
        Map<String, String> headers =
                bench.gateway().headers(model, fallback, bench.wall().url());
        return bench.caller().ask(model, headers, text, mostSeconds);
    }

    private FailoverResults.Cell cell(FailoverGateway gateway, FailoverScenario scenario, FailoverRun run) {
        Judgement judgement = scenario.judge(run);
        return new FailoverResults.Cell(
                gateway.label(),
                scenario.id(),
                here.now(),
                judgement.verdict(),
                judgement.reason(),
                run.firstChoice().size(),
                run.fallbackCalls(),
                Math.round(run.seconds() * 10) / 10.0,
                run.replies().stream()
                        .map(Reply::error)
                        .filter(error -> !error.isEmpty())
                        .findFirst()
                        .map(Judge::shortened)
                        .orElse(""));
    }
}
