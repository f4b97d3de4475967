package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Delta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Tests over a gateway whose time they move, and whose service answers what they say. */
public abstract class OverTimedGateway extends OverGateway {

    /** The page's trend has one. */
    protected static final int TIMERS_OF_AN_IDLE_GATEWAY = 1;

    /** More than all buffers on the way hold: systems keep four megabytes of a connection and more. */
    protected static final int LARGE = 8_000_000;

    /** The server measures this one by the real time: only a slow machine would ever let it pass. */
    private static final Duration AN_HOUR = Duration.ofHours(1);

    protected final ManualTimeline timeline;

    protected OverTimedGateway(GatewaySettings settings) {
        this(settings, new ManualTimeline());
    }

    private OverTimedGateway(GatewaySettings settings, ManualTimeline timeline) {
        super(new RunningGateway(
                settings.withBounds(settings.bounds().withClientTimeout(AN_HOUR)), timeline, UnaryOperator.identity()));
        this.timeline = timeline;
        running.provider.usually(call -> {});
    }

    protected static Delta.Text large() {
        return new Delta.Text("x".repeat(LARGE));
    }

    /** Lets time pass until a text has come, and returns all that came. */
    protected final String untilText(Socket socket, String text) {
        return untilText(timeline, socket, text);
    }

    public static String untilText(ManualTimeline timeline, Socket socket, String text) {
        return timeline.advanceUntil(CompletableFuture.supplyAsync(() -> {
            try {
                return RunningGateway.readUntil(socket, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
    }
}
