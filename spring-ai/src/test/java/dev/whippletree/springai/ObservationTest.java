package dev.whippletree.springai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.prompt.ChatOptions;

/** Each prompt is one observation, by Spring AI's conventions, and is current where the prompt is submitted. */
final class ObservationTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final TestObservationRegistry observations = TestObservationRegistry.create();
    private final List<Observation.Context> submittedUnder = new CopyOnWriteArrayList<>();
    private final ScriptedService service = new ScriptedService();

    @AutoClose
    private final Whippletree whippletree = service.open(new EngineListener() {
        @Override
        public Consumer<ServiceCall> opened(Prompt prompt) {
            Observation current = observations.getCurrentObservation();
            if (current != null) {
                submittedUnder.add(current.getContext());
            }
            return call -> {};
        }
    });

    private final WhippletreeChatModel model = WhippletreeChatModel.builder()
            .whippletree(whippletree)
            .observationRegistry(observations)
            .build();

    private static org.springframework.ai.chat.prompt.Prompt prompt() {
        return new org.springframework.ai.chat.prompt.Prompt(
                "Hi", ChatOptions.builder().model("drafts").build());
    }

    @Test
    void call_isObserved() {
        model.call(prompt());

        assertObserved();
        assertThat(submittedUnder).hasSize(1);
    }

    @Test
    void stream_isObservedAsAChildOfItsSubscriber() {
        Observation parent = Observation.start("parent", observations);
        model.stream(prompt())
                .contextWrite(context -> context.put(ObservationThreadLocalAccessor.KEY, parent))
                .blockLast(LONG);
        parent.stop();

        assertObserved();
        TestObservationRegistryAssert.assertThat(observations)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasParentObservationEqualTo(parent)
                .hasHighCardinalityKeyValue("gen_ai.request.stream", "true");
        assertThat(submittedUnder)
                .singleElement()
                .extracting(Observation.Context::getName)
                .isEqualTo("gen_ai.client.operation");
    }

    private void assertObserved() {
        TestObservationRegistryAssert.assertThat(observations)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasContextualNameEqualTo("chat drafts")
                .hasLowCardinalityKeyValue("gen_ai.operation.name", "chat")
                .hasLowCardinalityKeyValue("gen_ai.request.model", "drafts")
                .hasLowCardinalityKeyValue("gen_ai.response.model", "llama-3")
                .hasHighCardinalityKeyValue("gen_ai.usage.input_tokens", "20")
                .hasHighCardinalityKeyValue("gen_ai.response.finish_reasons", "[\"STOP\"]")
                .hasBeenStarted()
                .hasBeenStopped();
    }

    @Test
    void failure_isTheObservationsError() {
        service.thenFails(FailureKind.REJECTED, "wrong");
        assertThat(failureOf(() -> model.call(prompt()))).isNotNull();

        TestObservationRegistryAssert.assertThat(observations)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasError()
                .hasBeenStopped();
    }

    private static @Nullable Throwable failureOf(Runnable action) {
        try {
            action.run();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }
}
