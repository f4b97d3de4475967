package dev.whippletree.tests;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.Telemetry;
import dev.whippletree.time.Timeline;

/** A gateway with telemetry, as its Whippletree's configuration says, on a free port. */
record MeasuredGateway(Whippletree whippletree, Gateway gateway) implements AutoCloseable {

    /** Opens both. Blocks until the gateway listens. */
    static MeasuredGateway start(Whippletree.Builder builder, Timeline timeline) {
        Telemetry telemetry = new Telemetry(timeline);
        telemetry.listeners().forEach(builder::listener);
        Whippletree whippletree = builder.build();
        GatewaySettings settings =
                whippletree.configuration().gateway().orElseThrow().withPort(0);
        return new MeasuredGateway(whippletree, Gateway.start(whippletree, settings, timeline, telemetry));
    }

    @Override
    public void close() {
        gateway.close();
        whippletree.close();
    }
}
