package dev.whippletree.batch;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Prompt;
import dev.whippletree.testkit.FakeProvider;
import dev.whippletree.testkit.shared.AwaitedFailure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.Flow;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;

/** A batch's results keep every rule of Reactive Streams, by the test kit of those who wrote them. */
@Tag("slow")
final class ReactiveStreamsTest {

    private static final long PATIENCE_MILLIS = 60_000;

    /** How long the kit waits for what must not come. */
    private static final long SILENCE_MILLIS = 20;

    private final Whippletree whippletree = Whippletree.builder()
            .provider(new FakeProvider(
                    "polite", call -> call.services().executor().execute(() -> call.answer("Fine, thank you."))))
            .account("a", "polite", "token")
            .model("model")
            .build();

    @AfterEach
    void close() {
        whippletree.close();
    }

    /** Runs one of the kit's rules. */
    private interface Rule {

        void check(Method rule) throws Throwable;
    }

    @TestFactory
    Stream<DynamicTest> results() {
        Results results = new Results();
        return rules(FlowPublisherVerification.class, rule -> {
            results.setUp();
            rule.invoke(results);
        });
    }

    private static Stream<DynamicTest> rules(Class<?> kit, Rule rule) {
        return Arrays.stream(kit.getMethods())
                .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
                .map(method -> DynamicTest.dynamicTest(method.getName(), () -> {
                    try {
                        rule.check(method);
                    } catch (InvocationTargetException e) {
                        if (e.getCause() instanceof SkipException skipped) {
                            abort(String.valueOf(skipped.getMessage()));
                        }
                        throw e.getCause();
                    }
                }));
    }

    private static BatchItem item(long number) {
        return new BatchItem("i" + number, Prompt.of("Hello"));
    }

    private final class Results extends FlowPublisherVerification<BatchResult> {

        Results() {
            super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, SILENCE_MILLIS));
        }

        @Override
        public Flow.Publisher<BatchResult> createFlowPublisher(long results) {
            return AwaitedFailure.of(Batch.over(whippletree)
                    .build()
                    .run(LongStream.range(0, results).mapToObj(ReactiveStreamsTest::item)));
        }

        /** A run has one subscriber. */
        @Override
        public Flow.Publisher<BatchResult> createFailedFlowPublisher() {
            Flow.Publisher<BatchResult> run = createFlowPublisher(1);
            run.subscribe(new Collected());
            return run;
        }
    }
}
