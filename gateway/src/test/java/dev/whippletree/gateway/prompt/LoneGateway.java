package dev.whippletree.gateway.prompt;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.Telemetry;
import dev.whippletree.model.Delta;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A gateway in a process of its own, in front of a service that says no more than the first piece. Ends with its input.
 */
final class LoneGateway {

    private LoneGateway() {}

    /** Starts a process; its first line is its port. */
    static Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoneGateway.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] arguments) throws IOException {
        ScriptedProvider provider = new ScriptedProvider();
        provider.usually(call -> call.tell(new Delta.Text("Once upon")));
        SystemTimeline timeline = new SystemTimeline();
        Telemetry telemetry = new Telemetry(timeline);
        Whippletree.Builder builder = Whippletree.builder();
        telemetry.listeners().forEach(builder::listener);
        Whippletree whippletree = builder.provider(provider)
                .account("one", "scripted", "token-1")
                .route(RouteSettings.of("fast", List.of(new Tier(List.of(new TargetSettings("one", "small-model"))))))
                .build();
        System.out.println(Gateway.start(whippletree, GatewaySettings.DEFAULT.withPort(0), timeline, telemetry)
                .port());
        System.in.read();
        System.exit(0);
    }
}
