package dev.whippletree.metrics;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.testkit.cache.MapCache;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A Whippletree in virtual time over a scripted service, with one cache. */
final class Pool {

    static final String MODEL = "llama";
    static final String TOKEN = "sk-secret";

    final VirtualTimeline timeline;
    final ScriptedProvider service;
    private @Nullable Whippletree whippletree;

    Pool() {
        this(new VirtualTimeline(7));
    }

    Pool(VirtualTimeline timeline) {
        this.timeline = timeline;
        this.service = new ScriptedProvider(timeline);
    }

    /** Opens it with an account {@code a} of 100 requests an hour. */
    Pool open(EngineListener... listeners) {
        return open(List.of(account("a", "100 / 1h")), listeners);
    }

    Pool open(List<AccountSettings> accounts, EngineListener... listeners) {
        Whippletree.Builder builder = Whippletree.builder()
                .timeline(timeline)
                .provider(service)
                .cache(new MapCache())
                .cache(MapCache.NAME)
                .model(MODEL);
        accounts.forEach(builder::account);
        for (EngineListener listener : listeners) {
            builder.listener(listener);
        }
        whippletree = builder.build();
        return this;
    }

    /** Goes on with other accounts. */
    void reload(List<AccountSettings> accounts) {
        Configuration now = whippletree().configuration();
        RouteSettings route = RouteSettings.of(
                "default",
                List.of(new RouteSettings.Tier(accounts.stream()
                        .map(account -> new RouteSettings.TargetSettings(account.id(), MODEL))
                        .toList())));
        whippletree().reload(new Configuration(accounts, List.of(route), now.caches(), now.engine(), List.of()));
    }

    static AccountSettings account(String id, String... limits) {
        AccountSettings.Builder builder = AccountSettings.builder(id, ScriptedProvider.NAME)
                .token(TOKEN + "-of-" + id)
                .organization("acme")
                .maxConcurrency(8);
        List.of(limits).forEach(builder::limit);
        return builder.build();
    }

    Whippletree whippletree() {
        if (whippletree == null) {
            throw new IllegalStateException("open it first");
        }
        return whippletree;
    }

    CompletableFuture<Completion> ask(String text) {
        return whippletree().complete(Prompt.of(text));
    }

    /** Reads an answer while it comes. */
    void stream(Prompt prompt) {
        whippletree().stream(prompt).subscribe(new Flow.Subscriber<>() {

            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Delta delta) {}

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
        });
    }

    void advance(Duration ahead) {
        timeline.advance(ahead);
    }
}
