package dev.whippletree.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Secret;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which connections are kept where no more may be open. */
final class ConnectionsTest {

    private static final int TURNS_TO_ACCEPT = 3;
    private static final String BODY = "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final String HEALTH = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final List<Socket> sockets = new ArrayList<>();
    private RunningGateway running = open(3, Duration.ofHours(1));

    private static RunningGateway open(int most, Duration idle) {
        return new RunningGateway(GatewaySettings.DEFAULT
                .withBounds(
                        GatewaySettings.Bounds.DEFAULT.withMostConnections(most).withIdleTimeout(idle))
                .withClients(
                        List.of(new GatewaySettings.Client("acme", Secret.of("key-of-acme"), List.of())),
                        Optional.empty()));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        running.close();
    }

    private Socket connect() throws IOException {
        Socket socket = running.send("");
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(UTF_8));
    }

    private static void assertServed(Socket socket) throws IOException {
        send(socket, HEALTH);
        assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 200 ");
        RunningGateway.settle();
    }

    /** Waits until the server has accepted all connections, each in a turn of a thread, and taken them up, in one of another. */
    private static void settleAccepted() {
        for (int turn = 0; turn < TURNS_TO_ACCEPT; turn++) {
            RunningGateway.settle();
        }
    }

    private static String post(String key) {
        return post(key, "Hi");
    }

    private static String post(String key, String question) {
        return RunningGateway.wire(BODY.replace("Hi", question))
                .replace("Host:", "Authorization: Bearer " + key + "\r\nHost:");
    }

    private static void assertAnswered(Socket socket, String key, String answer) throws IOException {
        send(socket, post(key));
        assertThat(RunningGateway.readResponse(socket)).contains(answer);
        RunningGateway.settle();
    }

    private static void assertClosed(Socket socket) throws IOException {
        assertThat(socket.getInputStream().read()).isNegative();
    }

    @Test
    void idleForLongest_givesWay() throws Exception {
        Socket first = connect();
        assertServed(first);
        Socket second = connect();
        assertServed(second);
        Socket third = connect();
        assertServed(third);
        assertServed(first);

        Socket fourth = connect();
        assertServed(fourth);
        assertClosed(second);
        assertServed(connect());
        assertClosed(third);
        assertServed(first);
        assertServed(fourth);
    }

    @Test
    void whoAskedNothing_orBegunOnly_givesWay() throws Exception {
        Socket silent = connect();
        Socket slow = connect();
        send(slow, "GET /healthz HTTP/1.1\r\n");
        settleAccepted();
        Socket third = connect();
        assertServed(third);
        assertServed(connect());
        assertServed(connect());
        assertClosed(silent);
        assertClosed(slow);
        assertServed(third);
    }

    @Test
    void whoShowedAKey_stays_andWhoShowedAWrongOneDoesNot() throws Exception {
        Socket withKey = connect();
        assertAnswered(withKey, "key-of-acme", "Hello there");
        Socket withWrongKey = connect();
        assertAnswered(withWrongKey, "key-of-nobody", "unknown key");
        Socket alsoWithKey = connect();
        assertAnswered(alsoWithKey, "key-of-acme", "Hello there");

        Socket fourth = connect();
        assertServed(fourth);
        assertClosed(withWrongKey);
        assertServed(connect());
        assertClosed(fourth);
        assertAnswered(withKey, "key-of-acme", "Hello there");
        assertAnswered(alsoWithKey, "key-of-acme", "Hello there");
    }

    @Test
    void whoIsWaitingForAnAnswer_stays_andTheNewOneWaitsUntilSomebodyIsThrough() throws Exception {
        running.provider.usually(call -> {});
        List<Socket> busy = new ArrayList<>();
        List<ScriptedProvider.Call> calls = new ArrayList<>();
        for (int count = 0; count < 3; count++) {
            Socket socket = connect();
            send(socket, post("key-of-acme", "Hi " + count));
            calls.add(running.provider.call());
            busy.add(socket);
        }
        Socket fourth = connect();
        send(fourth, HEALTH);
        Socket fifth = connect();
        send(fifth, HEALTH);
        for (int count = 0; count < 3; count++) {
            calls.get(count).answer("Answer " + count);
            assertThat(RunningGateway.readResponse(busy.get(count))).contains("Answer " + count);
        }
        busy.get(1).close();
        assertThat(RunningGateway.readResponse(fourth)).startsWith("HTTP/1.1 200 ");
        assertThat(RunningGateway.readResponse(fifth)).startsWith("HTTP/1.1 200 ");
        assertServed(busy.get(0));
        assertServed(busy.get(2));
    }

    @Test
    void whoIsIdleForTooLong_isClosed_withAKeyOrWithout() throws Exception {
        running.close();
        running = open(3, Duration.ofMillis(100));
        Socket silent = connect();
        Socket withKey = connect();
        assertAnswered(withKey, "key-of-acme", "Hello there");
        assertClosed(silent);
        assertClosed(withKey);
    }
}
