package dev.whippletree.stress.simulation;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.model.Limit;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * Prints what faults cost: single ones, outages, services that are overloaded, and few of many kinds in the interviews'
 * case.
 */
final class FaultBench {

    private static final int SEEDS = Integer.getInteger("seeds", 3);
    private static final double MOST_CALLS = 15_000;

    private FaultBench() {}

    public static void main(String[] args) {
        List<String> parts = args.length == 0 ? List.of("single", "overload", "outage", "lone", "real") : List.of(args);
        if (parts.contains("single")) {
            single();
        }
        if (parts.contains("overload")) {
            overload();
        }
        if (parts.contains("outage")) {
            outages();
        }
        if (parts.contains("lone")) {
            lone();
        }
        if (parts.contains("real")) {
            real();
        }
    }

    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }

    private static FaultRun.Settings settings(int accounts, Duration latency, int width, Optional<Limit> limit) {
        return new FaultRun.Settings(0, accounts, latency, width, limit, List.of(), Timeouts.DEFAULT);
    }

    /** What a share of faults costs of the answers that come without them. */
    private static void single() {
        say(
                "%-16s %2s %7s %5s %-8s %9s %7s %5s",
                "faults", "n", "latency", "width", "limit", "cost mean", "worst", "lost");
        for (String[] faults : new String[][] {
            {"503:3%"}, {"500:3%"}, {"503:0.6%", "500:0.6%", "reset:0.6%", "cut:0.6%", "malformed:0.6%"}
        }) {
            for (int accounts : new int[] {1, 2}) {
                for (int millis : new int[] {50, 1000}) {
                    for (int width : new int[] {8, 64, 250}) {
                        for (boolean binds : new boolean[] {false, true}) {
                            single(faults, accounts, Duration.ofMillis(millis), width, binds);
                        }
                    }
                }
            }
        }
    }

    private static void single(String[] faults, int accounts, Duration latency, int width, boolean binds) {
        double rate = width * 1e3 / latency.toMillis();
        long seconds = Math.round(Math.max(12, Math.min(120, MOST_CALLS / rate / accounts)));
        Optional<Limit> limit =
                binds ? Optional.of(Limit.requests((long) (rate * 5 / 2), Duration.ofSeconds(5))) : Optional.empty();
        FaultRun.Settings settings = settings(accounts, latency, width, limit);
        long[] lost = {0};
        double[] costs = LongStream.range(0, SEEDS)
                .mapToDouble(seed -> {
                    FaultRun with = steady(settings.withSeed(seed).withFaults(faults), seconds);
                    FaultRun without = steady(settings.withSeed(seed), seconds);
                    lost[0] += with.lost().size();
                    Duration from = Duration.ofSeconds(2);
                    return 1 - (double) with.answersSince(from) / without.answersSince(from);
                })
                .toArray();
        say(
                "%-16s %2d %7d %5d %-8s %8.1f%% %6.1f%% %5d",
                faults.length == 1 ? faults[0] : "mixed 3%",
                accounts,
                latency.toMillis(),
                width,
                binds ? "binds" : "none",
                100 * DoubleStream.of(costs).average().orElse(0),
                100 * DoubleStream.of(costs).max().orElse(0),
                lost[0]);
    }

    private static FaultRun steady(FaultRun.Settings settings, long seconds) {
        return new FaultRun(settings)
                .crowd(settings.accounts() * settings.width() * 3 / 2)
                .run(Duration.ofSeconds(seconds));
    }

    /** How often a service is called that is overloaded from the tenth second on, and what of its answers is used. */
    private static void overload() {
        say(
                "%-10s %2s %7s %5s %8s %8s %8s %8s %5s",
                "faults", "n", "latency", "width", "1st 0.1s", "1st s", "calls/s", "answers", "lost");
        for (String fault :
                List.of("503@10s-70s", "503@10s-70s:80%", "503@10s-70s:50%", "503@10s-70s:25%", "503@10s-70s:10%")) {
            for (int accounts : new int[] {1, 2}) {
                for (int millis : new int[] {50, 1000}) {
                    for (int width : new int[] {8, 64}) {
                        FaultRun run = new FaultRun(
                                        settings(accounts, Duration.ofMillis(millis), width, Optional.empty())
                                                .withFaults(fault))
                                .crowd(accounts * width * 3 / 2)
                                .run(Duration.ofSeconds(70));
                        Duration from = Duration.ofSeconds(10);
                        say(
                                "%-10s %2d %7d %5d %8d %8d %8.1f %8d %5d",
                                fault,
                                accounts,
                                millis,
                                width,
                                run.calls(FaultRun.FIRST, from, from.plusMillis(100)),
                                run.calls(FaultRun.FIRST, from, from.plusSeconds(1)),
                                run.calls(FaultRun.FIRST, from, Duration.ofSeconds(70)) / 60.0,
                                run.answersSince(from),
                                run.lost().size());
                    }
                }
            }
        }
    }

    /** When an account is found that comes back, and whose prompts are lost meanwhile. */
    private static void outages() {
        say(
                "%-6s %3s %5s %-6s %6s %6s %5s %5s %5s %6s",
                "fault", "n", "s", "who", "found", "worst", "calls", "/min", "lost", "cost s");
        for (String fault : List.of("503", "reset", "hang")) {
            for (int accounts : new int[] {1, 2}) {
                for (boolean all : accounts == 1 ? new boolean[] {true} : new boolean[] {false, true}) {
                    for (int seconds : new int[] {5, 10, 20, 35, 60, 120, 600}) {
                        outage(fault, accounts, all, seconds);
                    }
                }
            }
        }
    }

    private static void outage(String fault, int accounts, boolean all, int seconds) {
        Timeouts timeouts = Timeouts.DEFAULT.withFirstByte(Duration.ofSeconds(10));
        FaultRun.Settings settings = new FaultRun.Settings(
                0,
                accounts,
                Duration.ofSeconds(1),
                64,
                Optional.of(Limit.requests(200, Duration.ofSeconds(10))),
                List.of(),
                timeouts);
        double found = 0;
        double worst = 0;
        double cost = 0;
        int calls = 0;
        int most = 0;
        int lost = 0;
        int seeds = SEEDS * 3;
        for (int seed = 0; seed < seeds; seed++) {
            Duration from = Duration.ofMillis(20_000 + 613 * seed);
            Duration to = from.plusSeconds(seconds).plusMillis(331 * seed);
            String rule =
                    fault + "@" + from.toMillis() + "ms-" + to.toMillis() + "ms" + (all ? "" : ":" + FaultRun.FIRST);
            Duration end = to.plusSeconds(60);
            FaultRun run = new FaultRun(settings.withSeed(seed).withFaults(rule))
                    .crowd(accounts * 250)
                    .run(end);
            double after =
                    run.nextCall(FaultRun.FIRST, to).map(Duration::toMillis).orElse(99_000L) / 1e3;
            found += after / seeds;
            worst = Math.max(worst, after);
            Duration first = from.plus(run.nextCall(FaultRun.FIRST, from).orElse(Duration.ZERO));
            Duration known = first.plusMillis(fault.equals("hang") ? 11_500 : 500);
            calls += run.calls(FaultRun.FIRST, known, to);
            most = Math.max(most, run.mostInAMinute(FaultRun.FIRST, known, to));
            lost += run.lost().size();
            double healthy = (accounts * (end.toMillis() - 20_000) / 1e3 - (all ? accounts : 1) * seconds) * 20;
            cost += (healthy - run.answersSince(Duration.ofSeconds(20))) / 20 / (all ? accounts : 1) / seeds;
        }
        say(
                "%-6s %3d %5d %-6s %6.1f %6.1f %5.0f %5d %5d %6.1f",
                fault, accounts, seconds, all ? "all" : "one", found, worst, (double) calls / seeds, most, lost, cost);
    }

    /** Few prompts, each of which may be the one that probes. */
    private static void lone() {
        say("%-6s %3s %5s %8s %5s %5s %6s", "fault", "n", "s", "every ms", "asked", "lost", "calls");
        for (String fault : List.of("503", "500", "reset", "hang")) {
            for (int accounts : new int[] {1, 2}) {
                for (int seconds : new int[] {5, 30, 600}) {
                    for (int every : new int[] {500, 5000}) {
                        Timeouts timeouts = Timeouts.DEFAULT.withFirstByte(Duration.ofSeconds(10));
                        FaultRun run = new FaultRun(new FaultRun.Settings(
                                seconds,
                                accounts,
                                Duration.ofSeconds(1),
                                64,
                                Optional.empty(),
                                List.of(fault + "@20s-" + (20 + seconds) + "s"),
                                timeouts));
                        Duration end = Duration.ofSeconds(40 + seconds);
                        run.askEvery(Duration.ofMillis(every), end);
                        run.run(end.plusSeconds(200));
                        long asked = end.toMillis() / every;
                        say(
                                "%-6s %3d %5d %8d %5d %5d %6d",
                                fault,
                                accounts,
                                seconds,
                                every,
                                asked,
                                run.lost().size(),
                                run.calls(FaultRun.FIRST, Duration.ofSeconds(20), Duration.ofSeconds(20 + seconds)));
                    }
                }
            }
        }
    }

    /** The interviews over two accounts of 200 requests per 10 s, against the time below which no run can end. */
    private static void real() {
        say("%-60s %6s %6s %s", "faults", "bound", "calls", "seconds");
        for (String[] faults : new String[][] {
            {},
            {"503:3%"},
            {"500:0.75%", "503:0.75%", "reset:0.75%", "cut:0.75%"},
            {"500:0.6%", "503:0.6%", "reset:0.6%", "cut:0.6%", "slow=5s:0.6%"},
            {"503@5s-40s:account-1"},
            {"503@10s-40s"}
        }) {
            StringBuilder seconds = new StringBuilder();
            StressReport last = null;
            for (int seed = 1; seed <= SEEDS; seed++) {
                last = interviews(seed, faults);
                seconds.append(String.format(
                        Locale.ROOT, " %.1f", last.results().elapsed().toMillis() / 1e3));
            }
            if (last != null) {
                say(
                        "%-60s %6.1f %6d%s",
                        String.join(" ", faults),
                        StressReport.lowerBound(last.settings()).toMillis() / 1e3,
                        last.stats().calls(),
                        seconds);
            }
        }
    }

    /** Returns what came of the interviews with such faults. */
    static StressReport interviews(long seed, String... faults) {
        StressSettings settings = StressSettings.STANDARD
                .withInterviews(Interviews.STANDARD.withSeed(seed))
                .withLimit(Limit.requests(200, Duration.ofSeconds(10)))
                .withLatency(Latency.uniform(Duration.ofSeconds(1), 0.2))
                .withFaults(new FaultScript(
                        Arrays.stream(faults).map(FaultRule::parse).toList()));
        return new SimulatedStress(settings, new Link(Duration.ofMillis(1), Duration.ofMillis(100), 0)).run();
    }
}
