package dev.whippletree.planner;

import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The questions of the interviews, or the prompts of a file or a trace. Immutable.
 *
 * @param questions the number of questions each interview asks in sequence, 1 or more
 * @param repeat the share of all prompts that repeat another one, 0 to 1, the same at every size; ignored if there is a
 *     bank
 * @param distinct the size of a fixed bank of questions, 1 or more, from which each interview draws: the hit rate then
 *     rises with the number of interviews; absent: {@code repeat} applies
 * @param promptTokens the tokens of each prompt, 40 to 100,000; 1 to 2,000,000 if there are {@code prompts}
 * @param answerTokens the tokens of each answer, 40 to 100,000; 15 or more if there are {@code prompts}
 * @param maxTokens the bound on an answer that is sent with the prompt, at least {@code answerTokens}: Groq counts it
 *     in full; absent: none is sent, and Groq counts 1,024 tokens, or the answer if that is longer
 * @param interview how long an interview takes if no prompt has to wait, stretched by pauses between the questions;
 *     absent: no pauses
 * @param over the time over which the interviews start evenly; zero: all at the same moment
 * @param prompts what is asked, prompt by prompt; {@code questions}, {@code repeat} and {@code promptTokens} are its
 *     figures then; absent: questions are drawn
 */
public record Workload(
        int questions,
        double repeat,
        OptionalInt distinct,
        int promptTokens,
        int answerTokens,
        OptionalInt maxTokens,
        Optional<Duration> interview,
        Duration over,
        Optional<PromptList> prompts) {

    /** 17 questions, four in five of which others ask too, 300 tokens answered by 200, no pauses, all at once. */
    public static final Workload STANDARD = new Workload(
            17,
            0.8,
            OptionalInt.empty(),
            300,
            200,
            OptionalInt.empty(),
            Optional.empty(),
            Duration.ZERO,
            Optional.empty());

    private static final int LEAST_TOKENS = 40;
    private static final int MOST_TOKENS = 100_000;

    /** How many tokens the shortest emulated answer has, about. */
    static final int LEAST_ANSWER = 15;

    static final int MOST_QUESTIONS = 10_000;

    public Workload {
        if (questions < 1 || questions > MOST_QUESTIONS) {
            throw new IllegalArgumentException(
                    "an interview must have 1 to " + MOST_QUESTIONS + " questions, not " + questions);
        }
        if (!(repeat >= 0 && repeat <= 1)) {
            throw new IllegalArgumentException(
                    "the share of repeated prompts must be 0 % to 100 %, not " + Math.round(repeat * 100) + " %");
        }
        if (prompts.isPresent()) {
            checkTokens("prompt", promptTokens, 1, PromptList.MOST_TOKENS);
            checkTokens("answer", answerTokens, LEAST_ANSWER, MOST_TOKENS);
        } else {
            checkTokens("prompt", promptTokens, LEAST_TOKENS, MOST_TOKENS);
            checkTokens("answer", answerTokens, LEAST_TOKENS, MOST_TOKENS);
        }
        if (distinct.isPresent() && distinct.getAsInt() < 1) {
            throw new IllegalArgumentException("a bank must have 1 or more questions, not " + distinct.getAsInt());
        }
        if (maxTokens.isPresent() && maxTokens.getAsInt() < answerTokens) {
            throw new IllegalArgumentException("answers of " + answerTokens + " tokens don't fit a bound of "
                    + maxTokens.getAsInt() + "; raise the bound or shorten the answers");
        }
        if (interview.filter(time -> time.isNegative() || time.isZero()).isPresent()) {
            throw new IllegalArgumentException(
                    "an interview's duration must be positive, not " + Phrases.time(interview.get()));
        }
        if (over.isNegative()) {
            throw new IllegalArgumentException("interviews can't start within a negative time: " + Phrases.time(over));
        }
    }

    private static void checkTokens(String what, int tokens, int least, int most) {
        if (tokens < least || tokens > most) {
            throw new IllegalArgumentException(
                    "a plan's " + what + " must have " + least + " to " + most + " tokens, not " + tokens);
        }
    }

    /**
     * Returns what a size counts: interviews; of a file, conversations, or prompts if none of them follow each other.
     * In the singular.
     */
    public String unit() {
        return prompts.isEmpty() ? "interview" : questions == 1 ? "prompt" : "conversation";
    }

    /** Returns whether prompts come at the times of a trace. */
    boolean isTraced() {
        return prompts.flatMap(PromptList::start).isPresent();
    }

    /** Returns the word for several of them as it begins a sentence, such as {@code Prompts}. */
    public String units() {
        return unit().substring(0, 1).toUpperCase(Locale.ROOT) + unit().substring(1) + "s";
    }

    /** Returns what Groq counts for an answer, on average where prompts have bounds of their own. */
    public int bound() {
        int usual = usualBound();
        return prompts.map(list -> list.meanBound(usual)).orElse(usual);
    }

    /** Returns what Groq counts for the answers to prompts that have no bound of their own. */
    int usualBound() {
        return maxTokens.orElse(Math.max(answerTokens, ServiceSettingsBuilder.ASSUMED_MAX_TOKENS));
    }

    /** Returns the tokens of an answer, on average where prompts have bounds of their own. */
    int answered() {
        return prompts.map(list -> list.meanAnswer(answerTokens)).orElse(answerTokens);
    }

    /** Returns the same with a file's prompts, which also say how many repeat another one and how long they are. */
    public Workload withPrompts(PromptList prompts) {
        return new Workload(
                prompts.longest(),
                prompts.repeat(),
                OptionalInt.empty(),
                prompts.meanTokens(),
                answerTokens,
                maxTokens,
                interview,
                over,
                Optional.of(prompts));
    }

    public Workload withQuestions(int questions) {
        return new Workload(
                questions, repeat, distinct, promptTokens, answerTokens, maxTokens, interview, over, prompts);
    }

    /** Returns the same with another share of repeated prompts, 0 to 1, and no bank. */
    public Workload withRepeat(double repeat) {
        return repeating(repeat, OptionalInt.empty());
    }

    public Workload withDistinct(int distinct) {
        return repeating(repeat, OptionalInt.of(distinct));
    }

    private Workload repeating(double repeat, OptionalInt distinct) {
        return new Workload(
                questions, repeat, distinct, promptTokens, answerTokens, maxTokens, interview, over, prompts);
    }

    /** Returns the same with prompts and answers of other sizes, and no bound on answers. */
    public Workload withTokens(int promptTokens, int answerTokens) {
        return sized(promptTokens, answerTokens, OptionalInt.empty());
    }

    public Workload withMaxTokens(int maxTokens) {
        return sized(promptTokens, answerTokens, OptionalInt.of(maxTokens));
    }

    private Workload sized(int promptTokens, int answerTokens, OptionalInt maxTokens) {
        return new Workload(
                questions, repeat, distinct, promptTokens, answerTokens, maxTokens, interview, over, prompts);
    }

    public Workload withInterview(Duration interview) {
        return lasting(Optional.of(interview), over);
    }

    public Workload withOver(Duration over) {
        return lasting(interview, over);
    }

    private Workload lasting(Optional<Duration> interview, Duration over) {
        return new Workload(
                questions, repeat, distinct, promptTokens, answerTokens, maxTokens, interview, over, prompts);
    }
}
