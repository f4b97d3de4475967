package dev.whippletree.engine;

import dev.whippletree.model.Failure;
import dev.whippletree.model.Origin;
import dev.whippletree.model.PromptException;
import dev.whippletree.spi.EngineListener;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes everything on to a listener, and logs what that throws instead of letting it go further. */
final class GuardedListener implements EngineListener {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

    private final EngineListener listener;

    GuardedListener(EngineListener listener) {
        this.listener = listener;
    }

    @Override
    public void answered(Origin origin, Duration took) {
        guard(() -> listener.answered(origin, took));
    }

    @Override
    public void failed(PromptException.Reason reason, Duration took) {
        guard(() -> listener.failed(reason, took));
    }

    @Override
    public void attemptAnswered(String account, String model, Duration took) {
        guard(() -> listener.attemptAnswered(account, model, took));
    }

    @Override
    public void attemptFailed(String account, String model, Failure failure, Duration took) {
        guard(() -> listener.attemptFailed(account, model, failure, took));
    }

    @Override
    public void closed(String account, String reason) {
        guard(() -> listener.closed(account, reason));
    }

    @Override
    public void reopened(String account) {
        guard(() -> listener.reopened(account));
    }

    private static void guard(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOG.warn("A listener failed", e);
        }
    }
}
