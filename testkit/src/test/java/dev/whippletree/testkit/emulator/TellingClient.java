package dev.whippletree.testkit.emulator;

import dev.whippletree.emulator.simulation.ForwardingSink;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A client that tells other reports of limits than those it is told. */
final class TellingClient implements ProviderClient {

    private final ProviderClient client;
    private final Runnable asked;
    private final UnaryOperator<List<RateLimitReport>> change;

    /**
     * Creates one.
     *
     * @param asked is run before each call
     * @param change makes what is told of what was reported
     */
    TellingClient(ProviderClient client, Runnable asked, UnaryOperator<List<RateLimitReport>> change) {
        this.client = client;
        this.asked = asked;
        this.change = change;
    }

    @Override
    public Optional<String> refuses(Prompt prompt, String model) {
        return client.refuses(prompt, model);
    }

    @Override
    public Admission admission(Prompt prompt, String model) {
        return client.admission(prompt, model);
    }

    @Override
    public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
        asked.run();
        return client.send(prompt, model, new TellingSink(sink));
    }

    @Override
    public void close() {
        client.close();
    }

    private final class TellingSink extends ForwardingSink {

        TellingSink(AttemptSink sink) {
            super(sink);
        }

        @Override
        public void limits(List<RateLimitReport> reports) {
            super.limits(change.apply(reports));
        }
    }
}
