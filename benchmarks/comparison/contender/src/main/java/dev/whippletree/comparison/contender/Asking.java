package dev.whippletree.comparison.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Callers who ask a contender, each on a thread of its own, until all have their answers or the time is over. Used
 * once.
 */
final class Asking {

    private static final long NANOS_PER_MICRO = 1_000;

    private final Contender contender;
    private final Setup setup;
    private final String model;
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private long startNanos;
    private volatile boolean over;

    Asking(Contender contender, Setup setup, String model) {
        this.contender = contender;
        this.setup = setup;
        this.model = contender.isGateway() ? model : setup.services().model();
    }

    void run(List<Caller> callers, Duration stopAfter) throws InterruptedException {
        CountDownLatch begin = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(callers.size());
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < callers.size(); number++) {
            int caller = number;
            Thread thread = new Thread(() -> {
                try {
                    begin.await();
                    ask(caller, callers.get(caller));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                left.countDown();
            });
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        startNanos = System.nanoTime();
        begin.countDown();
        if (!left.await(stopAfter.toMillis(), TimeUnit.MILLISECONDS)) {
            // Errors caused by this interrupt don't count against the contender.
            over = true;
            threads.forEach(Thread::interrupt);
        }
    }

    private void ask(int number, Caller caller) throws InterruptedException {
        for (int index = 0; index < caller.texts().size() && !over; index++) {
            Thread.sleep(caller.pause().toMillis());
            Question question = new Question(caller.texts().get(index), model, caller.tenant(), "caller-" + number);
            long askedMicros = micros();
            String result;
            try {
                String text = setup.streams() ? contender.stream(question) : contender.answer(question);
                result = "said\t" + oneLine(text);
            } catch (InterruptedException e) {
                throw e;
            } catch (Throwable e) {
                result = "failed\t" + oneLine(e.toString());
            }
            if (!over) {
                lines.add(
                        String.join("\t", "answer", "" + number, "" + index, "" + askedMicros, "" + micros(), result));
            }
        }
    }

    private long micros() {
        return (System.nanoTime() - startNanos) / NANOS_PER_MICRO;
    }

    static String oneLine(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    /** Writes what was answered until now: questions without a line have no answer. */
    void write(Path folder) throws IOException {
        Files.write(folder.resolve("answers.tsv"), lines);
    }
}
