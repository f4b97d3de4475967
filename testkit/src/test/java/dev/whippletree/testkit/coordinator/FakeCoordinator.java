package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Coordinates processes that are objects of one JVM, for tests and for simulations. It has no thread, clock or chance
 * of its own, so it works in virtual time, and does the same again from the same seed. Thread-safe.
 *
 * <p>Limits are counted by exact sliding windows. All that one of these opens goes over the same link, which can be
 * slow, lossy or cut: give each process a coordinator of its own over the same {@link FakeMeetingPoint} if their links
 * are to differ.
 *
 * <p>A process that is cut off grants itself its part of each limit, by the number of processes when it last knew it;
 * makes every call that it claims; and probes whatever it asks to. An answer that doesn't come in time is made up in
 * the same way. Others may use up the whole limit meanwhile.
 */
public final class FakeCoordinator implements Coordinator {

    private static final SettingKey CLAIM_LEASE = new SettingKey(
            "claim-lease",
            "For how long claims of a process are kept that can't be reached, such as 10s, which it is unless said.");
    private static final SettingKey LONGEST_CALL =
            new SettingKey("longest-call", "How long a call takes at most, such as 2m, which it is unless said.");
    private static final SettingKey ANSWER_WITHIN = new SettingKey(
            "answer-within", "For how long an answer is waited for, such as 1s, which it is unless said.");
    private static final SettingKey PROCESSES = new SettingKey(
            "processes", "How many processes there are at least, from 1, which it is unless said, to 10000.");

    private final FakeMeetingPoint point;
    private final FakeLink link = new FakeLink();
    private final List<FakeCoordination> opened = new CopyOnWriteArrayList<>();

    /** Creates a coordinator whose processes meet nobody but each other. */
    public FakeCoordinator() {
        this(new FakeMeetingPoint());
    }

    /** Creates a coordinator whose processes meet all others that are coordinated over the same point. */
    public FakeCoordinator(FakeMeetingPoint point) {
        this.point = point;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of(CLAIM_LEASE, LONGEST_CALL, ANSWER_WITHIN, PROCESSES);
    }

    @Override
    public Coordination open(Settings settings, Services services) {
        Times times = new Times(
                settings.duration(CLAIM_LEASE.name()).orElse(Duration.ofSeconds(10)),
                settings.duration(LONGEST_CALL.name()).orElse(Duration.ofMinutes(2)),
                settings.duration(ANSWER_WITHIN.name()).orElse(Duration.ofSeconds(1)));
        int processes = settings.integer(PROCESSES.name(), 1, 10_000).orElse(1);
        FakeCoordination coordination = new FakeCoordination(point, link, services, times, processes);
        opened.removeIf(FakeCoordination::isClosed);
        opened.add(coordination);
        return coordination;
    }

    /**
     * Cuts the processes that were opened here off from their meeting point, or connects them again. They notice at
     * once; messages on their way are lost.
     */
    public void cutOff(boolean cutOff) {
        if (cutOff) {
            opened.forEach(FakeCoordination::rememberPosition);
            link.cutOff(true);
            opened.forEach(FakeCoordination::goAlone);
        } else {
            link.cutOff(false);
            opened.forEach(FakeCoordination::comeBack);
        }
    }

    /** Lets each message take that long, so that an answer takes twice as long; zero or more, and zero at first. */
    public void delayBy(Duration latency) {
        link.delayBy(latency);
    }

    /** Loses a part of the messages, by {@link Services#random()}; from 0, which it is at first, to 1. */
    public void lose(double part) {
        link.lose(part);
    }

    /**
     * How long things take.
     *
     * @param claimLease for how long claims of a process are kept that can't be reached
     * @param longestCall after which a reservation that wasn't ended counts as used, and a claim as ended
     * @param answerWithin after which an answer is waited for no longer
     */
    record Times(Duration claimLease, Duration longestCall, Duration answerWithin) {}
}
