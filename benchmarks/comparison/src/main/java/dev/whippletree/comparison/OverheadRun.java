package dev.whippletree.comparison;

import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures what contenders add to calls of a service that answers at once: starts and warms up all of them, then goes
 * round them several times, so that whatever else changes on the machine changes for all alike. Confined to one
 * thread.
 */
final class OverheadRun implements AutoCloseable {

    /** The contender that asks nobody. */
    static final String CALLERS = "callers";

    /** The contender that every difference is from. */
    static final String FLOOR = "okhttp";

    /** What other rows of theirs have costs nothing where nothing fails, or is a cache in front. */
    private static final Set<String> WITHOUT_A_ROW = Set.of(
            "langchain4j-careful",
            "spring-ai-best",
            "spring-ai-cached",
            "openai-java",
            "openai-java-cached",
            "ai-sdk-best",
            "whippletree-shipped");

    private static final Load ONE = new Load(1, "whole");
    private static final Load MANY = new Load(32, "whole");
    private static final Load CROWD = new Load(500, "whole");
    private static final Load STREAMS = new Load(32, "streams");

    /** A caller's pause between two looks at a rate. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final double WINDOW_SECONDS = 5;
    private static final double LONGEST_SECONDS = 15;
    private static final double TEN_SECONDS = 10;
    private static final double STREAM_SECONDS = 5;
    private static final int MOST_WINDOWS = 9;
    /** No call is to fail because so many others were waiting. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final double MICROS_PER_SECOND = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Places places;
    private final Timeline timeline;
    private final Here here;
    /** With the load of the machine before the callers of all rounds. */
    private final Results.Origin began;

    private final Pause pause;
    private final ProcessTimes times;
    private final PrintWriter out;
    private final Map<String, Running> running = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private Results results = Results.NONE;

    interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    /** Keeps results, so that later errors lose nothing. */
    interface Keeper {
        void keep(Results results) throws IOException;
    }

    private interface Piece {
        void run() throws IOException, InterruptedException;
    }

    /** A number of callers, and what they ask for: {@code whole} answers or {@code streams}. */
    private record Load(int callers, String kind) {}

    private record Running(
            Entry entry, EmulatorServer server, ContenderProcess process, boolean gateway, Overhead.WarmUp warmUp) {}

    OverheadRun(Places places, Timeline timeline, Here here, Pause pause, Path proc, PrintWriter out) {
        this.places = places;
        this.timeline = timeline;
        this.here = here;
        this.began = here.now();
        this.pause = pause;
        this.times = new ProcessTimes(proc);
        this.out = out;
    }

    /**
     * Measures what the results lack of some rounds.
     *
     * @param names the contenders; empty: all that have a row
     * @return the results with those of all rounds
     * @throws Refused if results from here can't be added
     */
    Results rounds(List<String> names, int rounds, Results old, Keeper keeper) {
        List<Entry> contenders = chosen(names, Entry.of("overhead", places));
        results = old;
        Conditions.check(results.origins(), began, "docs/comparison.json");
        for (Entry each : contenders) {
            if (results.rounds(each.name()) < rounds) {
                piece(each, "warm-up", () -> running.put(each.name(), start(each)));
            }
        }
        for (int round = 1; round <= rounds; round++) {
            for (Entry each : contenders) {
                @Nullable Running found = running.get(each.name());
                if (found != null && results.rounds(each.name()) < round) {
                    piece(each, "round " + round, () -> {
                        results = measure(found);
                        keeper.keep(results);
                    });
                }
            }
        }
        out.println(new OverheadTable(results).text());
        out.flush();
        return results;
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    static List<Entry> chosen(List<String> names, List<Entry> known) {
        return known.stream()
                .filter(each -> names.isEmpty() ? !WITHOUT_A_ROW.contains(each.name()) : names.contains(each.name()))
                .toList();
    }

    private void piece(Entry contender, String what, Piece piece) {
        try {
            piece.run();
            out.println(
                    timeline.now().truncatedTo(ChronoUnit.SECONDS) + "  " + contender.name() + ": overhead, " + what);
            out.flush();
        } catch (IOException | RuntimeException e) {
            problems.add(contender.name() + ": overhead, " + what + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problems.add(contender.name() + ": overhead, " + what + ": interrupted");
        }
    }

    private Running start(Entry entry) throws IOException, InterruptedException {
        // Fails at once where there are no such times.
        times.busySeconds();
        EmulatedService service = new EmulatedService(
                ServiceSettings.builder(ServiceKind.OPENAI)
                        .account("account-1", "token-1")
                        .account("account-2", "token-2")
                        .build(),
                timeline.nanoTime());
        EmulatorServer server = EmulatorServer.start(List.of(service), 0, timeline);
        @Nullable ContenderProcess process = null;
        try {
            process = ContenderProcess.start(entry, places, "load", List.of(setUp(entry, server, service)));
            boolean gateway = process.tell("kind").get(0).equals("gateway");
            if (gateway) {
                warmUp(process, MANY, TEN_SECONDS);
            }
            long startNanos = timeline.nanoTime();
            process.tell("start");
            double startSeconds = (timeline.nanoTime() - startNanos) / NANOS_PER_SECOND;
            List<Double> rates = warmUp(process, MANY, TEN_SECONDS);
            warmUp(process, STREAMS, STREAM_SECONDS);
            return new Running(
                    entry,
                    server,
                    process,
                    gateway,
                    new Overhead.WarmUp(
                            startSeconds,
                            rates.size() * TEN_SECONDS,
                            rates.get(0),
                            rates.get(2),
                            rates.get(rates.size() - 1)));
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            if (process != null) {
                process.close();
            }
            throw e;
        }
    }

    private Path setUp(Entry entry, EmulatorServer server, EmulatedService service) throws IOException {
        Path folder = Runs.empty(places, entry.name(), "overhead");
        String floor = Entry.all(places).stream()
                .filter(each -> each.name().equals(FLOOR))
                .map(Entry::main)
                .findFirst()
                .orElseThrow();
        new SetupFile("overhead", CROWD.callers(), false, Duration.ZERO)
                .accounts("account", service.settings(), Trial.url(server, service), true)
                .patience(PATIENCE)
                .floor(floor)
                .write(folder);
        return folder;
    }

    private List<Double> warmUp(ContenderProcess process, Load load, double windowSeconds)
            throws IOException, InterruptedException {
        Flatness rate = new Flatness(windowSeconds, 3, MOST_WINDOWS);
        String failure = "";
        begin(process, load);
        while (!rate.isOver()) {
            pause.of(LOOK);
            Cut cut = cut(process);
            rate.add(cut.seconds(), cut.answered());
            failure = cut.failure().isEmpty() ? failure : cut.failure();
        }
        end(process);
        if (rate.rates().stream().allMatch(each -> each == 0)) {
            throw new IOException("it answers nothing: " + failure);
        }
        return rate.rates();
    }

    private static void begin(ContenderProcess process, Load load) throws IOException {
        process.tell("ask " + load.callers() + " " + load.kind());
    }

    /** Who still asks would ask in the next load too. */
    private static void end(ContenderProcess process) throws IOException {
        String left = String.join("", process.tell("stop"));
        if (!left.equals("left\t0")) {
            throw new IOException("calls had no end, so it counts for nothing: " + left);
        }
    }

    private static Cut cut(ContenderProcess process) throws IOException {
        return Cut.of(process.tell("cut"));
    }

    private Results measure(Running contender) throws IOException, InterruptedException {
        Results.Origin origin = new Results.Origin(here.now().date(), began.machine(), began.commit(), began.load());
        long beginNanos = timeline.nanoTime();
        double elsewhere = elsewhereSeconds(contender);
        Overhead.Calls one = measure(contender, ONE);
        Overhead.Calls many = measure(contender, MANY);
        Overhead.Calls crowd = measure(contender, CROWD);
        Overhead.Calls streams = measure(contender, STREAMS);
        double seconds = (timeline.nanoTime() - beginNanos) / NANOS_PER_SECOND;
        double share = (elsewhereSeconds(contender) - elsewhere)
                / (seconds * Runtime.getRuntime().availableProcessors());
        Overhead.Round round = new Overhead.Round(
                origin, one, many, crowd, streams, used(contender).megabytes(), Math.max(0, share));
        String name = contender.entry().name();
        int times = results.overhead(name).map(Overhead::times).orElse(1);
        Overhead row = results.rounds(name) > 0
                ? results.overhead(name).orElseThrow()
                : new Overhead(
                        contender.entry().about(places), contender.gateway(), contender.warmUp(), List.of(), times);
        return results.with(row.with(round));
    }

    private Overhead.Calls measure(Running contender, Load load) throws IOException, InterruptedException {
        ContenderProcess process = contender.process();
        begin(process, load);
        double length =
                Math.min(LONGEST_SECONDS, Math.max(WINDOW_SECONDS, load.callers() / settledRate(process, load)));
        double service = serviceSeconds();
        double used = used(contender).seconds();
        pause.of(Duration.ofMillis((long) (length * 1000)));
        used = used(contender).seconds() - used;
        service = serviceSeconds() - service;
        Cut cut = cut(process);
        end(process);
        double answers = cut.answered() == 0 ? Double.POSITIVE_INFINITY : cut.answered();
        return new Overhead.Calls(
                cut.seconds(),
                cut.answered(),
                cut.failed(),
                cut.wrong(),
                cut.percentileMicros(50),
                cut.percentileMicros(99),
                used * MICROS_PER_SECOND / answers,
                service * MICROS_PER_SECOND / answers,
                cut.failure());
    }

    /** Waits until each caller has had an answer, on average, and returns the rate of the time before. */
    private double settledRate(ContenderProcess process, Load load) throws IOException, InterruptedException {
        double seconds = 0;
        long calls = 0;
        while (seconds < LONGEST_SECONDS && (seconds == 0 || calls < load.callers())) {
            pause.of(LOOK);
            Cut cut = cut(process);
            seconds += cut.seconds();
            calls += cut.answered() + cut.failed();
        }
        return calls / seconds;
    }

    /** Of a gateway, the processes that its callers' process has started; of a library, its callers' process. */
    private ProcessTimes.Used used(Running contender) throws IOException {
        long pid = contender.process().pid();
        return contender.gateway() ? times.descendants(pid) : times.alone(pid);
    }

    private double serviceSeconds() throws IOException {
        return times.alone(ProcessHandle.current().pid()).seconds();
    }

    /** Returns the time that processors have spent on neither contender nor callers nor service. */
    private double elsewhereSeconds(Running contender) throws IOException {
        long pid = contender.process().pid();
        return times.busySeconds()
                - times.alone(pid).seconds()
                - times.descendants(pid).seconds()
                - serviceSeconds();
    }

    @Override
    public void close() {
        running.values().forEach(each -> {
            each.process().close();
            each.server().close();
        });
    }
}
