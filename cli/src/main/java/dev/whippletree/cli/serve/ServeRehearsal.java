package dev.whippletree.cli.serve;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.emulate.EmulatedAccounts;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.Telemetry;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Has a gateway over an emulated service answer prompts, while the launcher has a JVM write down what is loaded and
 * runs often. Without the command line, whose old classes JDK 25 can't keep. Stateless.
 */
public final class ServeRehearsal {

    private static final String ID = "rehearsal";
    private static final GatewaySettings FREE_PORT = GatewaySettings.DEFAULT.withPort(0);

    private ServeRehearsal() {}

    /** Runs a gateway that answers as many prompts as the argument says, and ends the process. */
    public static void main(String[] arguments) {
        serve(Surroundings.ofProcess(), Integer.parseInt(arguments[0]));
        System.exit(ExitCode.ANSWERED);
    }

    /** Returns a gateway's answers to that many prompts of a second Whippletree, whole and streamed. Blocks. */
    public static List<Completion> serve(Surroundings surroundings, int prompts) {
        Telemetry telemetry = new Telemetry(surroundings.timeline());
        try (EmulatedAccounts accounts = EmulatedAccounts.open(surroundings, Optional.empty(), telemetry.listeners());
                Gateway gateway = Gateway.start(accounts.whippletree(), FREE_PORT, surroundings.timeline(), telemetry);
                Whippletree asking = surroundings
                        .builders()
                        .get()
                        .account(AccountSettings.of(
                                ID,
                                "openai",
                                Optional.empty(),
                                new Settings(ID, Map.of("base-url", gateway.baseUrl()))))
                        .build()) {
            return IntStream.range(0, prompts).mapToObj(number -> answer(asking, number)).toList().stream()
                    .map(Whippletree::await)
                    .toList();
        }
    }

    private static CompletableFuture<Completion> answer(Whippletree asking, int number) {
        Prompt prompt = Prompt.of("What was question " + number + " of these interviews?");
        return number % 2 == 0 ? asking.stream(prompt, piece -> {}) : asking.complete(prompt);
    }
}
