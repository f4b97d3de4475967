package dev.whippletree.engine;

import dev.whippletree.engine.flight.Reader;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Prompt;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/** Sends the prompt for each subscriber, and streams the answer to it. Immutable. */
final class AnswerPublisher implements Flow.Publisher<Delta> {

    private final Engine engine;
    private final Prompt prompt;
    private final Executor executor;

    /**
     * Creates one.
     *
     * @param executor what subscribers are told on
     */
    AnswerPublisher(Engine engine, Prompt prompt, Executor executor) {
        this.engine = engine;
        this.prompt = prompt;
        this.executor = executor;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Delta> subscriber) {
        Reader reader = new Reader(Objects.requireNonNull(subscriber, "subscriber"), executor);
        reader.introduce();
        if (!reader.isOver()) {
            var unused = engine.submit(prompt, reader).whenComplete(reader::ended);
        }
        reader.mailbox().drain();
    }
}
