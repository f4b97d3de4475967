package dev.whippletree.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.run.Monitor.Mailbox;
import dev.whippletree.testkit.logging.LoggedLines;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class MailboxTest {

    private final Mailbox mailbox = Mailbox.ofAnyTasks();
    private final List<String> ran = new ArrayList<>();

    @Test
    void taskThatThrows_stopsNoOther() {
        mailbox.add(() -> {
            throw new OutOfMemoryError("Java heap space");
        });
        mailbox.add(() -> ran.add("second"));
        try (LoggedLines log = new LoggedLines(Monitor.class)) {
            mailbox.runOn(Runnable::run);
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
