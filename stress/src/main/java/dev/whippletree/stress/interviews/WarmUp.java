package dev.whippletree.stress.interviews;

import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Asks a service that is then thrown away until the virtual machine has loaded and compiled what a server needs.
 * Without it the first requests of a run, which all come at the same instant, would be read later than the transit that
 * is declared for them. Stateless.
 */
final class WarmUp {

    private static final int REQUESTS = 200;
    private static final String TOKEN = "warm-up";
    private static final byte[] BODY =
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Are you warm?\"}]}"
                    .getBytes(StandardCharsets.UTF_8);

    private WarmUp() {}

    /** Takes a fraction of a second; blocks. */
    static void run(Timeline timeline) {
        ServiceSettings settings = ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account(TOKEN, TOKEN)
                .build();
        EmulatedService service = new EmulatedService(settings, timeline.nanoTime());
        try (EmulatorServer server = EmulatorServer.start(List.of(service), 0, timeline)) {
            URI uri = URI.create(server.completionsUrl(ServiceKind.HUGGING_FACE));
            for (int i = 0; i < REQUESTS; i++) {
                ask(uri);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the emulator can't be reached on loopback", e);
        }
    }

    private static void ask(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setDoOutput(true);
        connection.setRequestProperty("authorization", "Bearer " + TOKEN);
        connection.setFixedLengthStreamingMode(BODY.length);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(BODY);
        }
        try (InputStream in = connection.getInputStream()) {
            in.readAllBytes();
        }
    }
}
