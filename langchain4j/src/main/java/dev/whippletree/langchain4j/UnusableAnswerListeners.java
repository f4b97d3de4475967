package dev.whippletree.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.observability.api.AiServiceListenerRegistrar;
import dev.langchain4j.observability.api.DefaultAiServiceListenerRegistrar;
import dev.langchain4j.observability.api.event.AiServiceErrorEvent;
import dev.langchain4j.observability.api.event.AiServiceEvent;
import dev.langchain4j.observability.api.event.AiServiceRequestIssuedEvent;
import dev.langchain4j.observability.api.event.AiServiceResponseReceivedEvent;
import dev.langchain4j.observability.api.event.OutputGuardrailExecutedEvent;
import dev.langchain4j.observability.api.listener.AiServiceListener;
import dev.langchain4j.spi.observability.AiServiceListenerRegistrarFactory;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.function.Consumer;

/**
 * Makes AI services forget answers that they can't use: if a method of one throws after a Whippletree has answered, for
 * example because the answer can't be turned into the method's type, the answer is removed from the caches before.
 * LangChain4j finds this by itself, and so does another factory of the application. Thread-safe.
 */
public final class UnusableAnswerListeners implements AiServiceListenerRegistrarFactory {

    /** By the method's invocation, which has ended once nothing else refers to its id. */
    private static final Map<UUID, WhippletreeChatResponseMetadata> LAST_ANSWERS =
            Collections.synchronizedMap(new WeakHashMap<>());

    private static final List<AiServiceListener<?>> LISTENERS = List.of(
            new Listener<>(AiServiceRequestIssuedEvent.class, event -> LAST_ANSWERS.remove(invocation(event))),
            new Listener<>(AiServiceResponseReceivedEvent.class, event -> answered(event, event.response())),
            new Listener<>(
                    OutputGuardrailExecutedEvent.class,
                    event -> answered(event, event.request().responseFromLLM())),
            new Listener<>(AiServiceErrorEvent.class, UnusableAnswerListeners::failed));

    /** Creates the factory. */
    public UnusableAnswerListeners() {}

    private record Listener<T extends AiServiceEvent>(Class<T> getEventClass, Consumer<T> what)
            implements AiServiceListener<T> {

        @Override
        public void onEvent(T event) {
            what.accept(event);
        }
    }

    /** Returns the listeners, for {@code AiServices.builder(…).registerListeners(…)} where they aren't found. */
    public static List<AiServiceListener<?>> listeners() {
        return LISTENERS;
    }

    /** Returns what LangChain4j, or the application's own factory, would use without this one, with the listeners. */
    @Override
    public AiServiceListenerRegistrar get() {
        AiServiceListenerRegistrar registrar = ServiceLoader.load(AiServiceListenerRegistrarFactory.class).stream()
                .filter(factory -> factory.type() != UnusableAnswerListeners.class)
                .findFirst()
                .map(factory -> factory.get().get())
                .orElseGet(DefaultAiServiceListenerRegistrar::new);
        registrar.register(LISTENERS);
        return registrar;
    }

    private static UUID invocation(AiServiceEvent event) {
        return event.invocationContext().invocationId();
    }

    /** Remembers an answer; a guardrail that asks again is the first to know of it. */
    private static void answered(AiServiceEvent event, ChatResponse response) {
        if (response.metadata() instanceof WhippletreeChatResponseMetadata answer) {
            LAST_ANSWERS.put(invocation(event), answer);
        }
    }

    private static void failed(AiServiceErrorEvent event) {
        WhippletreeChatResponseMetadata unusable = LAST_ANSWERS.remove(invocation(event));
        if (unusable != null) {
            unusable.forget().exceptionally(failure -> null).join();
        }
    }
}
