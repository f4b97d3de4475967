package com.example.whippletree;

import dev.whippletree.Whippletree;
import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import dev.whippletree.comparison.contender.WhippletreeFile;
import dev.whippletree.model.Prompt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Whippletree in the program, configured by its file. */
public final class WhippletreeLibrary implements Contender {

    private Whippletree whippletree;

    @Override
    public void start(Services services) throws Exception {
        whippletree = Whippletree.open(WhippletreeFile.write(services));
    }

    private static Prompt prompt(Question question) {
        return Prompt.builder()
                .user(question.text())
                .tenant(question.tenant())
                .session(question.session())
                .build();
    }

    @Override
    public String answer(Question question) throws Exception {
        return whippletree.complete(prompt(question)).get().text();
    }

    @Override
    public String stream(Question question) throws Exception {
        Collecting collecting = new Collecting();
        whippletree.stream(prompt(question)).subscribe(collecting);
        return collecting.whole.get();
    }

    @Override
    public void close() {
        whippletree.close();
    }

    /** Collects a stream. */
    private static final class Collecting implements Flow.Subscriber<dev.whippletree.model.Delta> {

        private final CompletableFuture<String> whole = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(dev.whippletree.model.Delta delta) {
            if (delta instanceof dev.whippletree.model.Delta.Text piece) {
                text.append(piece.text());
            }
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            whole.complete(text.toString());
        }
    }
}
