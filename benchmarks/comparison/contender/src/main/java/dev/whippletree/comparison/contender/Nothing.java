package dev.whippletree.comparison.contender;

/** Answers at once and asks nobody: shows what callers themselves cost. */
public final class Nothing implements Contender {

    @Override
    public void start(Services services) {}

    @Override
    public String answer(Question question) {
        return question.text();
    }

    @Override
    public String stream(Question question) {
        return question.text();
    }
}
