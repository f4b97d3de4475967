package dev.whippletree.comparison.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Measures how fast a contender is in front of a service that answers at once. Used once. */
final class Speed {

    private static final int[] LEVELS = {1, 8, 32, 500};
    private static final int STREAM_CALLERS = 8;

    /** Times as long as a measurement: a JVM compiles for 15 seconds of processor time what it is asked to do here. */
    private static final int WARM_UP = 6;

    private static final long NANOS_PER_MICRO = 1_000;

    private final Contender contender;
    private final Setup setup;
    private final List<String> lines = new ArrayList<>();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    Speed(Contender contender, Setup setup, Duration startUp) {
        this.contender = contender;
        this.setup = setup;
        lines.add("start-up\t" + startUp.toMillis());
    }

    /** A call whose time counts; returns it in nanoseconds. */
    private interface Call {
        long nanos(Question question) throws Exception;
    }

    void run() throws InterruptedException, IOException {
        Duration time = setup.stopAfter();
        round(LEVELS[2], time.multipliedBy(WARM_UP), this::whole);
        for (int callers : LEVELS) {
            round(callers, time.dividedBy(3), this::whole);
            report("level\t" + callers, callers, time, this::whole);
        }
        round(STREAM_CALLERS, time.multipliedBy(2), this::toFirstPiece);
        report("first-piece\t" + STREAM_CALLERS, STREAM_CALLERS, time, this::toFirstPiece);
        lines.add("memory-kib\t" + residentKib());
        Files.write(setup.services().folder().resolve("speed.tsv"), lines);
    }

    private long whole(Question question) throws Exception {
        long start = System.nanoTime();
        contender.answer(question);
        return System.nanoTime() - start;
    }

    private long toFirstPiece(Question question) throws Exception {
        long start = System.nanoTime();
        AtomicLong first = new AtomicLong();
        contender.stream(question, () -> first.compareAndSet(0, System.nanoTime() - start));
        if (first.get() == 0) {
            throw new IllegalStateException("no piece of the stream was told");
        }
        return first.get();
    }

    private void report(String what, int callers, Duration time, Call call) throws InterruptedException {
        failed.set(0);
        Duration cpuBefore = cpu();
        long start = System.nanoTime();
        long[] nanos = round(callers, time, call);
        double seconds = (System.nanoTime() - start) / 1e9;
        Duration cpu = cpu().minus(cpuBefore);
        Arrays.sort(nanos);
        lines.add(String.join(
                "\t",
                what,
                "" + seconds,
                "" + nanos.length,
                "" + failed.get(),
                "" + percentileMicros(nanos, 0.50),
                "" + percentileMicros(nanos, 0.99),
                "" + cpu.toMillis()));
    }

    /** Returns how long each answered call took. */
    private long[] round(int callers, Duration time, Call call) throws InterruptedException {
        long endNanos = System.nanoTime() + time.toNanos();
        List<Looping> all = Stream.generate(() -> new Looping(call, endNanos))
                .limit(callers)
                .toList();
        all.forEach(Thread::start);
        for (Looping each : all) {
            each.join();
        }
        return all.stream().flatMapToLong(Looping::times).toArray();
    }

    private static long percentileMicros(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) (share * (sorted.length - 1))] / NANOS_PER_MICRO;
    }

    private Duration cpu() {
        return ProcessHandle.of(contender.processId())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /** Linux tells it in a file; elsewhere it is 0: unknown. */
    private long residentKib() throws IOException {
        Path status = Path.of("/proc/" + contender.processId() + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        Optional<String> peak = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .findFirst();
        return peak.map(line -> Long.parseLong(line.replaceAll("\\D", ""))).orElse(0L);
    }

    /** A caller, who asks again once answered. */
    private final class Looping extends Thread {

        private final Call call;
        private final long endNanos;
        private long[] nanos = new long[1024];
        private int count;

        Looping(Call call, long endNanos) {
            this.call = call;
            this.endNanos = endNanos;
        }

        @Override
        public void run() {
            while (System.nanoTime() < endNanos) {
                String text = "Question " + asked.incrementAndGet() + ": what would you do first, and why?";
                try {
                    add(call.nanos(new Question(text, Driver.model(contender, setup), tenant(), "")));
                } catch (Exception e) {
                    failed.incrementAndGet();
                }
            }
        }

        private void add(long took) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = took;
        }

        LongStream times() {
            return Arrays.stream(nanos, 0, count);
        }
    }

    private String tenant() {
        return setup.services().tenants().get(0);
    }
}
