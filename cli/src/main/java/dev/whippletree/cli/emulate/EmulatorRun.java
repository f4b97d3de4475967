package dev.whippletree.cli.emulate;

import dev.whippletree.cli.base.FileTrouble;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.Configuration;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedAccount;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.emulator.script.AnswerScript;
import dev.whippletree.model.Limit;
import dev.whippletree.terminal.board.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Emulated services that run until the user ends them. Confined to one thread. */
record EmulatorRun(Surroundings surroundings, EmulateCommand command) {

    private static final int SHOWN = 10;

    /** Blocks until the user ends the services. Returns the exit code. */
    int run() {
        try (EmulatorServer server = start()) {
            print(server);
            surroundings.interruption().join();
            return 0;
        }
    }

    private EmulatorServer start() {
        EmulationBounds.atMost("--accounts", command.accounts, EmulationBounds.MOST_ACCOUNTS, "accounts");
        try {
            long now = surroundings.timeline().nanoTime();
            List<EmulatedService> services = kinds().stream()
                    .map(kind -> new EmulatedService(settings(kind), now))
                    .toList();
            return EmulatorServer.start(services, command.port, surroundings.timeline());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        }
    }

    private List<ServiceKind> kinds() {
        if (command.services.isEmpty()) {
            return List.of(ServiceKind.values());
        }
        return command.services.stream().distinct().map(EmulatorRun::kind).toList();
    }

    private static ServiceKind kind(String provider) {
        return Arrays.stream(ServiceKind.values())
                .filter(kind -> kind.provider().equals(provider))
                .findFirst()
                .orElseThrow(() -> new UserMistake("no service '" + provider + "' is emulated; there are "
                        + Arrays.stream(ServiceKind.values())
                                .map(ServiceKind::provider)
                                .collect(Collectors.joining(", "))));
    }

    private ServiceSettings settings(ServiceKind kind) {
        ServiceLimit[] limits = command.limits.stream()
                .map(Limit::parse)
                .map(limit -> counted(kind, limit))
                .toArray(ServiceLimit[]::new);
        ServiceSettingsBuilder builder = ServiceSettings.builder(kind)
                .latency(Latency.parse(command.latency))
                .faults(EmulationBounds.faults(command.faults, command.accounts))
                .assumedMaxTokens(command.assumedMaxTokens)
                .seed(command.seed);
        command.answers.map(EmulatorRun::script).ifPresent(builder::script);
        for (int number = 1; number <= command.accounts; number++) {
            builder.account("account-" + number, "token-" + number, limits);
        }
        return builder.build();
    }

    private static AnswerScript script(Path file) {
        try {
            String text = Files.readString(file);
            return UserMistake.checked("--answers " + file + ": ", () -> AnswerScript.read(text));
        } catch (IOException e) {
            throw new UserMistake("--answers " + file + " can't be read: " + FileTrouble.reason(e));
        }
    }

    /** Counts a limit in the way of each service that is hardest on its callers. */
    private static ServiceLimit counted(ServiceKind kind, Limit limit) {
        return switch (kind) {
            case HUGGING_FACE -> ServiceLimit.sliding(limit);
            case GROQ -> ServiceLimit.bucket(limit);
            case OPENAI -> ServiceLimit.fixed(limit);
        };
    }

    private void print(EmulatorServer server) {
        PrintWriter out = surroundings.out();
        out.println("Emulated services: they use the protocols of the real ones, but no model answers. Ctrl-C ends"
                + " them.");
        out.println();
        kinds().forEach(kind -> out.println(String.format("  %-12s %s", kind.provider(), server.baseUrl(kind))));
        out.println();
        out.println("Each has " + Words.count(command.accounts, "account") + ": "
                + settings(kinds().get(0)).accounts().stream()
                        .limit(SHOWN)
                        .map(EmulatorRun::line)
                        .collect(Collectors.joining(", "))
                + (command.accounts > SHOWN ? ", and so on" : ""));
        out.println("Limits of each: " + (command.limits.isEmpty() ? "none" : String.join(", ", command.limits)));
        out.println("What arrived:   " + server.statsUrl());
        out.println();
        out.println("Try it:");
        out.println("  curl " + server.completionsUrl(kinds().get(0)) + " \\");
        out.println("    -H 'Authorization: Bearer token-1' -H 'Content-Type: application/json' \\");
        out.println("    -d '{\"model\":\"" + Configuration.DEFAULT_MODEL
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'");
        out.flush();
    }

    private static String line(EmulatedAccount account) {
        return account.id() + " with token " + account.token();
    }
}
