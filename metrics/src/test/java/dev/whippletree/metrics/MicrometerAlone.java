package dev.whippletree.metrics;

import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Measures one prompt by Micrometer, and returns how many calls that says there were. */
public final class MicrometerAlone implements Callable<Long> {

    @Override
    public Long call() {
        Pool pool = new Pool();
        SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, new TimelineClock(pool.timeline));
        pool.open(new MicrometerListener(registry));
        pool.ask("question");
        pool.advance(Duration.ofSeconds(2));
        return registry.get(GenAi.DURATION).timer().count();
    }
}
