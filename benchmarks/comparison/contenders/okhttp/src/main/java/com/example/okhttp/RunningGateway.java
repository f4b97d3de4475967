package com.example.okhttp;

import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.util.List;

/** A gateway that somebody has started, with the accounts in its configuration. */
public final class RunningGateway extends Gateway {

    @Override
    public void start(Services services) {
        use(System.getProperty("comparison.url"), services.maxTokens());
    }

    /** Gateways differ in how they name models: the property has {@code %s} for the name of the accounts. */
    private static Question named(Question question) {
        String model = System.getProperty("comparison.model").formatted(question.model());
        return new Question(question.text(), model, question.tenant(), question.session());
    }

    @Override
    public String answer(Question question) throws Exception {
        return super.answer(named(question));
    }

    @Override
    public String stream(Question question) throws Exception {
        return super.stream(named(question));
    }

    @Override
    List<String> command(Services services, int port) {
        throw new UnsupportedOperationException("it runs already");
    }

    @Override
    public void close() {}
}
