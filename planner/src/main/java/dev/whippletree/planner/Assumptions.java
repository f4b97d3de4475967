package dev.whippletree.planner;

import dev.whippletree.emulator.model.Latency;
import dev.whippletree.terminal.board.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Lists a plan's assumptions as sentences. Stateless. */
final class Assumptions {

    private Assumptions() {}

    static List<String> of(PlanRequest request) {
        Workload workload = request.workload();
        List<String> sentences = new ArrayList<>();
        sentences.add(repetition(workload));
        sentences.add(
                workload.isTraced()
                        ? "Each prompt comes when it came; one of a session also waits for an answer that it had when it "
                                + "came. Clients have equal weights."
                        : starts(workload) + thinking(request));
        sentences.add("Answers take " + latency(request.latency()) + ", prompts have "
                + (workload.prompts().isPresent()
                        ? "the lengths of the " + source(workload) + ", in calls on average "
                        : "")
                + Words.count(workload.promptTokens()) + " tokens and answers "
                + Words.count(workload.answerTokens())
                + (request.pool().countsMaximum()
                        ? "; Groq counts " + Words.count(workload.bound())
                                + " for each, its max_tokens or what it is taken to assume without one."
                        : "."));
        sentences.add("Limits are unused at the start, nothing fails"
                + (request.pool().cached() ? ", and caches answer at once" : "")
                + "; a prompt without an answer after " + Phrases.time(request.horizon())
                + " counts as unanswered.");
        if (!request.pool().cached()) {
            sentences.add("The configuration has no cache: only equal prompts that wait or are in flight together share"
                    + " a call.");
        }
        request.pool()
                .route()
                .deadline()
                .ifPresent(deadline -> sentences.add("A prompt fails after " + Phrases.time(deadline)
                        + ", the deadline of route " + request.pool().route().name()
                        + ", or at once if it can't be answered by then."));
        double reserve = request.pool().route().leave();
        if (reserve > 0) {
            sentences.add("The prompts are batch prompts, which leave " + Phrases.percent(reserve)
                    + " of each limit to others. No other program uses the accounts.");
        }
        sentences.addAll(counting(request));
        sentences.addAll(credits(request));
        sentences.addAll(request.pool().notes());
        return sentences;
    }

    private static String latency(Latency latency) {
        String mean = Phrases.time(latency.mean());
        if (latency.spread() == 0) {
            return mean + " each time";
        }
        return switch (latency.shape()) {
            case CONSTANT -> mean;
            case UNIFORM -> mean + ", give or take " + Phrases.percent(latency.spread());
            case LOGNORMAL -> mean + " on average, sometimes much longer";
        };
    }

    private static String repetition(Workload workload) {
        if (workload.prompts().isPresent()) {
            return "The prompts are the " + source(workload) + "'s: " + Phrases.percent(workload.repeat())
                    + " of them repeat another one.";
        }
        return workload.distinct().isPresent()
                ? "Questions are drawn from a fixed bank of "
                        + Words.count(workload.distinct().getAsInt())
                        + ", so the hit rate rises with the number of interviews."
                : Phrases.percent(workload.repeat())
                        + " of all prompts repeat another one, at every size: twice the interviews ask twice the distinct questions.";
    }

    private static String source(Workload workload) {
        return workload.isTraced() ? "trace" : "file";
    }

    private static String starts(Workload workload) {
        return workload.over().isZero()
                ? "All " + workload.unit() + "s start at the same moment"
                : workload.units() + " start evenly over " + Phrases.time(workload.over());
    }

    private static String thinking(PlanRequest request) {
        if (request.workload().unit().equals("prompt")) {
            return ".";
        }
        if (request.workload().interview().isEmpty()) {
            return ", without a pause between an answer and the next question.";
        }
        Duration think = new Questions(request, 1).think();
        return think.isZero()
                ? ", without a pause between questions, because the answers alone take as long as an interview should."
                : ", with a pause of " + Phrases.time(think)
                        + " between an answer and the next question, so an interview takes "
                        + Phrases.time(request.workload().interview().get()) + " if no prompt has to wait.";
    }

    private static Set<String> counting(PlanRequest request) {
        Set<String> sentences = new LinkedHashSet<>();
        for (AccountGroup group : request.pool().groups()) {
            if (!group.isUnknown()) {
                sentences.add(
                        switch (CountedLimit.kind(group.service())) {
                            case GROQ ->
                                "Groq's limits of a minute refill gradually, by the headers and refusals that others "
                                        + "recorded. How its longer limits are counted isn't known: the plan supposes "
                                        + "by the window. Where that is too little, it supposes also that the day's "
                                        + "requests refill. The engine keeps what is declared of the others in each "
                                        + "window, because Groq's headers don't report them.";
                            case HUGGING_FACE ->
                                "How Hugging Face counts isn't known, and it reports nothing: the plan supposes "
                                        + "sliding windows, the most cautious guess.";
                            case OPENAI ->
                                "How " + group.service() + " counts isn't known: the plan supposes by the window. The "
                                        + "engine keeps what is declared in each window, however it is counted.";
                        });
            }
        }
        return sentences;
    }

    private static Set<String> credits(PlanRequest request) {
        Set<String> sentences = new LinkedHashSet<>();
        for (AccountGroup group : request.pool().groups()) {
            group.credit()
                    .filter(credit -> new Allowance(request).missingPrice(group).isEmpty())
                    .ifPresent(credit -> sentences.add(
                            "The credit of " + credit + " is unspent at the start and isn't renewed during the plan."));
        }
        return sentences;
    }
}
