package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.Outcome;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.time.Timeline;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One call on its way there and back. Its steps run one after the other on the timeline; cancelling is safe from any
 * thread.
 *
 * <p>A request that is under way arrives, whether anybody still waits for its answer or not.
 */
final class SimulatedCall implements Cancellable {

    private final Timeline timeline;
    private final Link link;
    private final RandomGenerator random;
    private final Reply reply;
    private volatile boolean ended;
    private volatile Runnable atEnd = () -> {};

    SimulatedCall(Timeline timeline, Link link, RandomGenerator random, Reply reply) {
        this.timeline = timeline;
        this.link = link;
        this.random = random;
        this.reply = reply;
    }

    /**
     * Sends the request.
     *
     * @param arrival hands it to the service at the moment it arrives
     * @param atEnd runs when nothing more will happen
     */
    void start(Supplier<Outcome> arrival, Runnable atEnd) {
        this.atEnd = atEnd;
        if (link.drawStale(random)) {
            sendInVain(arrival);
        } else {
            send(arrival);
        }
    }

    private void send(Supplier<Outcome> arrival) {
        timeline.schedule(0, () -> told(reply::sent));
        timeline.schedule(link.drawNanos(random), () -> arrived(arrival.get()));
    }

    /** The connection turns out to be stale. Whether the service has read the request, its client can't tell. */
    private void sendInVain(Supplier<Outcome> arrival) {
        timeline.schedule(0, () -> told(reply::sent));
        long thereNanos = link.drawNanos(random);
        if (random.nextBoolean()) {
            timeline.schedule(thereNanos, () -> {
                var unused = arrival.get();
            });
        }
        timeline.schedule(
                thereNanos + link.drawNanos(random),
                () -> told(() -> {
                    if (reply.isSentAgain()) {
                        send(arrival);
                    } else {
                        end();
                    }
                }));
    }

    @Override
    public void cancel() {
        end();
    }

    private void arrived(Outcome outcome) {
        if (ended) {
            return;
        }
        long backNanos = link.drawNanos(random);
        play(steps(outcome), 0, backNanos, timeline.nanoTime());
    }

    private List<Reply.Step> steps(Outcome outcome) {
        if (link.drawLoss(random)) {
            return reply.lost(outcome);
        }
        return link.drawSilence(random) ? List.of() : reply.steps(outcome);
    }

    private void play(List<Reply.Step> steps, int index, long backNanos, long arrivedNanos) {
        if (index == steps.size()) {
            return;
        }
        Reply.Step step = steps.get(index);
        long dueNanos = arrivedNanos + backNanos + step.atNanos();
        timeline.schedule(dueNanos - timeline.nanoTime(), () -> {
            told(step.action());
            if (step.last()) {
                end();
            }
            play(steps, index + 1, backNanos, arrivedNanos);
        });
    }

    private void told(Runnable action) {
        if (!ended) {
            action.run();
        }
    }

    private void end() {
        ended = true;
        atEnd.run();
    }
}
