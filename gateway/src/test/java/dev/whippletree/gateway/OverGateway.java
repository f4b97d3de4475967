package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import org.junit.jupiter.api.AfterEach;

/** Tests over a gateway, which is closed after each. */
public abstract class OverGateway {

    protected RunningGateway running;

    protected OverGateway() {
        this(RunningGateway.open());
    }

    protected OverGateway(RunningGateway opened) {
        running = opened;
    }

    protected final void reopen(GatewaySettings settings) {
        running.close();
        running = new RunningGateway(settings);
    }

    @AfterEach
    final void closeGateway() {
        running.close();
    }
}
