package dev.whippletree.comparison;

import java.util.ArrayList;
import java.util.List;

/**
 * What a contender adds to calls of a service that answers at once. Immutable.
 *
 * @param about the contender
 * @param gateway whether it is a process of its own
 * @param warmUp how long it took to get warm
 * @param rounds the measurements, of one process or of several
 * @param times how often they were made: only the last time counts
 */
record Overhead(Results.About about, boolean gateway, WarmUp warmUp, List<Round> rounds, int times) {

    Overhead {
        rounds = List.copyOf(rounds);
    }

    Overhead(Results.About about, boolean gateway, WarmUp warmUp, List<Round> rounds) {
        this(about, gateway, warmUp, rounds, 1);
    }

    /** Returns it without its rounds, to be measured again. */
    Overhead again() {
        return rounds.isEmpty() ? this : new Overhead(about, gateway, warmUp, List.of(), times + 1);
    }

    String contender() {
        return about.name();
    }

    Overhead with(Round round) {
        List<Round> all = new ArrayList<>(rounds);
        all.add(round);
        return new Overhead(about, gateway, warmUp, all, times);
    }

    /**
     * Calls a second from 32 callers after the start of the process.
     *
     * @param startSeconds until it took the first call
     * @param seconds how long it was warmed up; less than the most that is allowed, if its rate became flat
     * @param firstRate calls a second in the first 10 s
     * @param thirdRate those from the 20th to the 30th second
     * @param lastRate those in the last 10 s
     */
    record WarmUp(double startSeconds, double seconds, double firstRate, double thirdRate, double lastRate) {}

    /**
     * All loads, one after the other.
     *
     * @param one one caller
     * @param many 32 callers
     * @param crowd 500 callers
     * @param streams 32 callers of streams
     * @param megabytes the memory of the contender's processes in the end; for a library that of the caller's process
     * @param elsewhere the share of the machine's processor time that went to other processes than contender, callers
     *     and service
     */
    record Round(
            Results.Origin origin,
            Calls one,
            Calls many,
            Calls crowd,
            Calls streams,
            double megabytes,
            double elsewhere) {}

    /**
     * What became of the calls of a load.
     *
     * @param answered calls that were answered
     * @param failed calls that ended with an error
     * @param wrong answers among those looked at that don't belong to their prompt
     * @param medianMicros the median time of a call, rounded up
     * @param p99Micros the time that 99 % of the calls took at most, rounded up
     * @param processorMicros the processor time of the contender's processes for each answer; for a library that of the
     *     caller's process
     * @param serviceMicros the service's, for each answer
     * @param failure one of the errors
     */
    record Calls(
            double seconds,
            long answered,
            long failed,
            long wrong,
            long medianMicros,
            long p99Micros,
            double processorMicros,
            double serviceMicros,
            String failure) {

        double rate() {
            return answered / seconds;
        }
    }
}
