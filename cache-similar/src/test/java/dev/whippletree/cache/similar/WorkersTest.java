package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class WorkersTest {

    private final List<String> done = new ArrayList<>();

    @Test
    void taskThatRunsOutOfMemory_keepsNeitherItsPlaceNorTheOthersFromTheirs() {
        Queue<Runnable> threads = new ArrayDeque<>();
        Workers workers = new Workers(threads::add, 1, 10);
        workers.take(() -> {
            throw new OutOfMemoryError("scripted");
        });
        workers.take(() -> done.add("waiting"));

        assertThatThrownBy(() -> threads.remove().run()).isInstanceOf(OutOfMemoryError.class);
        assertThat(workers.take(() -> done.add("later"))).isTrue();
        threads.remove().run();

        assertThat(done).containsExactly("waiting", "later");
        workers.end(() -> done.add("end"));
        assertThat(done).endsWith("end");
    }

    /** Else what waits would wait for ever, and its room with it. */
    @Test
    void executorThatIsShutDown_takesNothing_andWhatWaitedIsGivenUp() {
        Queue<Runnable> threads = new ArrayDeque<>();
        AtomicBoolean shut = new AtomicBoolean();
        Workers workers = new Workers(
                task -> {
                    if (shut.get()) {
                        throw new RejectedExecutionException("shut down");
                    }
                    threads.add(task);
                },
                2,
                2);
        for (String task : List.of("first", "second", "waits", "waits too")) {
            assertThat(workers.take(() -> done.add(task))).isTrue();
        }
        assertThat(workers.take(() -> done.add("too much"))).isFalse();
        assertThat(workers.waiting()).isEqualTo(2);
        threads.remove().run();
        assertThat(done).containsExactly("first", "waits", "waits too");
        assertThat(workers.waiting()).isZero();
        shut.set(true);

        assertThat(workers.take(() -> done.add("rejected"))).isFalse();
        threads.remove().run();
        workers.end(() -> done.add("end"));
        assertThat(workers.take(() -> done.add("late"))).isFalse();

        assertThat(done).containsExactly("first", "waits", "waits too", "second", "end");
    }

    @Test
    void executorWithoutMemoryForOnce_isAskedAgain() {
        AtomicInteger calls = new AtomicInteger();
        Workers workers = new Workers(
                task -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new OutOfMemoryError("unable to create a thread");
                    }
                    task.run();
                },
                1,
                10);
        assertThatThrownBy(() -> workers.take(() -> done.add("lost"))).isInstanceOf(OutOfMemoryError.class);

        assertThat(workers.take(() -> done.add("next"))).isTrue();

        assertThat(done).containsExactly("next");
    }
}
