package dev.whippletree.tests.failures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.AccountStats;
import dev.whippletree.emulator.model.Answers;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An emulated service on a loopback socket, and a Whippletree over its accounts. Confined to the test's thread; asking
 * blocks.
 *
 * <p>No answer is given to the test that doesn't belong to its prompt.
 */
final class Stage implements AutoCloseable {

    /** Only keeps a test that would never end from never ending. */
    private static final long PATIENCE_SECONDS = 20;

    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatorServer server;
    private final Whippletree whippletree;
    private final Gateway gateway;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Stage(StageSettings settings) {
        server = EmulatorServer.start(
                List.of(new EmulatedService(settings.service(), timeline.nanoTime())), 0, timeline);
        whippletree = settings.whippletree(server.baseUrl(settings.kind()), timeline);
        gateway = Gateway.start(whippletree, GatewaySettings.DEFAULT.withPort(0), timeline);
    }

    /** Asks, and returns the answer. */
    Completion answer(String text) {
        return answer(Prompt.of(text));
    }

    /** Asks, and returns the answer. */
    Completion answer(Prompt prompt) {
        try {
            Completion completion = whippletree.complete(prompt).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(Answers.matches(prompt.messages(), completion.text()))
                    .as("the answer belongs to the prompt")
                    .isTrue();
            return completion;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer: " + whippletree.status(), e);
        }
    }

    /** Asks, and returns the error there is instead of an answer. */
    PromptException refusal(String text) {
        return refusal(Prompt.of(text));
    }

    /** Asks, and returns the error there is instead of an answer. */
    PromptException refusal(Prompt prompt) {
        try {
            Completion completion = whippletree.complete(prompt).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("an answer instead of an error: " + completion);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PromptException refusal) {
                return refusal;
            }
            throw new AssertionError("not an error of a prompt", e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("neither answer nor error: " + whippletree.status(), e);
        }
    }

    /** Asks by a gateway, as clients of other languages do. */
    GatewayReply askGateway(ClientProtocol protocol, String text, boolean stream) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.baseUrl() + protocol.path()))
                .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                .POST(HttpRequest.BodyPublishers.ofString(protocol.body(text, stream)))
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            GatewayReply reply = protocol.read(response.statusCode(), response.body(), stream);
            assertThat(reply.isWhole() && !Answers.matches(Prompt.of(text).messages(), reply.text()))
                    .as("a whole answer that isn't the prompt's: %s", reply)
                    .isFalse();
            return reply;
        } catch (InterruptedException | IOException e) {
            throw new AssertionError("no reply: " + whippletree.status(), e);
        }
    }

    /** Returns how everything stands. */
    StatusSnapshot status() {
        return whippletree.status();
    }

    /** Returns how an account stands. */
    StatusSnapshot.AccountStatus account(String id) {
        return status().accounts().stream()
                .filter(account -> account.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Returns what the emulator counted of all accounts. */
    ServiceStats counted() {
        return server.stats().get(0);
    }

    /** Returns what the emulator counted of an account. */
    AccountStats counted(String id) {
        return counted().accounts().stream()
                .filter(account -> account.account().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        gateway.close(Duration.ZERO).join();
        whippletree.close();
        server.close();
        timeline.close();
    }
}
