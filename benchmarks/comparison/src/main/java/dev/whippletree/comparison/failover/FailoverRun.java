package dev.whippletree.comparison.failover;

import java.util.List;

/**
 * What the caller and the service saw of a scenario. Immutable.
 *
 * @param fallback whether there is a fallback; rules about it don't concern others
 * @param replies in the order of the requests
 * @param firstChoice the calls of the model of first choice, in their order
 * @param fallbackCalls how many calls the fallback got
 * @param prefillRefusals how many of them it refused because they ended with an assistant's message
 * @param alive whether a request of another model was answered afterwards
 */
public record FailoverRun(
        boolean fallback,
        List<Reply> replies,
        List<Attempt> firstChoice,
        long fallbackCalls,
        long prefillRefusals,
        boolean alive) {

    public FailoverRun {
        replies = List.copyOf(replies);
        firstChoice = List.copyOf(firstChoice);
    }

    public FailoverRun andAfterwards(boolean answered) {
        return new FailoverRun(fallback, replies, firstChoice, fallbackCalls, prefillRefusals, answered);
    }

    Reply reply() {
        return replies.get(0);
    }

    public double seconds() {
        return replies.stream().mapToDouble(Reply::seconds).max().orElse(0);
    }

    /** Returns the calls of the model of first choice. */
    int calls() {
        return firstChoice.size();
    }

    /** Returns those within a time since the first. */
    long callsWithin(double seconds) {
        return firstChoice.stream()
                .filter(each -> each.atSeconds() - firstChoice.get(0).atSeconds() < seconds)
                .count();
    }

    /** Returns the time between the first two calls; 0 if there was no second. */
    double pause() {
        return calls() < 2
                ? 0
                : firstChoice.get(1).atSeconds() - firstChoice.get(0).atSeconds();
    }

    /** Returns whether all requests were answered that were sent before a time. */
    boolean answeredUntil(double seconds) {
        return replies.stream()
                .filter(reply -> reply.sentSeconds() < seconds)
                .allMatch(reply -> reply.ending() == Reply.Ending.ANSWERED);
    }

    /** Returns whether the model of first choice has answered a call by a time. */
    boolean firstChoiceAnsweredBy(double seconds) {
        return firstChoice.stream().anyMatch(each -> each.answered() && each.atSeconds() <= seconds);
    }
}
