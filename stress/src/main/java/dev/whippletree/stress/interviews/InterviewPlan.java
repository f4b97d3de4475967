package dev.whippletree.stress.interviews;

import dev.whippletree.emulator.model.Dice;
import dev.whippletree.model.Prompt;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import java.util.random.RandomGenerator;

/**
 * Who asks what. Immutable; the same settings give the same plan.
 *
 * <p>Like real interviews, all go through the same stages: the distinct questions are divided among the stages as
 * evenly as possible, and each interview draws one question of each stage. Every distinct question is asked at least
 * once. Because no interview reaches a stage before the first answer of the stage before, none can end sooner than
 * {@code questions} answers in sequence take, however many of its own answers come from a cache.
 */
public final class InterviewPlan {

    private static final String INSTRUCTIONS =
            "You are a candidate in a job interview. Answer in two or three sentences.";

    private final Interviews settings;
    private final int[][] questions;
    private final IntFunction<Prompt.Builder> wording;
    private final ObjIntConsumer<Prompt.Builder> asker;

    /** As the questions are; empty: each is asked as soon as it can be. */
    private final long[][] times;

    private InterviewPlan(
            Interviews settings,
            int[][] questions,
            IntFunction<Prompt.Builder> wording,
            ObjIntConsumer<Prompt.Builder> asker,
            long[][] times) {
        this.settings = settings;
        this.questions = questions;
        this.wording = wording;
        this.asker = asker;
        this.times = times;
    }

    private InterviewPlan(Interviews settings, int[][] questions, IntFunction<Prompt.Builder> wording) {
        this(
                settings,
                questions,
                wording,
                (prompt, interview) -> prompt.session("interview-" + (interview + 1)),
                new long[0][]);
    }

    public static InterviewPlan of(Interviews settings) {
        return of(settings, settings.distinct(), true);
    }

    /**
     * Makes a plan whose questions are drawn from a fixed bank, which is divided among the stages as the distinct
     * questions are otherwise. Of a large bank, few interviews leave much unasked, so that they share less; the
     * settings' share of repeated prompts is left aside.
     *
     * @param bank how many questions there are to draw from, 1 or more
     */
    public static InterviewPlan ofBank(Interviews settings, int bank) {
        return of(settings, bank, false);
    }

    /**
     * Makes the plan of given questions, of which there may be more in one interview than in another.
     *
     * @param settings the number of interviews and their pauses
     * @param questions the numbers of the questions that each interview asks, in order
     */
    public static InterviewPlan ofQuestions(Interviews settings, int[][] questions) {
        if (questions.length != settings.interviews()) {
            throw new IllegalArgumentException(
                    "there are " + settings.interviews() + " interviews, but questions of " + questions.length);
        }
        return new InterviewPlan(settings, questions.clone(), InterviewPlan::worded);
    }

    private static InterviewPlan of(Interviews settings, int bank, boolean asksAll) {
        RandomGenerator random = new Dice(settings.seed());
        int[] numbers = new int[bank];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        shuffle(numbers, random);
        int[][] questions = new int[settings.interviews()][settings.questions()];
        for (int stage = 0; stage < settings.questions(); stage++) {
            int[] pool = pool(numbers, stage, settings.questions());
            int[] asked = asked(pool, settings.interviews(), random, asksAll);
            for (int interview = 0; interview < asked.length; interview++) {
                questions[interview][stage] = asked[interview];
            }
        }
        return new InterviewPlan(settings, questions, InterviewPlan::worded);
    }

    /**
     * Returns the same plan in other words.
     *
     * @param wording the messages of a question by its number, 0 or more; different numbers have different messages
     */
    public InterviewPlan withWording(IntFunction<Prompt.Builder> wording) {
        return new InterviewPlan(settings, questions, wording, asker, times);
    }

    /**
     * Returns the same plan at given times: a question is asked at its time, but not before the one before it in its
     * interview is answered.
     *
     * @param times of each interview's questions, in nanoseconds after the start
     * @param asker sets whose a prompt is, by the number of its interview, from 0
     */
    public InterviewPlan withTimes(long[][] times, ObjIntConsumer<Prompt.Builder> asker) {
        return new InterviewPlan(settings, questions, wording, asker, times.clone());
    }

    /** Returns when a question is asked at the earliest, in nanoseconds after the start. */
    long earliestNanos(int interview, int question) {
        return times.length == 0 ? 0 : times[interview][question];
    }

    public int distinct() {
        return (int)
                Arrays.stream(questions).flatMapToInt(Arrays::stream).distinct().count();
    }

    int questions(int interview) {
        return questions[interview].length;
    }

    public int prompts() {
        return Arrays.stream(questions).mapToInt(asked -> asked.length).sum();
    }

    public Interviews settings() {
        return settings;
    }

    /** Returns a prompt, by the numbers of its interview and of its question in it, from 0. */
    public Prompt prompt(int interview, int question) {
        Prompt.Builder prompt = wording.apply(questions[interview][question]);
        asker.accept(prompt, interview);
        return prompt.build();
    }

    private static Prompt.Builder worded(int question) {
        return Prompt.builder().system(INSTRUCTIONS).user(QuestionBank.question(question));
    }

    /**
     * Returns the questions of a stage: its even share of all, or one of them where there are fewer questions than
     * stages.
     */
    private static int[] pool(int[] numbers, int stage, int stages) {
        int pools = Math.min(stages, numbers.length);
        int pool = stage % pools;
        int from = (int) ((long) numbers.length * pool / pools);
        int to = (int) ((long) numbers.length * (pool + 1) / pools);
        return Arrays.copyOfRange(numbers, from, to);
    }

    /**
     * Returns what each interview asks: whatever is drawn.
     *
     * @param asksAll whether everything in the pool is asked once before that
     */
    private static int[] asked(int[] pool, int interviews, RandomGenerator random, boolean asksAll) {
        int certain = asksAll ? pool.length : 0;
        int[] asked = new int[interviews];
        for (int i = 0; i < interviews; i++) {
            asked[i] = pool[i < certain ? i : random.nextInt(pool.length)];
        }
        if (asksAll) {
            shuffle(asked, random);
        }
        return asked;
    }

    private static void shuffle(int[] values, RandomGenerator random) {
        for (int i = values.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int value = values[i];
            values[i] = values[other];
            values[other] = value;
        }
    }
}
