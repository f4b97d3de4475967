package dev.whippletree.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.engine.run.Monitor.CallTasks;
import dev.whippletree.engine.run.Monitor.Mailbox;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class CallTasksTest {

    private final Queue<Runnable> onOtherThreads = new ArrayDeque<>();
    private final Monitor monitor = new Monitor(onOtherThreads::add);
    private final CallTasks tasks = new CallTasks(Runnable::run);
    private final Mailbox flight = Mailbox.ofQuickTasks();
    private final Mailbox caller = Mailbox.ofAnyTasks();
    private final List<String> ran = new ArrayList<>();

    private void conclude(Mailbox mailbox, String name) {
        conclude(mailbox, () -> ran.add(name));
    }

    private void conclude(Mailbox mailbox, Runnable task) {
        monitor.conclude(() -> monitor.after(mailbox, task));
    }

    @Test
    void whatATaskLeadsTo_runsOnItsThreadOnceItIsOver_quickTasksFirst() {
        tasks.execute(() -> {
            monitor.conclude(() -> {
                monitor.after(caller, () -> ran.add("caller"));
                monitor.after(flight, () -> ran.add("flight"));
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
}
