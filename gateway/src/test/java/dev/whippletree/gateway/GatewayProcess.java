package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import java.io.IOException;

/**
 * A gateway as a process of its own, whose service answers at once: prints its port, and ends when its standard input
 * does.
 */
final class GatewayProcess {

    private GatewayProcess() {}

    public static void main(String[] arguments) throws IOException {
        try (RunningGateway running = new RunningGateway(GatewaySettings.DEFAULT)) {
            System.out.println("port " + running.gateway.port());
            while (System.in.read() >= 0) {}
        }
    }
}
