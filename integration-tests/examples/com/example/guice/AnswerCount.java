package com.example.guice;

import dev.whippletree.model.Origin;
import dev.whippletree.spi.EngineListener;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts answers: a listener that the injector makes, so that it could have dependencies of its own. */
@Singleton
public final class AnswerCount implements EngineListener {

    private final AtomicInteger answers = new AtomicInteger();

    @Override
    public void answered(Origin origin, Duration took) {
        answers.incrementAndGet();
    }

    /** Returns how many prompts have been answered. */
    public int answers() {
        return answers.get();
    }
}
