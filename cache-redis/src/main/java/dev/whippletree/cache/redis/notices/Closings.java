package dev.whippletree.cache.redis.notices;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.Tokens;
import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which scopes are closed, and who looks whether one is open again. Thread-safe; no method blocks.
 *
 * <p>What couldn't be sent is sent with the next contact, if it still holds.
 */
public final class Closings implements Contact.Member {

    private final CoordinationCommands commands;
    private final Contact contact;
    private final Tokens tokens;
    private final Services services;
    private final CorruptValue corrupt;

    // Guarded by this.
    private final Map<Scope, UnsentNotice> unsent = new LinkedHashMap<>();
    private @Nullable CoordinationListener listener;
    private CompletableFuture<Void> heardLast = CompletableFuture.completedFuture(null);
    private boolean missed;

    public Closings(
            CoordinationCommands commands, Contact contact, Tokens tokens, Services services, CorruptValue corrupt) {
        this.corrupt = corrupt;
        this.commands = commands;
        this.contact = contact;
        this.tokens = tokens;
        this.services = services;
    }

    /** News that others don't have yet: that a scope is closed or, without a closing, that it is open. */
    private record UnsentNotice(Scope scope, @Nullable ScopeClosing closing, long atNanos) {}

    /** Says whether this process is to look whether a scope is open; yes if nobody can be asked. */
    public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
        return contact.tried()
                .thenCompose(tried -> contact.isUp()
                        ? contact.heed(commands.claimProbe(scope, tokens.process(), lease))
                                .exceptionally(failure -> true)
                        : CompletableFuture.completedFuture(true));
    }

    public void closed(ScopeClosing closing) {
        tell(new UnsentNotice(closing.scope(), closing, services.nanoTime()));
    }

    public void reopened(Scope scope) {
        tell(new UnsentNotice(scope, null, services.nanoTime()));
    }

    private synchronized void tell(UnsentNotice news) {
        unsent.put(news.scope(), news);
        if (contact.isUp()) {
            send(news);
        }
    }

    /** Guarded by this, so that news keep their order. */
    private void send(UnsentNotice news) {
        send(news, services.nanoTime())
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure == null) {
                                sent(news);
                            } else if (contact.isUp()) {
                                contact.lost(failure);
                            }
                        },
                        services.executor());
    }

    private CompletionStage<Void> send(UnsentNotice news, long nowNanos) {
        ScopeClosing closing = news.closing();
        if (closing == null) {
            return commands.reopen(
                    news.scope(),
                    Notice.reopened(tokens.process(), news.scope()).text());
        }
        Duration remaining = closing.remaining().minusNanos(nowNanos - news.atNanos());
        if (remaining.isNegative() || remaining.isZero()) {
            return CompletableFuture.completedFuture(null);
        }
        ScopeClosing now = new ScopeClosing(closing.scope(), remaining, closing.endKnown(), closing.reason());
        return commands.close(
                news.scope(), remaining, Notice.closed(tokens.process(), now).text());
    }

    private synchronized void sent(UnsentNotice news) {
        unsent.remove(news.scope(), news);
    }

    /** A notice of another process has come. */
    public void hear(Notice notice) {
        switch (notice.kind()) {
            case CLOSED -> pass(hearer -> hearer.closed(notice.closing()));
            case REOPENED -> pass(hearer -> hearer.reopened(notice.scope()));
            case UNCLAIMED -> {}
        }
    }

    /** The listener hears one thing at a time, in order. */
    public synchronized void pass(Consumer<CoordinationListener> news) {
        CoordinationListener hearer = listener;
        if (hearer != null) {
            heardLast = heardLast
                    .thenRunAsync(() -> news.accept(hearer), services.executor())
                    .exceptionally(this::unheard);
        }
    }

    private @Nullable Void unheard(Throwable failure) {
        if (!(Cause.of(failure) instanceof RejectedExecutionException)) {
            services.logger("cache.redis").error("a notice from another process couldn't be processed", failure);
        } // Else the services have ended, and with them everything that could hear.
        return null;
    }

    /** Sets who hears, also of what holds already. */
    public void listen(CoordinationListener hearer) {
        synchronized (this) {
            listener = hearer;
        }
        read();
    }

    public void read() {
        commands.closings().whenCompleteAsync(this::heard, services.executor());
    }

    private void heard(@Nullable List<CoordinationCommands.KeptNotice> kept, @Nullable Throwable failure) {
        if (kept == null) {
            synchronized (this) {
                missed = true;
            }
            return;
        }
        for (CoordinationCommands.KeptNotice each : kept) {
            Notice.read(each.text(), corrupt)
                    .filter(notice -> !notice.process().equals(tokens.process()))
                    .ifPresent(notice -> hear(notice, each.remaining()));
        }
    }

    /**
     * A closing holds for what remains of it, never longer than was reported; a reopening is kept for those that missed
     * it.
     */
    private void hear(Notice kept, Duration remaining) {
        if (kept.kind() == Notice.Kind.CLOSED) {
            ScopeClosing sent = kept.closing();
            Duration rest = remaining.compareTo(sent.remaining()) < 0 ? remaining : sent.remaining();
            ScopeClosing now = new ScopeClosing(sent.scope(), rest, sent.endKnown(), sent.reason());
            pass(hearer -> hearer.closed(now));
        } else {
            hear(kept);
        }
    }

    @Override
    public CompletionStage<Void> met() {
        boolean unread;
        synchronized (this) {
            List.copyOf(unsent.values()).forEach(this::send);
            unread = missed;
            missed = false;
        }
        if (unread) {
            read();
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized void lost() {
        missed = true;
    }

    /** Nothing is heard any more. */
    public synchronized void close() {
        listener = null;
        unsent.clear();
    }
}
