package dev.whippletree.emulator.refusals;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What refusals by a limit say of how long to wait. */
enum RetryAfter {
    /** The truth, in whole seconds. */
    TRUE,
    /** Nothing. */
    NONE,
    /** One second, whatever is true. */
    ONE_SECOND,
    /** Ten times the truth. */
    TENFOLD;

    private Optional<Duration> of(Optional<Duration> truth) {
        return switch (this) {
            case TRUE -> truth;
            case NONE -> Optional.empty();
            case ONE_SECOND -> Optional.of(Duration.ofSeconds(1));
            case TENFOLD -> truth.map(wait -> wait.multipliedBy(10));
        };
    }

    private Failure of(Failure failure) {
        return failure.kind() == FailureKind.RATE_LIMITED
                ? new Failure(
                        failure.kind(),
                        failure.message(),
                        failure.status(),
                        failure.code(),
                        of(failure.retryAfter()),
                        failure.reach())
                : failure;
    }

    /** Returns a client of a service that says this. */
    ProviderClient wrap(ProviderClient client) {
        return new Client(client);
    }

    /** Changes nothing but the wait. */
    private final class Client implements ProviderClient {

        private final ProviderClient client;

        Client(ProviderClient client) {
            this.client = client;
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
            return client.send(prompt, model, new Sink(sink));
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** Changes nothing but the wait. */
    private final class Sink implements AttemptSink {

        private final AttemptSink sink;

        Sink(AttemptSink sink) {
            this.sink = sink;
        }

        @Override
        public boolean streaming() {
            return sink.streaming();
        }

        @Override
        public void sent() {
            sink.sent();
        }

        @Override
        public void firstByte() {
            sink.firstByte();
        }

        @Override
        public void limits(List<RateLimitReport> reports) {
            sink.limits(reports);
        }

        @Override
        public void delta(Delta.Piece piece) {
            sink.delta(piece);
        }

        @Override
        public void done(AnswerEnd end) {
            sink.done(end);
        }

        @Override
        public void failed(Failure failure) {
            sink.failed(of(failure));
        }
    }
}
