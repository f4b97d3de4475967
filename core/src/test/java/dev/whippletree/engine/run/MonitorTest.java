package dev.whippletree.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.engine.run.Monitor.CallTasks;
import dev.whippletree.engine.run.Monitor.Mailbox;
import dev.whippletree.testkit.logging.LoggedLines;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
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
        try (LoggedLines log = new LoggedLines(Monitor.class)) {
            monitor.tell(() -> {
                throw new IllegalStateException("broken");
            });
            monitor.decide(() -> ran.add("next"));
            assertThat(log.all()).contains("ERROR A decision failed");
        }
        assertThat(ran).containsExactly("next");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final Queue<Runnable> onOtherThreads = new ArrayDeque<>();
    private final Monitor tasksMonitor = new Monitor(onOtherThreads::add);
    private final CallTasks tasks = new CallTasks(Runnable::run);
    private final Mailbox flight = Mailbox.ofQuickTasks();
    private final Mailbox caller = Mailbox.ofAnyTasks();

    private void conclude(Mailbox mailbox, String name) {
        conclude(mailbox, () -> ran.add(name));
    }

    private void conclude(Mailbox mailbox, Runnable task) {
        tasksMonitor.conclude(() -> tasksMonitor.after(mailbox, task));
    }

    @Test
    void whatATaskLeadsTo_runsOnItsThreadOnceItIsOver_quickTasksFirst() {
        tasks.execute(() -> {
            tasksMonitor.conclude(() -> {
                tasksMonitor.after(caller, () -> ran.add("caller"));
                tasksMonitor.after(flight, () -> ran.add("flight"));
            });
            ran.add("task");
        });
        assertThat(ran).containsExactly("task", "flight", "caller");
        assertThat(onOtherThreads).isEmpty();
    }

    @Test
    void callers_dontWaitForEachOther() {
        tasks.execute(() -> {
            conclude(caller, "first");
            conclude(Mailbox.ofAnyTasks(), "second");
        });
        assertThat(ran).containsExactly("first");
        onOtherThreads.remove().run();
        assertThat(ran).containsExactly("first", "second");
    }

    @Test
    void endsThatQuickTasksLeadTo_followThem() {
        Mailbox other = Mailbox.ofQuickTasks();
        tasks.execute(() -> conclude(flight, () -> {
            ran.add("flight");
            conclude(other, "other");
        }));
        assertThat(ran).containsExactly("flight", "other");
    }

    @Test
    void whatMayWait_hasNothingBehindIt() {
        tasks.execute(() -> conclude(caller, () -> conclude(flight, "flight")));
        assertThat(ran).isEmpty();
        onOtherThreads.remove().run();
        assertThat(ran).containsExactly("flight");
    }

    @Test
    void taskThatThrows_stillHasItsEffects() {
        assertThatThrownBy(() -> tasks.execute(() -> {
                    conclude(caller, "caller");
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(ran).containsExactly("caller");
    }

    @Test
    void taskWithinATask_leavesItsEffectsToTheOuterOne() {
        tasks.execute(() -> {
            tasks.execute(() -> conclude(flight, "flight"));
            ran.add("task");
        });
        assertThat(ran).containsExactly("task", "flight");
    }

    @Test
    void endToldByNoTask_hasItsEffectsElsewhere() {
        tasks.execute(() -> ran.add("task"));
        conclude(flight, "flight");
        assertThat(ran).containsExactly("task");
        onOtherThreads.remove().run();
        assertThat(ran).containsExactly("task", "flight");
    }

    @Test
    void taskThatThrows_stopsNoOther() {
        mailbox.add(() -> {
            throw new OutOfMemoryError("Java heap space");
        });
        mailbox.add(() -> ran.add("second"));
        try (LoggedLines log = new LoggedLines(Monitor.class)) {
            mailbox.runOn(Runnable::run);
            assertThat(log.ofThisThread()).containsExactly("ERROR A task of the engine failed");
            assertThat(log.thrown()).contains("Java heap space");
        }
        assertThat(ran).containsExactly("second");
    }

    @Test
    void executorThatTakesNothing_losesNoTask() {
        mailbox.add(() -> ran.add("first"));
        mailbox.runOn(task -> {
            throw new RejectedExecutionException("closed");
        });
        mailbox.add(() -> ran.add("second"));
        mailbox.runOn(task -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        assertThat(ran).containsExactly("first", "second");
    }
}
