package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class OneAtATimeTest {

    @Test
    void executorWithoutMemoryForOnce_getsAllTasksWithTheNextOne_inOrder() {
        AtomicInteger calls = new AtomicInteger();
        Executor scarce = task -> {
            if (calls.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create a thread");
            }
            task.run();
        };
        OneAtATime tasks = new OneAtATime(scarce, LoggerFactory.getLogger(OneAtATimeTest.class));
        List<String> done = new ArrayList<>();
        assertThatThrownBy(() -> tasks.execute(() -> done.add("first"))).isInstanceOf(OutOfMemoryError.class);

        tasks.execute(() -> done.add("second"));

        assertThat(done).containsExactly("first", "second");
    }
}
