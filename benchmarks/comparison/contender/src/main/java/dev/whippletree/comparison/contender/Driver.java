package dev.whippletree.comparison.contender;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/**
 * Asks one contender, in a process of its own.
 *
 * <p>Arguments: the contender's class; {@code shipped} or {@code best}; {@code case}, {@code faults} or {@code load};
 * the folders with a {@code setup.tsv} each, into which the results are written. It prints {@code ready} and waits for
 * a line before it begins.
 */
public final class Driver {

    private static final System.Logger LOG = System.getLogger(Driver.class.getName());
    private static final int WARM_UP_CALLERS = 20;
    private static final int WARM_UP_QUESTIONS = 20;
    private static final Duration WARM_UP_TIME = Duration.ofSeconds(15);
    private static final Duration STOP_TIME = Duration.ofSeconds(5);
    /** Each gateway is a process, and a machine has few processors. */
    private static final int GATEWAYS_AT_ONCE = 2;

    private static final CountDownLatch BEGIN = new CountDownLatch(1);

    private Driver() {}

    /** Runs. Ends the process when it is done, whatever the contender's threads still do. */
    public static void main(String[] arguments) throws Exception {
        boolean best = arguments[1].equals("best");
        if (!arguments[2].equals("load")) {
            Thread reading = new Thread(Driver::readLines);
            reading.setDaemon(true);
            reading.start();
        }
        try {
            switch (arguments[2]) {
                case "case" -> askCase(arguments[0], Setup.read(Path.of(arguments[3]), best));
                case "faults" -> askFaults(arguments, best);
                case "load" -> load(arguments[0], Setup.read(Path.of(arguments[3]), best));
                default -> throw new IllegalArgumentException("not a command: " + arguments[2]);
            }
            Runtime.getRuntime().halt(0);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "stopped", e);
            Runtime.getRuntime().halt(1);
        }
    }

    private static Contender contender(String name) throws ReflectiveOperationException {
        return Class.forName(name).asSubclass(Contender.class).getConstructor().newInstance();
    }

    /** A library's warm instance is thrown away, so that nothing of it counts; a gateway keeps running. */
    private static Contender warm(String name, Setup setup) throws Exception {
        Contender first = contender(name);
        if (first.isGateway()) {
            first.start(setup.services());
            warmUp(first, setup);
            return first;
        }
        first.start(setup.services().warmingUp());
        warmUp(first, setup);
        close(first);
        Contender second = contender(name);
        second.start(setup.services());
        return second;
    }

    private static void warmUp(Contender contender, Setup setup) throws InterruptedException {
        new Asking(contender, setup, Services.WARM_UP).run(warmUpCallers(setup), WARM_UP_TIME);
    }

    private static List<Caller> warmUpCallers(Setup setup) {
        String tenant = setup.services().tenants().get(0);
        return IntStream.range(0, WARM_UP_CALLERS)
                .mapToObj(caller -> new Caller(
                        tenant,
                        Duration.ZERO,
                        IntStream.range(0, WARM_UP_QUESTIONS)
                                .mapToObj(question -> "Warm-up question " + question + " of caller " + caller)
                                .toList()))
                .toList();
    }

    private static void askCase(String name, Setup setup) throws Exception {
        Contender contender = warm(name, setup);
        awaitStart();
        ask(contender, setup);
    }

    /**
     * Libraries are all started before any is asked, lest their starting delays an answer; a gateway for each fault
     * would be too many.
     */
    private static void askFaults(String[] arguments, boolean best) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        Semaphore gateways = new Semaphore(GATEWAYS_AT_ONCE);
        List<Callable<Void>> asking = new ArrayList<>();
        for (int i = 3; i < arguments.length; i++) {
            Setup setup = Setup.read(Path.of(arguments[i]), best);
            Contender contender = contender(arguments[0]);
            if (contender.isGateway()) {
                asking.add(() -> {
                    gateways.acquire();
                    try {
                        contender.start(setup.services());
                        return ask(contender, setup);
                    } finally {
                        gateways.release();
                    }
                });
            } else {
                contender.start(setup.services());
                asking.add(() -> ask(contender, setup));
            }
        }
        awaitStart();
        for (Future<Void> each : threads.invokeAll(asking)) {
            each.get();
        }
    }

    private static Void ask(Contender contender, Setup setup) throws Exception {
        Asking asking = new Asking(contender, setup, setup.services().name());
        asking.run(setup.callers(), setup.stopAfter());
        asking.write(setup.services().folder());
        close(contender);
        return null;
    }

    private static void load(String name, Setup setup) throws Exception {
        Contender contender = contender(name);
        Contender floor = contender.isGateway() ? contender(setup.floor()) : contender;
        System.out.println("ready");
        new Load(contender, floor, setup, Load.LAST_CALLS).obey(input(), System.out);
        close(contender);
    }

    private static void awaitStart() throws InterruptedException {
        System.out.println("ready");
        BEGIN.await();
    }

    /** Whoever started this ends without a word if killed; the exit, unlike a halt, stops the gateways too. */
    private static void readLines() {
        try (BufferedReader lines = input()) {
            while (lines.readLine() != null) {
                BEGIN.countDown();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "nothing to read", e);
        }
        Runtime.getRuntime().exit(1);
    }

    private static BufferedReader input() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    /** Some clients wait for open calls when they are closed. */
    private static void close(Contender contender) throws InterruptedException {
        Thread closing = new Thread(contender::close);
        closing.setDaemon(true);
        closing.start();
        closing.join(STOP_TIME.toMillis());
    }
}
