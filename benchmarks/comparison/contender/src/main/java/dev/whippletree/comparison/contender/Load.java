package dev.whippletree.comparison.contender;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps a contender busy, as lines of text demand, and counts what becomes of the calls. Whoever reads the counts
 * decides how long. Each prompt is asked once, so that no cache knows it. Confined to the thread that reads the lines.
 *
 * <p>The answer to each line ends with a line that is a dot:
 *
 * <table>
 *   <caption>Lines</caption>
 *   <tr><td>{@code kind}</td><td>{@code gateway} or {@code library}</td></tr>
 *   <tr><td>{@code start}</td><td>starts the contender. Until then, a gateway's callers ask the services directly, by
 *       the client that asks gateways: they warm up first</td></tr>
 *   <tr><td>{@code ask CALLERS whole}, {@code ask CALLERS streams}</td><td>lets so many callers ask without a
 *       pause</td></tr>
 *   <tr><td>{@code cut}</td><td>what happened since the last cut: {@code nanos}; {@code failed} with a number and an
 *       error; {@code ended} and {@code open} (calls that were open all the time) with times in microseconds and how
 *       many took each; some {@code said}, with question and answer</td></tr>
 *   <tr><td>{@code stop}</td><td>waits for open calls; {@code left} with the number of those it gave up on</td></tr>
 * </table>
 */
final class Load {

    /** Longer than the minute that the load's setup lets a call take. */
    static final Duration LAST_CALLS = Duration.ofSeconds(70);

    private static final int MOST_SAMPLES = 20;
    private static final long SAMPLE_EVERY = 50;
    private static final String END = ".";

    private final Setup setup;
    private final Duration lastCalls;
    private final Contender contender;
    private final Contender floor;
    private final AtomicLong questions = new AtomicLong();
    private final long run = System.nanoTime();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<String> failure = new AtomicReference<>("");
    private final Times times = new Times();
    private final List<LoadCaller> callers = new ArrayList<>();
    private boolean started;
    private long cutNanos;
    /** Each load's own, so that who is given up on doesn't ask on in the next. */
    private AtomicBoolean over = new AtomicBoolean();

    /**
     * @param floor asks the services directly; the contender itself, unless that is a gateway
     * @param lastCalls the time that open calls have when it is told to stop
     */
    Load(Contender contender, Contender floor, Setup setup, Duration lastCalls) {
        this.contender = contender;
        this.floor = floor;
        this.setup = setup;
        this.lastCalls = lastCalls;
    }

    /** Does what the lines say until there are no more. */
    void obey(BufferedReader lines, PrintStream out) throws Exception {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "kind" -> out.println(contender.isGateway() ? "gateway" : "library");
                case "start" -> {
                    contender.start(setup.services());
                    started = true;
                }
                case "ask" -> ask(Integer.parseInt(words[1]), words[2].equals("streams"));
                case "cut" -> cut(out);
                case "stop" -> out.println("left\t" + stop());
                default -> throw new IOException("not a command: " + line);
            }
            out.println(END);
            out.flush();
        }
    }

    private void ask(int number, boolean streams) throws Exception {
        if (!started && callers.isEmpty()) {
            floor.start(setup.services());
        }
        over = new AtomicBoolean();
        Contender asked = started ? contender : floor;
        String model = started && contender.isGateway()
                ? setup.services().name()
                : setup.services().model();
        cutNanos = System.nanoTime();
        callers.clear();
        for (int i = 0; i < number; i++) {
            callers.add(new LoadCaller(asked, model, "caller-" + i, streams, over));
        }
        callers.forEach(Thread::start);
    }

    private void cut(PrintStream out) {
        long now = System.nanoTime();
        out.println("nanos\t" + (now - cutNanos));
        out.println("failed\t" + failed.getAndSet(0) + "\t" + Asking.oneLine(failure.getAndSet("")));
        out.println("ended\t" + times.take());
        Times open = new Times();
        callers.stream()
                .filter(caller -> caller.asking && caller.askedNanos < cutNanos)
                .forEach(caller -> open.add(now - caller.askedNanos));
        out.println("open\t" + open.take());
        callers.stream()
                .map(caller -> caller.sample)
                .filter(sample -> !sample.isEmpty())
                .limit(MOST_SAMPLES)
                .forEach(sample -> out.println("said\t" + sample));
        cutNanos = now;
    }

    private long stop() throws InterruptedException {
        over.set(true);
        long endNanos = System.nanoTime() + lastCalls.toNanos();
        for (LoadCaller caller : callers) {
            caller.join(Math.max(1, (endNanos - System.nanoTime()) / 1_000_000));
        }
        callers.forEach(Thread::interrupt);
        long left = callers.stream().filter(Thread::isAlive).count();
        callers.clear();
        times.take();
        failed.set(0);
        failure.set("");
        return left;
    }

    private final class LoadCaller extends Thread {

        private final Contender asked;
        private final String model;
        private final String session;
        private final boolean streams;
        private final AtomicBoolean over;
        private volatile boolean asking;
        private volatile long askedNanos;
        private volatile String sample = "";
        private long number;

        LoadCaller(Contender asked, String model, String session, boolean streams, AtomicBoolean over) {
            this.asked = asked;
            this.model = model;
            this.session = session;
            this.streams = streams;
            this.over = over;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!over.get()) {
                String text = "What did you learn from attempt " + questions.incrementAndGet() + " of project " + run
                        + ", and whom did you tell?";
                Question question =
                        new Question(text, model, setup.services().tenants().get(0), session);
                askedNanos = System.nanoTime();
                asking = true;
                try {
                    String answer = streams ? asked.stream(question) : asked.answer(question);
                    if (over.get()) {
                        return;
                    }
                    times.add(System.nanoTime() - askedNanos);
                    if (number++ % SAMPLE_EVERY == 0) {
                        sample = Asking.oneLine(text) + "\t" + Asking.oneLine(answer);
                    }
                } catch (Throwable e) {
                    if (over.get()) {
                        return;
                    }
                    failed.incrementAndGet();
                    failure.set(e.toString());
                }
                asking = false;
            }
        }
    }
}
