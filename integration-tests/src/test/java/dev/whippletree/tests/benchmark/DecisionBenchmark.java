package dev.whippletree.tests.benchmark;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AttemptSink;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One decision of the production engine while prompts wait in line and every account is busy. What follows from a
 * decision, such as the sending, is done between the measurements.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {

    /** How busy it is. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // by the set-up
    public static class Busy {

        /** Prompts in line. */
        @Param({"10", "1000", "100000"})
        public int waiting;

        /** Accounts in the only tier. */
        @Param({"2", "20", "200"})
        public int accounts;

        /** Whose they are: each tenant has a thousand sessions, one alone has 500. */
        @Param({"1", "1000"})
        public int tenants;

        private BusyEngine engine;

        /** Fills the line. */
        @Setup
        public void fill() {
            engine = new BusyEngine(waiting, accounts, tenants);
        }
    }

    /** The end of a call that is about to be decided on. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // by the set-up
    public static class Ending {

        private AttemptSink call;

        /** Refills the line with the prompt that left it. */
        @Setup(Level.Invocation)
        public void refill(Busy busy) {
            if (call != null) {
                busy.engine.ask(busy.engine.prompt());
            }
            busy.engine.settle();
            call = busy.engine.oldestCall();
        }
    }

    /** A prompt that is about to enter. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // by the set-up
    public static class Entering {

        private Prompt prompt;
        private Prompt hurried;
        private CompletableFuture<Completion> last;

        /** Takes the prompt that entered out of the line. */
        @Setup(Level.Invocation)
        public void takeOut(Busy busy) {
            if (last != null) {
                last.cancel(true);
            }
            busy.engine.settle();
            prompt = busy.engine.prompt();
            hurried = Prompt.builder()
                    .user(prompt.messages().get(0).text())
                    .tenant("another")
                    .session("another")
                    .deadline(Duration.ofDays(1))
                    .build();
        }
    }

    /** Nothing to do, so that every account is ready. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // by the set-up
    public static class Idle {

        /** Accounts in the only tier. */
        @Param({"2", "20", "200"})
        public int accounts;

        private BusyEngine engine;
        private Prompt prompt;

        /** Opens the accounts. */
        @Setup
        public void open() {
            engine = BusyEngine.idle(accounts);
        }

        /** Ends the call that was begun. */
        @Setup(Level.Invocation)
        public void end() {
            engine.settle();
            engine.endAll();
            engine.settle();
            prompt = engine.prompt();
        }
    }

    /** A prompt comes and gets one of all the accounts; its key and what it asks of them are part of it. */
    @Benchmark
    public CompletableFuture<Completion> promptFindsAllReady(Idle idle) {
        return idle.engine.ask(idle.prompt);
    }

    /** A call ends, and the next prompt in line gets its lease. */
    @Benchmark
    public void attemptEnds(Busy busy, Ending ending) {
        BusyEngine.end(ending.call);
    }

    /** A prompt enters, for which there is no room; its key and what it asks of each account are part of it. */
    @Benchmark
    public CompletableFuture<Completion> promptEnters(Busy busy, Entering entering) {
        entering.last = busy.engine.ask(entering.prompt);
        return entering.last;
    }

    /** The same with a deadline, so that the time at which there is room has to be forecast. */
    @Benchmark
    public CompletableFuture<Completion> promptWithDeadlineEnters(Busy busy, Entering entering) {
        entering.last = busy.engine.ask(entering.hurried);
        return entering.last;
    }
}
