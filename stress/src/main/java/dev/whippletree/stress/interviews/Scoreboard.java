package dev.whippletree.stress.interviews;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Counts while the interviews run. Thread-safe. */
final class Scoreboard {

    private static final int ERRORS_KEPT = 5;

    private final int prompts;
    private final int interviews;
    private boolean started;
    private long startNanos;
    private final List<Duration> interviewTimes = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private int answered;
    private int failed;
    private int wrong;
    private int interviewsDone;

    Scoreboard(int prompts, int interviews) {
        this.prompts = prompts;
        this.interviews = interviews;
    }

    /** All times are counted from here. */
    synchronized void start(long nowNanos) {
        started = true;
        startNanos = nowNanos;
    }

    synchronized void answered() {
        answered++;
    }

    synchronized void answeredWrong(String what) {
        answered++;
        wrong++;
        note(what);
    }

    synchronized void failed(String why) {
        failed++;
        note(why);
    }

    /**
     * An interview has asked all its questions.
     *
     * @param nowNanos when it ended, had it started when all did
     * @return whether it was the last that was under way
     */
    synchronized boolean interviewEnded(long nowNanos) {
        interviewTimes.add(Duration.ofNanos(nowNanos - startNanos));
        return ++interviewsDone == interviews;
    }

    synchronized Progress progress(long nowNanos) {
        return new Progress(prompts, answered, failed, interviewsDone, elapsed(nowNanos));
    }

    synchronized InterviewResults results(long nowNanos) {
        return new InterviewResults(prompts, answered, failed, wrong, elapsed(nowNanos), interviewTimes, errors);
    }

    private Duration elapsed(long nowNanos) {
        return started ? Duration.ofNanos(nowNanos - startNanos) : Duration.ZERO;
    }

    private void note(String error) {
        if (errors.size() < ERRORS_KEPT) {
            errors.add(error);
        }
    }
}
