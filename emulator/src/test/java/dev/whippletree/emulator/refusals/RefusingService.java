package dev.whippletree.emulator.refusals;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A service and its callers. Immutable.
 *
 * @param limit what it allows, if it limits anything
 * @param known whether the engine knows the limit, and by whom
 * @param told whether refusals say how long to wait
 * @param lottery the share of requests refused by chance, without a wait
 * @param foreign whether another program uses half of the limit, and how
 * @param latency the mean time of an answer
 * @param width calls that its callers may have under way
 * @param mostUnderWay calls that it takes at once; absent: any number
 */
record RefusingService(
        Optional<ServiceLimit> limit,
        Known known,
        boolean told,
        double lottery,
        Foreign foreign,
        Duration latency,
        int width,
        OptionalInt mostUnderWay) {

    /** By whom the engine knows a limit. */
    enum Known {
        HIDDEN,
        DECLARED,
        REPORTED
    }

    /** How another program uses half of the limit. */
    enum Foreign {
        NONE,
        STEADY,
        /** All of the half at once, once in each window. */
        BURSTS
    }

    static RefusingService of(String limit, Counting counting) {
        return new RefusingService(
                Optional.of(new ServiceLimit(Limit.parse(limit), counting, false)),
                Known.HIDDEN,
                true,
                0,
                Foreign.NONE,
                Duration.ofMillis(300),
                64,
                OptionalInt.empty());
    }

    static RefusingService lottery(double share, Duration latency, int width) {
        return new RefusingService(
                Optional.empty(), Known.HIDDEN, false, share, Foreign.NONE, latency, width, OptionalInt.empty());
    }

    /** Returns one that limits no rate, but takes no more calls at once. */
    static RefusingService ofMostUnderWay(int most) {
        return new RefusingService(
                Optional.empty(), Known.HIDDEN, true, 0, Foreign.NONE, Duration.ofSeconds(1), 64, OptionalInt.of(most));
    }

    RefusingService known(Known other) {
        return new RefusingService(limit, other, told, lottery, foreign, latency, width, mostUnderWay);
    }

    RefusingService told(boolean other) {
        return new RefusingService(limit, known, other, lottery, foreign, latency, width, mostUnderWay);
    }

    RefusingService foreign(Foreign other) {
        return new RefusingService(limit, known, told, lottery, other, latency, width, mostUnderWay);
    }

    RefusingService lottery(double other) {
        return new RefusingService(limit, known, told, other, foreign, latency, width, mostUnderWay);
    }

    FaultScript faults() {
        return lottery == 0
                ? FaultScript.NONE
                : FaultScript.of(FaultRule.always(FaultKind.RATE_LIMITED_SILENTLY)
                        .forShare(lottery)
                        .forAccount(RefusalRun.ACCOUNT));
    }

    /** Returns how many calls a second its limit allows. */
    double perSecond() {
        Limit allowed = limit.orElseThrow().limit();
        return allowed.amount() / (allowed.window().toNanos() / 1e9);
    }

    Duration window() {
        return limit.orElseThrow().limit().window();
    }
}
