package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import java.util.Optional;
import java.util.function.Supplier;

/** Tells what goes to an account and what comes back, and changes nothing. Confined to one run. */
final class WatchedClient implements ProviderClient {

    private final SimulatedAccount account;
    private final String connection;
    private boolean closed;
    private final ProviderClient client;
    private final Supplier<Watch> watch;

    /**
     * Creates one.
     *
     * @param connection a name that no other client has
     */
    WatchedClient(SimulatedAccount account, String connection, ProviderClient client, Supplier<Watch> watch) {
        this.account = account;
        this.connection = connection;
        this.client = client;
        this.watch = watch;
    }

    String connection() {
        return connection;
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
        Call call = watch.get().sending(account, connection, model, prompt, client.admission(prompt, model));
        watch.get().check(!closed, () -> "the " + call + " is made on a closed connection");
        Cancellable handle = client.send(prompt, model, new WatchedSink(call, sink));
        return () -> {
            watch.get().cancelled(call);
            handle.cancel();
        };
    }

    @Override
    public void close() {
        closed = true;
        client.close();
    }

    /** Passes on what it is told. */
    private final class WatchedSink extends ForwardingSink {

        private final Call call;

        WatchedSink(Call call, AttemptSink sink) {
            super(sink);
            this.call = call;
        }

        @Override
        public boolean staleConnection(boolean begun) {
            watch.get().stale(call);
            boolean again = super.staleConnection(begun);
            if (again) {
                watch.get().sentAgain(call);
            }
            return again;
        }

        @Override
        public void firstByte() {
            watch.get().arrived(call);
            super.firstByte();
        }

        @Override
        public void delta(Delta.Piece delta) {
            call.admitted = true;
            super.delta(delta);
        }

        @Override
        public void done(AnswerEnd end) {
            watch.get().answered(call, end);
            super.done(end);
        }

        @Override
        public void failed(Failure failure) {
            watch.get().failed(call, failure);
            super.failed(failure);
        }
    }
}
