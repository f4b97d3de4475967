package dev.whippletree.engine.run;

import java.util.concurrent.CompletableFuture;

/** A caller's future. Its continuations see the {@link CallerContext} of the thread that created it. Thread-safe. */
public class ContextFuture<T> extends CompletableFuture<T> {

    private final CallerContext context;

    /** Creates one for the present thread's contexts. */
    public ContextFuture() {
        this(CallerContext.capture());
    }

    /** Creates one for contexts that were captured before. */
    public ContextFuture(CallerContext context) {
        this.context = context;
    }

    @Override
    public boolean complete(T value) {
        return context.call(() -> super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return context.call(() -> super.completeExceptionally(failure));
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        return context.call(() -> super.cancel(mayInterrupt));
    }

    /** Dependent futures belong to the caller, and can't withdraw the prompt. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
