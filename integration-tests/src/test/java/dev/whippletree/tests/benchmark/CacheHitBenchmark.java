package dev.whippletree.tests.benchmark;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.testkit.FakeProvider;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From asking to having an answer that Ehcache holds, and one that a provider gives at once: no network in either. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CacheHitBenchmark {

    private final Prompt stored = Prompt.builder()
            .system("You are a candidate.")
            .user("Tell me about yourself")
            .build();
    private final Prompt fresh = Prompt.builder()
            .system("You are a candidate.")
            .user("Tell me about yourself")
            .noCache()
            .noStore()
            .build();
    private Whippletree whippletree = open();

    /** Answers within the call itself, so that what remains is Whippletree's own cost. */
    static FakeProvider instantProvider() {
        return new FakeProvider(
                "instant",
                Admission.asMade(20, 100),
                call -> call.answer("An answer of some forty characters or so.", Optional.of(TokenUsage.of(20, 10))));
    }

    private static Whippletree open() {
        return Whippletree.builder()
                .provider(instantProvider())
                .account("a", "instant", "token")
                .cache("ehcache")
                .build();
    }

    /** Stores the answer. */
    @Setup
    public void store() {
        whippletree.complete(stored).join();
    }

    /** Closes what was opened. */
    @TearDown
    public void close() {
        whippletree.close();
    }

    /** An answer from the cache. */
    @Benchmark
    public Completion hit() {
        return whippletree.complete(stored).join();
    }

    /** An answer by a call that takes no time. */
    @Benchmark
    public Completion instantCall() {
        return whippletree.complete(fresh).join();
    }
}
