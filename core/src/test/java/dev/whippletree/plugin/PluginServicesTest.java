package dev.whippletree.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.run.PluginTasks;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PluginServicesTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final PluginServices services = new PluginServices(timeline);

    @Test
    void tasksRunWhenTheyAreDue_unlessCalledOff() {
        List<String> ran = new ArrayList<>();
        services.schedule(Duration.ofSeconds(2), () -> ran.add("late"));
        services.schedule(Duration.ofSeconds(1), () -> ran.add("early"));
        Cancellable off = services.schedule(Duration.ofSeconds(1), () -> ran.add("never"));

        off.cancel();
        services.schedule(ChronoUnit.FOREVER.getDuration(), () -> ran.add("in the end"));
        timeline.advance(Duration.ofSeconds(1));
        assertThat(ran).containsExactly("early");
        timeline.advance(Duration.ofSeconds(1));
        assertThat(ran).containsExactly("early", "late");
        assertThat(services.nanoTime()).isEqualTo(Duration.ofSeconds(2).toNanos());
        assertThat(services.clock().instant()).isEqualTo(timeline.now());
    }

    /** Whoever waits for the task's result would otherwise wait for a timeout. */
    @Test
    void whatATaskThrows_isHeardByWhoAskedThePlugin_elseLogged() {
        List<Throwable> heard = new ArrayList<>();
        RuntimeException broken = new IllegalStateException("broken");
        Runnable task = () -> {
            throw broken;
        };
        Runnable everywhere = () -> {
            services.executor().execute(task);
            services.callExecutor().execute(task);
            services.schedule(Duration.ofSeconds(1), task);
        };
        try (LoggedLines log = new LoggedLines(PluginTasks.class)) {
            boolean unused = PluginTasks.hearing(heard::add, () -> {
                everywhere.run();
                return true;
            });
            timeline.runAll();
            assertThat(heard).containsExactly(broken, broken, broken);
            assertThat(log.ofThisThread()).isEmpty();
            everywhere.run();
            timeline.runAll();
            assertThat(log.ofThisThread()).containsExactly("WARN A plugin's task failed");
            timeline.advance(Duration.ofHours(1));
            unused = PluginTasks.hearing(fault -> false, () -> {
                services.executor().execute(task);
                return true;
            });
            timeline.runAll();
            assertThat(log.ofThisThread()).as("nobody waits any more").hasSize(2);
        }
        assertThat(heard).hasSize(3);
    }

    @Test
    void promptBeforeStart_isRefused() {
        assertThat(services.complete(Prompt.of("Hello")).toCompletableFuture()).isCompletedExceptionally();
    }
}
