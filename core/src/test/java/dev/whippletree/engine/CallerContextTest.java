package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.engine.run.CallerContext;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.testkit.logging.LoggedLines;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.MDC;

/** What continuations and subscribers see of the thread that asked. */
@Isolated("what is registered for contexts concerns every thread")
final class CallerContextTest {

    private final EngineFixture fixture = new EngineFixture();
    private final List<String> seen = new ArrayList<>();

    @AfterEach
    void clean() {
        MDC.clear();
    }

    private void see(String what) {
        seen.add(what + " for " + MDC.get("user"));
    }

    @Test
    void continuations_seeTheirOwnCallersContext_alsoOfAJoinedCall() {
        fixture.account("a");
        for (String user : List.of("ann", "bob")) {
            MDC.put("user", user);
            var unused = fixture.ask("q").thenAccept(answer -> see("answer"));
        }
        MDC.put("user", "engine");
        fixture.run();
        assertThat(seen).containsExactly("answer for ann", "answer for bob");
        assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("user", "engine"));
    }

    @Test
    void failure_isSeenInTheCallersContext_andACallerWithoutOneSeesNone() {
        fixture.account("a", "1 / 1h");
        fixture.ask("the one that there is room for");
        var unused = fixture.ask("q", Duration.ofSeconds(1)).whenComplete((answer, failure) -> see("failure"));
        MDC.put("user", "engine");
        fixture.run();
        assertThat(seen).containsExactly("failure for null");
        assertThat(MDC.get("user")).isEqualTo("engine");
    }

    @Test
    void subscribers_seeTheContextOfTheThreadThatSubscribed() {
        fixture.account("a");
        MDC.put("user", "ann");
        fixture.engine().stream(Prompt.of("q")).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Delta delta) {
                see(delta.getClass().getSimpleName());
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {
                see("completion");
            }
        });
        MDC.clear();
        fixture.run();
        assertThat(seen).contains("Start for ann", "Text for ann", "End for ann", "completion for ann");
        assertThat(seen).allMatch(what -> what.endsWith(" for ann"));
    }

    @Test
    void cancelledByTheEngine_isSeenInTheCallersContext() {
        fixture.account("a").usually((prompt, model, sink) -> {
            sink.sent();
            fixture.timeline.schedule(1_000, () -> sink.failed(Failure.of(FailureKind.UNAVAILABLE, "broken")));
            return () -> {};
        });
        MDC.put("user", "ann");
        CompletableFuture<Completion> answer = fixture.ask("q");
        var unused = answer.whenComplete((completion, failure) -> see("end"));
        MDC.put("user", "engine");
        fixture.advance(Duration.ZERO);
        fixture.engine().withdraw(answer);
        fixture.run();
        assertThat(answer).isCancelled();
        assertThat(seen).containsExactly("end for ann");
    }

    private static void assertThrowsWithin(CallerContext context, Supplier<String> what, String words) {
        assertThatThrownBy(() -> context.call(() -> {
                    throw new IllegalStateException(what.get());
                }))
                .hasMessage(words);
    }

    @Test
    void accessorThatThrows_costsNoAnswer_andRunsOutsideTheLock() {
        ThreadLocalAccessor<String> accessor = new ThreadLocalAccessor<>() {
            @Override
            public Object key() {
                return "hostile";
            }

            @Override
            public String getValue() {
                assertThat(fixture.engine().status()).isNotNull();
                return "x";
            }

            @Override
            public void setValue(String value) {
                throw new IllegalStateException("no");
            }
        };
        ContextRegistry.getInstance().registerThreadLocalAccessor(accessor);
        try (LoggedLines log = new LoggedLines(CallerContext.class)) {
            fixture.account("a");
            CompletableFuture<Completion> answer = fixture.ask("q");
            fixture.run();
            assertThat(answer).isCompleted();
            assertThat(log.all()).contains("WARN Thread-local contexts can't be set");
            assertThat(fixture.status().prompts().underWay()).isZero();
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor("hostile");
        }
    }

    @Test
    void otherThreadLocals_areSeenIfTheirLibraryIsThere() {
        ThreadLocal<String> span = new ThreadLocal<>();
        ContextRegistry.getInstance().registerThreadLocalAccessor("span", span);
        try {
            fixture.account("a");
            span.set("one");
            var unused = fixture.ask("q").thenAccept(answer -> seen.add("answer in span " + span.get()));
            span.set("two");
            fixture.run();
            assertThat(seen).containsExactly("answer in span one");
            assertThat(span.get()).isEqualTo("two");

            CallerContext empty = CallerContext.capture();
            MDC.put("user", "ann");
            span.set("three");
            CallerContext full = CallerContext.capture();
            MDC.clear();
            span.set("two");
            assertThrowsWithin(full, () -> MDC.get("user") + " in " + span.get(), "ann in three");
            assertThat(span.get()).as("also after a task that throws").isEqualTo("two");
            assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
            MDC.put("user", "engine");
            assertThrowsWithin(empty, () -> MDC.get("user") + " in " + span.get(), "null in two");
            assertThat(MDC.get("user")).isEqualTo("engine");
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor("span");
        }
    }
}
