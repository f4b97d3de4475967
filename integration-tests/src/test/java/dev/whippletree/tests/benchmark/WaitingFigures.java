package dev.whippletree.tests.benchmark;

import com.sun.management.OperatingSystemMXBean;
import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AccountSettings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What ten thousand waiting prompts cost: memory for each, and processor time while nothing happens. */
public final class WaitingFigures {

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final int PROMPTS = 10_000;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private WaitingFigures() {}

    /** Prints the figures. */
    public static void main(String[] arguments) throws InterruptedException {
        AccountSettings account = AccountSettings.builder("a", "instant")
                .limit(Limit.requests(1, Duration.ofHours(1)))
                .build();
        try (Whippletree whippletree = Whippletree.builder()
                .provider(CacheHitBenchmark.instantProvider())
                .account(account)
                .build()) {
            whippletree.complete(Prompt.of("the one that there is room for")).join();
            List<Prompt> prompts = new ArrayList<>();
            for (int index = 0; index < PROMPTS; index++) {
                prompts.add(Prompt.builder()
                        .user("question " + index)
                        .session("session " + index % 500)
                        .build());
            }
            long before = usedBytes();
            List<CompletableFuture<Completion>> answers = new ArrayList<>(PROMPTS);
            prompts.forEach(prompt -> answers.add(whippletree.complete(prompt)));
            while (whippletree.status().waiting() < PROMPTS) {
                Thread.onSpinWait();
            }
            long bytes = usedBytes() - before;
            // The compiler and the collector finish first what starting has left them to do.
            Thread.sleep(IDLE.toMillis());
            long cpuBefore = PROCESS.getProcessCpuTime();
            Thread.sleep(IDLE.toMillis());
            long idleNanos = PROCESS.getProcessCpuTime() - cpuBefore;
            System.out.printf("%d prompts waiting: %d bytes each%n", PROMPTS, bytes / PROMPTS);
            System.out.printf(
                    "processor time while they wait for %d s: %.1f ms (%.3f %%)%n",
                    IDLE.toSeconds(), idleNanos / 1e6, 100.0 * idleNanos / IDLE.toNanos());
            answers.forEach(answer -> answer.cancel(true));
        }
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        for (int round = 0; round < 3; round++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
