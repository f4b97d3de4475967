package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Admission;
import dev.whippletree.time.Timeline;
import dev.whippletree.time.VirtualTimeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Engines that come and go at random moments, one after the other on one state folder: whatever they are stopped in the
 * middle of, a day never sees more than its limit allows.
 */
final class RestartTest {

    private static final int AMOUNT = 12;
    private static final Duration WINDOW = Duration.ofDays(1);
    private static final String LIMIT = AMOUNT + " requests / 1d";
    private static final String TOKENS = AMOUNT * 10 + " tokens / 1d";
    private static final int LIVES = 12;

    @TempDir
    private Path folder;

    static LongStream seeds() {
        return LongStream.range(0, 15);
    }

    /** How a life ends. */
    private enum End {
        CLOSED,
        KILLED
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void closedAtRandomMoments_noDayExceedsItsLimit(long seed) {
        Lives lives = new Lives(seed, folder);
        lives.run(End.CLOSED);
        assertThat(lives.mostInAWindow()).as("seed %d", seed).isEqualTo(AMOUNT);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void killedAtRandomMoments_noDayExceedsItsLimitEither(long seed) {
        Lives lives = new Lives(seed, folder);
        lives.run(End.KILLED);
        assertThat(lives.mostInAWindow()).as("seed %d", seed).isEqualTo(AMOUNT);
    }

    /** Lives on one timeline, and when each call was made. */
    private static final class Lives {

        private final long seed;
        private final SplittableRandom random;
        private final VirtualTimeline timeline;
        private final Path folder;
        private final List<Long> calls = new ArrayList<>();

        Lives(long seed, Path folder) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.timeline = new VirtualTimeline(seed);
            this.folder = folder;
        }

        void run(End end) {
            for (int life = 0; life < LIVES; life++) {
                live(life, end);
                timeline.advance(Duration.ofMinutes(random.nextLong(1, 400)));
            }
        }

        private void live(int number, End end) {
            MortalTimeline mortal = new MortalTimeline(timeline);
            EngineFixture life =
                    new EngineFixture(timeline).engineTimeline(mortal).state(folder);
            ScriptedClient client = life.account("a", random.nextBoolean() ? LIMIT : TOKENS, LIMIT);
            client.counts(random.nextBoolean() ? Admission.asMade(4, 6) : Admission.onEntry(4, 6));
            for (int prompt = 0; prompt < random.nextInt(1, 12); prompt++) {
                client.usually(client.answersAfter(Duration.ofMillis(random.nextLong(10, 3000))));
                life.ask(Prompt.of("question " + seed + " " + number + " " + prompt));
                timeline.advance(Duration.ofMillis(random.nextLong(1, 2000)));
            }
            end(end, life, mortal);
            calls.addAll(client.callTimes());
        }

        private void end(End end, EngineFixture life, MortalTimeline mortal) {
            if (end == End.CLOSED) {
                life.engine().close(Duration.ofMillis(random.nextLong(1000)));
                timeline.advance(Duration.ofSeconds(2));
            }
            mortal.kill();
        }

        long mostInAWindow() {
            return calls.stream()
                    .mapToLong(first -> calls.stream()
                            .filter(call -> call >= first && call < first + WINDOW.toNanos())
                            .count())
                    .max()
                    .orElse(0);
        }
    }

    /** A timeline on which nothing runs any more once it was killed, as if its process had been. */
    private static final class MortalTimeline extends ForwardingTimeline {

        private boolean dead;

        MortalTimeline(Timeline immortal) {
            super(immortal);
        }

        void kill() {
            dead = true;
        }

        private Runnable whileAlive(Runnable task) {
            return () -> {
                if (!dead) {
                    task.run();
                }
            };
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            return super.schedule(delayNanos, whileAlive(task));
        }

        @Override
        public Executor executor() {
            return task -> super.executor().execute(whileAlive(task));
        }
    }
}
