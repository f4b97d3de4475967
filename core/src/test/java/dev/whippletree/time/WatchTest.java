package dev.whippletree.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class WatchTest {

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
