package dev.whippletree.stress.interviews;

import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Counts while the interviews run. Thread-safe. */
final class Scoreboard {

    private static final int ERRORS_KEPT = 5;

    private final InterviewPlan plan;
    private final Timeline timeline;
    private long startNanos;
    private final List<Duration> interviewTimes = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private int answered;
    private int failed;
    private int wrong;

    Scoreboard(InterviewPlan plan, Timeline timeline) {
        this.plan = plan;
        this.timeline = timeline;
        this.startNanos = timeline.nanoTime();
    }

    /** All times are counted from here. */
    synchronized void start() {
        startNanos = timeline.nanoTime();
    }

    synchronized long elapsedNanos() {
        return timeline.nanoTime() - startNanos;
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
     * @param afterNanos how long after all others it started
     * @return whether it was the last that was under way
     */
    synchronized boolean interviewEnded(long afterNanos) {
        interviewTimes.add(Duration.ofNanos(elapsedNanos() - afterNanos));
        return interviewTimes.size() == plan.settings().interviews();
    }

    synchronized InterviewResults results() {
        return new InterviewResults(
                plan.prompts(), answered, failed, wrong, Duration.ofNanos(elapsedNanos()), interviewTimes, errors);
    }

    private void note(String error) {
        if (errors.size() < ERRORS_KEPT) {
            errors.add(error);
        }
    }
}
