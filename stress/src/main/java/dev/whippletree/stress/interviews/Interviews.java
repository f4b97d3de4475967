package dev.whippletree.stress.interviews;

import java.time.Duration;

/**
 * The number of interviews and their questions. Immutable.
 *
 * @param interviews how many start at the same moment, 1 or more
 * @param questions how many each asks in sequence, 1 or more
 * @param repeat the share of all prompts that repeat another, 0 to 1
 * @param seed the seed that decides who asks what
 * @param think how long each pauses between an answer and its next question, zero or more
 */
public record Interviews(int interviews, int questions, double repeat, long seed, Duration think) {

    /** 500 interviews of 17 questions, four in five of which others ask too, without a pause. */
    public static final Interviews STANDARD = new Interviews(500, 17, 0.8, 1, Duration.ZERO);

    public Interviews {
        if (interviews < 1 || questions < 1) {
            throw new IllegalArgumentException(
                    "there are 1 or more interviews and questions, not " + interviews + " and " + questions);
        }
        if ((long) interviews * questions > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("too many prompts to plan: " + (long) interviews * questions);
        }
        if (!(repeat >= 0 && repeat <= 1)) {
            throw new IllegalArgumentException("the share of repeated prompts is 0 to 1, not " + repeat);
        }
        if (think.isNegative()) {
            throw new IllegalArgumentException("a pause can't be negative: " + think);
        }
    }

    public int prompts() {
        return interviews * questions;
    }

    /** Returns how many of them are distinct: exactly this many, at least one. */
    public int distinct() {
        return (int) Math.max(1, Math.round(prompts() * (1 - repeat)));
    }

    /** Returns how long one of them takes, if each answer takes so long. */
    public Duration lasting(Duration answer) {
        return answer.multipliedBy(questions).plus(think.multipliedBy(questions - 1L));
    }

    public Interviews withInterviews(int interviews) {
        return new Interviews(interviews, questions, repeat, seed, think);
    }

    public Interviews withQuestions(int questions) {
        return new Interviews(interviews, questions, repeat, seed, think);
    }

    public Interviews withRepeat(double repeat) {
        return new Interviews(interviews, questions, repeat, seed, think);
    }

    public Interviews withSeed(long seed) {
        return new Interviews(interviews, questions, repeat, seed, think);
    }

    public Interviews withThink(Duration think) {
        return new Interviews(interviews, questions, repeat, seed, think);
    }
}
