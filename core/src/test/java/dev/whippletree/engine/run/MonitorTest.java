package dev.whippletree.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.engine.run.Monitor.Mailbox;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
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
    void toldWhileAnotherThreadDecides_waitsForNothing_andComesBeforeWhatIsDecidedLater() throws InterruptedException {
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch toldAll = new CountDownLatch(1);
        Thread holder = new Thread(() -> monitor.decide(() -> {
            holding.countDown();
            awaitQuietly(toldAll);
            ran.add("holder");
        }));
        holder.start();
        holding.await();
        monitor.tell(() -> ran.add("first"));
        monitor.tell(() -> ran.add("second"));
        assertThat(ran).isEmpty();
        toldAll.countDown();
        monitor.decide(() -> ran.add("third"));
        holder.join();
        assertThat(ran).containsExactly("holder", "first", "second", "third");
    }

    @Test
    void toldWithinADecision_isDecidedThere() {
        monitor.decide(() -> {
            monitor.tell(() -> ran.add("told"));
            ran.add("rest");
        });
        assertThat(ran).containsExactly("told", "rest");
    }

    @Test
    void toldByAnotherThread_neverComesInTheMiddleOfADecision() {
        Thread teller = new Thread(() -> monitor.tell(() -> ran.add("told")));
        monitor.decide(() -> {
            teller.start();
            joinQuietly(teller);
            monitor.decide(() -> ran.add("nested"));
            monitor.tell(() -> ran.add("own"));
            ran.add("rest");
        });
        assertThat(ran).containsExactly("nested", "own", "rest", "told");
    }

    private static void joinQuietly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void toldThatThrows_keepsNothingElseFromBeingDecided() {
        monitor.tell(() -> {
            throw new IllegalStateException("broken");
        });
        monitor.decide(() -> ran.add("next"));
        assertThat(ran).containsExactly("next");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
