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
import java.util.ArrayList;
import java.util.List;

/**
 * A gateway in a process of its own, in front of a service that answers at once, or not to the end. Ends with its
 * input.
 */
final class LoneGateway {

    private LoneGateway() {}

    /**
     * Starts a process with a heap of so much; its first line is its port.
     *
     * @param arguments {@code silent}: the service says no more than the first piece
     */
    static Process start(String heap, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                LoneGateway.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] arguments) throws IOException {
        ScriptedProvider provider = new ScriptedProvider();
        provider.forgetCalls();
        if (List.of(arguments).contains("silent")) {
            provider.usually(call -> call.tell(new Delta.Text("Once upon")));
        }
        SystemTimeline timeline = new SystemTimeline();
        Telemetry telemetry = new Telemetry(timeline);
        Whippletree.Builder builder = Whippletree.builder();
        telemetry.listeners().forEach(builder::listener);
        Whippletree whippletree = builder.provider(provider)
                .account("one", "scripted", "token-1")
                .route(RouteSettings.of("fast", List.of(new Tier(List.of(new TargetSettings("one", "small-model"))))))
                .build();
        try (Gateway gateway = Gateway.start(whippletree, GatewaySettings.DEFAULT.withPort(0), timeline, telemetry)) {
            System.out.println(gateway.port());
            while (System.in.read() >= 0) {
                // Until whoever started it closes it.
            }
        }
        System.exit(0);
    }
}
