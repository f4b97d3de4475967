package dev.whippletree.emulator.matrix;

import dev.whippletree.emulator.matrix.Workload.Call;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.time.Timeline;
import java.util.List;
import java.util.function.Supplier;

/**
 * A client of a service that answers at once, whose requests and answers take as long as the workload says, and which
 * writes down what the service admits and refuses. Confined to its timeline.
 */
final class TimedClient implements ProviderClient {

    /** How long a refusal takes. */
    private static final long REFUSAL_NANOS = 10_000_000;

    private final ProviderClient client;
    private final Workload workload;
    private final Supplier<Timeline> timeline;
    private final Record record;
    private boolean reported;

    /** Is told what the service did with each request. */
    interface Record {

        /** A request was admitted. */
        void admitted(Call call, long nowNanos);

        /**
         * A request was refused.
         *
         * @param untold whether no report of this account's limits had come when it was sent
         */
        void refused(Call call, long nowNanos, boolean untold);
    }

    TimedClient(ProviderClient client, Workload workload, Supplier<Timeline> timeline, Record record) {
        this.client = client;
        this.workload = workload;
        this.timeline = timeline;
        this.record = record;
    }

    @Override
    public Admission admission(Prompt prompt, String model) {
        return client.admission(prompt, model);
    }

    @Override
    public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
        Call call = workload.call(Call.numberOf(prompt.messages().get(0).text()));
        LateSink late = new LateSink(call, sink, !reported);
        timeline.get().schedule(0, () -> late.tell(sink::sent));
        timeline.get().schedule(call.transitNanos(), () -> client.send(prompt, model, late));
        return () -> late.cancelled = true;
    }

    @Override
    public void close() {
        client.close();
    }

    /** Passes on later what it is told at once. */
    private final class LateSink implements AttemptSink {

        private final Call call;
        private final AttemptSink sink;
        private final boolean untold;
        private List<RateLimitReport> reports = List.of();
        private boolean begun;
        private boolean cancelled;

        LateSink(Call call, AttemptSink sink, boolean untold) {
            this.call = call;
            this.sink = sink;
            this.untold = untold;
        }

        private void tell(Runnable action) {
            if (!cancelled) {
                action.run();
            }
        }

        private void later(long nanos, Runnable action) {
            timeline.get().schedule(nanos, () -> tell(action));
        }

        @Override
        public boolean streaming() {
            return false;
        }

        /** Was told already, at the time of sending. */
        @Override
        public void sent() {}

        /** Comes with the rest. */
        @Override
        public void firstByte() {}

        @Override
        public void limits(List<RateLimitReport> told) {
            reports = told;
        }

        @Override
        public void delta(Delta.Piece piece) {
            later(call.latencyNanos(), () -> {
                head();
                sink.delta(piece);
            });
        }

        @Override
        public void done(AnswerEnd end) {
            record.admitted(call, timeline.get().nanoTime());
            later(call.latencyNanos(), () -> sink.done(end));
        }

        @Override
        public void failed(Failure failure) {
            record.refused(call, timeline.get().nanoTime(), untold);
            later(REFUSAL_NANOS, () -> {
                head();
                sink.failed(failure);
            });
        }

        private void head() {
            if (begun) {
                return;
            }
            begun = true;
            sink.firstByte();
            reported |= !reports.isEmpty();
            sink.limits(reports);
        }
    }
}
