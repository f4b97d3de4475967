package dev.whippletree.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class WatchTest {

    @Test
    void closed_looksNoMore() throws InterruptedException {
        CountDownLatch looks = new CountDownLatch(1);
        Watch watch = Watch.start("idle", Duration.ofDays(1), looks::countDown);
        Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(one -> one.getName().equals("idle-1"))
                .findFirst()
                .orElseThrow();
        watch.close();
        thread.join(20_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(looks.getCount()).isEqualTo(1);
    }

    @Test
    void looksOn_whateverALookThrows() throws InterruptedException {
        CountDownLatch looks = new CountDownLatch(3);
        try (Watch watch = Watch.start("watch", Duration.ofMillis(1), () -> {
            looks.countDown();
            throw new OutOfMemoryError("as if there were none left");
        })) {
            assertThat(looks.await(20, TimeUnit.SECONDS)).as("third look").isTrue();
        }
    }
}
