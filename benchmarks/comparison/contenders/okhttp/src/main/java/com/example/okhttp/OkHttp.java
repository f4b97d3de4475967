package com.example.okhttp;

import dev.whippletree.comparison.contender.Account;
import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

/** OkHttp and nothing else: each question is one call, on the accounts in turn. */
public final class OkHttp implements Contender {

    private final AtomicInteger turn = new AtomicInteger();
    private List<Account> accounts = List.of();
    private OpenAiCalls calls = new OpenAiCalls(new OkHttpClient(), 0);

    @Override
    public void start(Services services) {
        accounts = services.accounts();
        // configuration
        OkHttpClient client = new OkHttpClient.Builder()
                .readTimeout(services.patience())
                .connectionPool(new ConnectionPool(services.callers(), 5, TimeUnit.MINUTES))
                .retryOnConnectionFailure(false)
                .build();
        // end
        calls = new OpenAiCalls(client, services.maxTokens());
    }

    private Account next() {
        return accounts.get(Math.floorMod(turn.getAndIncrement(), accounts.size()));
    }

    @Override
    public String answer(Question question) throws Exception {
        Account account = next();
        return calls.answer(account.url(), account.token(), question);
    }

    @Override
    public String stream(Question question) throws Exception {
        Account account = next();
        return calls.stream(account.url(), account.token(), question);
    }
}
