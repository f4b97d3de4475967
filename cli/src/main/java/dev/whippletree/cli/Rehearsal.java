package dev.whippletree.cli;

import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.emulate.EmulatedServices;
import dev.whippletree.cli.serve.ServeRehearsal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Runs commands as users do, while the launcher has a JVM write down the classes that they need. */
final class Rehearsal {

    private static final String TOKEN_VARIABLE = "REHEARSAL_TOKEN";
    private static final String OPENAI = "openai";
    private static final String CONFIGURATION = "rehearsal.yaml";

    private final Surroundings surroundings;

    Rehearsal(Surroundings surroundings, Path folder) {
        this.surroundings = surroundings.in(Map.of(TOKEN_VARIABLE, EmulatedServices.TOKEN), folder.toAbsolutePath());
    }

    /**
     * Runs the commands and ends the process.
     *
     * @param arguments the folder for their configuration
     */
    public static void main(String[] arguments) throws IOException {
        new Rehearsal(Surroundings.ofProcess(), Path.of(arguments[0])).run();
        System.exit(ExitCode.ANSWERED);
    }

    /** Runs the commands, over emulated services. Blocks until they have ended. */
    void run() throws IOException {
        run("--help");
        try (EmulatedServices services = EmulatedServices.open(surroundings)) {
            for (Map.Entry<String, String> service : services.baseUrls().entrySet()) {
                ask(service.getKey(), service.getValue(), "--no-stream");
                ask(service.getKey(), service.getValue(), "--stream");
            }
            // There is no answer by TLS, but what comes before it is most of what a JVM loads for it.
            String url = Objects.requireNonNull(services.baseUrls().get(OPENAI)).replace("http:", "https:");
            ask(OPENAI, url, "--deadline=1s");
        }
        ServeRehearsal.serve(surroundings, 4);
    }

    private void ask(String provider, String url, String option) throws IOException {
        Files.writeString(surroundings.folder().resolve(CONFIGURATION), """
                accounts:
                  - { id: rehearsal, provider: %s, token: "${%s}", base-url: "%s" }
                routes:
                  default: { tiers: [{ account: rehearsal, model: openai/gpt-oss-20b }] }
                """.formatted(provider, TOKEN_VARIABLE, url));
        run("ask", "--config", CONFIGURATION, option, "Hello");
    }

    private void run(String... arguments) {
        Main.run(surroundings, TypedArguments.ofProcess(arguments));
    }
}
