package dev.whippletree.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.Heartbeats.Organ;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

final class HeartbeatsTest {

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final FragileThread fragile = new FragileThread();
    private final Heartbeats heartbeats = new Heartbeats(
            List.of(
                    new Organ("the timer", beat -> timeline.schedule(0, beat), () -> true),
                    new Organ("the fragile one", fragile, () -> fragile.alive)),
            timeline::nanoTime);
    private final List<String> told = new ArrayList<>();

    HeartbeatsTest() {
        heartbeats.whenStandstill(told::add);
    }

    /** Runs tasks in virtual time, unless it has no memory to take them, loses them, is busy or has ended. */
    private final class FragileThread implements Executor {

        private boolean outOfMemory;
        private boolean losing;
        private int asked;
        private Duration delay = Duration.ZERO;
        private boolean alive = true;

        @Override
        public void execute(Runnable task) {
            asked++;
            if (outOfMemory) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            if (!losing) {
                timeline.schedule(delay.toNanos(), task);
            }
        }
    }

    private void look(int seconds) {
        for (int second = 0; second < seconds; second++) {
            timeline.advance(Heartbeats.PAUSE);
            heartbeats.look();
        }
    }

    @Test
    void everythingBeats_nothingIsSilent() {
        look(1_000);
        assertThat(heartbeats.silent()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void noMemoryForAWhile_isTold_andIsOverWhenThereIsSome() {
        look(5);
        fragile.outOfMemory = true;
        look(9);
        assertThat(heartbeats.silent()).isEmpty();
        look(2);
        assertThat(heartbeats.silent()).contains("the fragile one");
        fragile.outOfMemory = false;
        look(2);
        assertThat(heartbeats.silent()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void noMemoryAnyMore_isAStandstill_toldOnce() {
        fragile.outOfMemory = true;
        look(59);
        assertThat(told).isEmpty();
        look(1);
        assertThat(told).hasSize(1);
        look(100);
        assertThat(told).containsExactly("the fragile one");
    }

    @Test
    void lostBeat_isAskedForAgain() {
        look(5);
        fragile.losing = true;
        look(3);
        fragile.losing = false;
        look(11);
        assertThat(heartbeats.silent()).isEmpty();
    }

    @Test
    void busyThread_isNotADeadOne() {
        fragile.delay = Duration.ofSeconds(8);
        look(1_000);
        assertThat(heartbeats.silent()).isEmpty();
        assertThat(fragile.asked).as("beats don't pile up").isLessThan(150);
        fragile.delay = Duration.ofSeconds(30);
        look(1_000);
        assertThat(told).isEmpty();
    }

    @Test
    void wholeProcessThatStoodStill_isNotMistakenForADeadThread() {
        look(5);
        fragile.losing = true;
        look(1);
        timeline.advance(Duration.ofHours(1));
        heartbeats.look();
        look(7);
        assertThat(heartbeats.silent()).as("of an hour two seconds count").isEmpty();
        look(1);
        assertThat(heartbeats.silent()).contains("the fragile one");
        assertThat(told).isEmpty();
    }

    @Test
    void endedThread_isAStandstillAtOnce() {
        fragile.alive = false;
        look(1);
        assertThat(told).containsExactly("the fragile one");
    }

    @Test
    void stopped_tellsNobody() {
        heartbeats.stop();
        fragile.alive = false;
        look(100);
        assertThat(told).isEmpty();
    }
}
