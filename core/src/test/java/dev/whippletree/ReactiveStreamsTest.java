package dev.whippletree;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.testkit.shared.AwaitedFailure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;

/** A stream of an answer keeps every rule of Reactive Streams, by the test kit of those who wrote them. */
@Tag("slow")
final class ReactiveStreamsTest {

    private static final long PATIENCE_MILLIS = 60_000;

    /** How long the kit waits for what must not come. */
    private static final long SILENCE_MILLIS = 20;

    private final Whippletree whippletree = Whippletree.builder()
            .provider(new ParrotProvider())
            .account("a", "parrot", "token")
            .model("model")
            .build();

    @AfterEach
    void close() {
        whippletree.close();
    }

    @TestFactory
    Stream<DynamicTest> rules() {
        Verification verification = new Verification();
        return Arrays.stream(FlowPublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
                .map(rule -> DynamicTest.dynamicTest(rule.getName(), () -> check(verification, rule)));
    }

    private static void check(Verification verification, Method rule) throws Throwable {
        verification.setUp();
        try {
            rule.invoke(verification);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException skipped) {
                abort(String.valueOf(skipped.getMessage()));
            }
            throw e.getCause();
        }
    }

    private final class Verification extends FlowPublisherVerification<Delta> {

        Verification() {
            super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, SILENCE_MILLIS));
        }

        @Override
        public Flow.Publisher<Delta> createFlowPublisher(long deltas) {
            return AwaitedFailure.of(whippletree.stream(
                    Prompt.builder().user(Long.toString(deltas)).noCache().build()));
        }

        @Override
        public Flow.Publisher<Delta> createFailedFlowPublisher() {
            return whippletree.stream(
                    Prompt.builder().user("1").route("nowhere").build());
        }

        /** An answer has an end. */
        @Override
        public long maxElementsFromPublisher() {
            return 1_000;
        }
    }

    /**
     * Answers a number with so many deltas, the start and the end among them, but not with two; no two that follow each
     * other are of one sort, or they might come as one.
     */
    private static final class ParrotProvider implements Provider {

        @Override
        public String name() {
            return "parrot";
        }

        @Override
        public Set<SettingKey> settings() {
            return Set.of();
        }

        @Override
        public ProviderClient connect(AccountSettings account, Services services) {
            return new ProviderClient() {

                @Override
                public Admission admission(Prompt prompt, String model) {
                    return Admission.NONE;
                }

                @Override
                public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                    long deltas = Long.parseLong(prompt.messages().get(0).text());
                    services.executor().execute(() -> answer(deltas, model, sink));
                    return () -> {};
                }

                @Override
                public void close() {}
            };
        }

        private static void answer(long deltas, String model, AttemptSink sink) {
            for (long index = 2; index < deltas; index++) {
                String text = index + " ";
                sink.delta(index % 2 == 0 ? new Delta.Text(text) : new Delta.Reasoning(text));
            }
            sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
        }
    }
}
