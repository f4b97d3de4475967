package dev.whippletree.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class MonitorTest {

    private final Queue<Runnable> executed = new ArrayDeque<>();
    private final Monitor monitor = new Monitor(executed::add);
    private final Mailbox mailbox = Mailbox.ofAnyTasks();
    private final List<String> ran = new ArrayList<>();

    private void runAll() {
        for (Runnable task = executed.poll(); task != null; task = executed.poll()) {
            task.run();
        }
    }

    @Test
    void effects_runAfterTheDecisionInOrder() {
        monitor.decide(() -> {
            monitor.after(mailbox, () -> ran.add("first"));
            monitor.decide(() -> monitor.after(mailbox, () -> ran.add("second")));
            assertThat(executed).isEmpty();
        });
        assertThat(executed).hasSize(1);
        runAll();
        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void effectLeftByAnEffect_runsToo() {
        monitor.decide(() ->
                monitor.after(mailbox, () -> monitor.decide(() -> monitor.after(mailbox, () -> ran.add("nested")))));
        runAll();
        assertThat(ran).containsExactly("nested");
    }

    @Test
    void decisionThatThrows_stillHasItsEffectsAndFreesTheLock() {
        assertThatThrownBy(() -> monitor.decide(() -> {
                    monitor.after(mailbox, () -> ran.add("effect"));
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(IllegalStateException.class);
        runAll();
        assertThat(ran).containsExactly("effect");
        assertThat(monitor.<Boolean>decide(() -> true)).isTrue();
    }

    @Test
    void taskThatThrows_stopsNoOtherOfItsMailbox() {
        monitor.decide(() -> {
            monitor.after(mailbox, () -> {
                throw new IllegalStateException("broken");
            });
            monitor.after(mailbox, () -> {
                throw new StackOverflowError();
            });
            monitor.after(mailbox, () -> ran.add("next"));
        });
        runAll();
        monitor.decide(() -> monitor.after(mailbox, () -> ran.add("later")));
        runAll();
        assertThat(ran).containsExactly("next", "later");
    }

    @Test
    void executorThatRejects_effectsRunAllTheSame() {
        Monitor full = new Monitor(task -> {
            throw new RejectedExecutionException("full");
        });
        full.decide(() -> full.after(mailbox, () -> ran.add("effect")));
        assertThat(ran).containsExactly("effect");
    }
}
