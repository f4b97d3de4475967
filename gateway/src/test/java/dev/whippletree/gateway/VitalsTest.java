package dev.whippletree.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.Heartbeats.Organ;
import dev.whippletree.time.SystemTimeline;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

final class VitalsTest {

    private static final long PATIENCE_SECONDS = 60;

    @Test
    void timerExecutorAndEachThreadOfTheServer_beat_untilTheyEnd() throws Exception {
        XnioWorker worker = Xnio.getInstance()
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_NAME, "vital")
                        .set(Options.WORKER_IO_THREADS, 2)
                        .getMap());
        try (SystemTimeline timeline = new SystemTimeline()) {
            List<Organ> organs = Vitals.of(timeline, worker);
            assertThat(organs)
                    .extracting(Organ::name)
                    .containsExactlyInAnyOrder(
                            "the timer",
                            "the executor",
                            "thread vital I/O-1",
                            "thread vital I/O-2",
                            "thread vital Accept");
            for (Organ organ : organs) {
                CountDownLatch beat = new CountDownLatch(1);
                organ.pulse().execute(beat::countDown);
                assertThat(beat.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .as(organ.name())
                        .isTrue();
                assertThat(organ.alive().getAsBoolean()).isTrue();
            }
            worker.shutdownNow();
            assertThat(worker.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        }
    }
}
