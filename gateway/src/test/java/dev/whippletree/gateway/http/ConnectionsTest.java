package dev.whippletree.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.model.Secret;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xnio.ChannelListener;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

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
                        Stream.of("acme", "bolt")
                                .map(name -> new GatewaySettings.Client(name, Secret.of("key-of-" + name), List.of()))
                                .toList(),
                        Optional.of(Secret.of("key-of-watch"))));
    }

    private void reopen(int most) {
        running.close();
        running = open(most, Duration.ofHours(1));
    }

    /** Returns connections that have had an answer, or have been closed since. */
    private List<Socket> idle(String key, int count) throws IOException {
        List<Socket> idle = new ArrayList<>();
        for (int opened = 0; opened < count; opened++) {
            Socket socket = connect();
            assertAnswered(socket, key, "Hello there");
            idle.add(socket);
        }
        return idle;
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

    /**
     * Waits until the server has accepted all connections, each in a turn of a thread, and taken them up, in one of
     * another.
     */
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

    /** Asks what needs a key, and no call. */
    private static void assertSeen(Socket socket, String path, String key) throws IOException {
        send(socket, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key + "\r\n\r\n");
        assertThat(RunningGateway.readResponse(socket)).startsWith("HTTP/1.1 200 ");
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
    void idleConnectionsOfOneKey_lockNobodyOut() throws Exception {
        reopen(32);
        List<Socket> ofAcme = idle("key-of-acme", 31);
        assertServed(connect());
        Socket watching = connect();
        send(
                watching,
                HEALTH.replace("/healthz", "/status").replace("Host", "Authorization: Bearer key-of-watch\r\nHost"));
        assertThat(RunningGateway.readResponse(watching)).startsWith("HTTP/1.1 200 ");
        List<Socket> ofBolt = new ArrayList<>();
        for (int count = 0; count < 5; count++) {
            Socket socket = connect();
            assertAnswered(socket, "key-of-bolt", "Hello there");
            ofBolt.add(socket);
        }
        for (int count = 0;
                count < 6;
                count++) { // One for each of bolt's, and one to keep the places of those without a key.
            assertClosed(ofAcme.get(count));
        }
        for (Socket socket : ofAcme.subList(6, 31)) {
            assertAnswered(socket, "key-of-acme", "Hello there");
        }
        for (Socket socket : ofBolt) {
            assertAnswered(socket, "key-of-bolt", "Hello there");
        }
    }

    @Test
    void whoHoldsMost_givesWay_untilAllHoldTheSame_andThenItsOwn() throws Exception {
        reopen(32);
        idle("key-of-acme", 30);
        List<Socket> ofBolt = idle("key-of-bolt", 30);
        for (Socket socket : ofBolt.subList(0, 15)) {
            assertClosed(socket);
        }
        for (Socket socket : ofBolt.subList(15, 30)) {
            assertAnswered(socket, "key-of-bolt", "Hello there");
        }
        idle("key-of-acme", 30);
        for (Socket socket : ofBolt.subList(15, 30)) {
            assertAnswered(socket, "key-of-bolt", "Hello there");
        }
    }

    @Test
    void connectionsWithoutAKey_takeNoneFromThoseWithOne() throws Exception {
        reopen(32);
        List<Socket> ofAcme = idle("key-of-acme", 20);
        for (int count = 0; count < 100; count++) {
            connect();
        }
        settleAccepted();
        assertServed(connect());
        for (Socket socket : ofAcme) {
            assertAnswered(socket, "key-of-acme", "Hello there");
        }
    }

    @Test
    void requestsOfOneKey_thatHoldAllConnections_areCutForAnotherKey_andProbesAreServed() throws Exception {
        reopen(32);
        running.provider.usually(call -> {});
        List<Socket> ofAcme = new ArrayList<>();
        for (int count = 0; count < 30; count++) {
            Socket socket = connect();
            send(socket, post("key-of-acme", "Hi " + count));
            settleAccepted();
            ofAcme.add(socket);
        }
        assertAnswered(connect(), "key-of-acme", "gateway_busy");
        assertServed(connect());

        assertSeen(connect(), "/v1/models", "key-of-bolt");
        assertThat(RunningGateway.readAll(ofAcme.get(29))).isEmpty();
        assertThat(metrics(connect()))
                .contains("whippletree_gateway_connections_refused_total 1.0\n")
                .as("an idle one without a key, and one of acme's")
                .contains("whippletree_gateway_connections_replaced_total 2.0\n");
    }

    private static String metrics(Socket socket) throws IOException {
        send(socket, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer key-of-watch\r\n\r\n");
        return RunningGateway.readResponse(socket);
    }

    @Test
    void withoutKeys_requestsUnderWay_leaveConnectionsForProbes() throws Exception {
        running.close();
        running = new RunningGateway(
                GatewaySettings.DEFAULT.withBounds(GatewaySettings.Bounds.DEFAULT.withMostConnections(3)));
        running.provider.usually(call -> {});
        List<Socket> busy = List.of(connect(), connect());
        for (Socket socket : busy) {
            send(socket, RunningGateway.wire(BODY.replace("Hi", "Hi " + socket.getLocalPort())));
            running.provider.call();
        }
        Socket third = connect();
        assertAnswered(third, "none", "gateway_busy");
        assertServed(third);
        assertServed(connect());
        assertClosed(third);
    }

    @Test
    void whoWaitsForAPlace_isServedInTurn() {
        List<StreamConnection> served = new ArrayList<>();
        Connections connections = new Connections(1, served::add);
        List<ChannelListener<? super StreamConnection>> closed = new ArrayList<>();
        List<StreamConnection> all =
                Stream.generate(() -> accepted(closed)).limit(4).toList();
        all.forEach(connections::handleEvent);
        assertThat(served).containsExactly(all.get(0));
        closed.get(1).handleEvent(all.get(1));
        closed.get(0).handleEvent(all.get(0));
        closed.get(2).handleEvent(all.get(2));
        assertThat(served).as("but who left").containsExactly(all.get(0), all.get(2), all.get(3));
    }

    /** As while its key is read from a file. */
    @Test
    void whoLeavesBeforeItsKeyIsKnown_holdsNoPlace() throws Exception {
        Connections connections = new Connections(2, served -> {});
        List<ChannelListener<? super StreamConnection>> closed = new ArrayList<>();
        for (int count = 0; count < 2; count++) {
            StreamConnection left = accepted(closed);
            ChannelListener<? super StreamConnection> close = opened(connections, left, closed);
            connections
                    .noting(exchange -> {
                        close.handleEvent(left);
                        Connections.belongsTo(exchange, "acme");
                    })
                    .handleRequest(exchange(left));
        }
        StreamConnection busy = accepted(closed);
        opened(connections, busy, closed);
        connections.noting(exchange -> Connections.belongsTo(exchange, "bolt")).handleRequest(exchange(busy));
        StreamConnection another = accepted(closed);
        opened(connections, another, closed);

        assertThatThrownBy(() -> connections
                        .noting(exchange -> Connections.belongsTo(exchange, "carol"))
                        .handleRequest(exchange(another)))
                .as("the other place is for those without a key")
                .isInstanceOf(RequestException.class);
    }

    private static ChannelListener<? super StreamConnection> opened(
            Connections connections,
            StreamConnection connection,
            List<ChannelListener<? super StreamConnection>> closed) {
        connections.handleEvent(connection);
        return closed.get(closed.size() - 1);
    }

    private static HttpServerExchange exchange(StreamConnection channel) {
        HttpServerConnection connection = mock(HttpServerConnection.class, CALLS_REAL_METHODS);
        doReturn(channel).when(connection).getChannel();
        return new HttpServerExchange(connection);
    }

    /** Its thread does at once what it is told, but for what closes it. */
    private static StreamConnection accepted(List<ChannelListener<? super StreamConnection>> closed) {
        StreamConnection connection = mock(StreamConnection.class);
        XnioIoThread thread = mock(XnioIoThread.class);
        when(connection.getIoThread()).thenReturn(thread);
        doAnswer(call -> {
                    call.<Runnable>getArgument(0).run();
                    return null;
                })
                .when(thread)
                .execute(any());
        doAnswer(call -> closed.add(call.getArgument(0))).when(connection).setCloseListener(any());
        return connection;
    }

    @Test
    void whoIsIdleForTooLong_isClosed_withAKeyOrWithout() throws Exception {
        running.close();
        running = open(3, Duration.ofMillis(100));
        Socket silent = connect();
        Socket withKey = RunningGateway.hastily(() -> {
            Socket socket = connect();
            assertAnswered(socket, "key-of-acme", "Hello there");
            return socket;
        });
        assertClosed(silent);
        assertClosed(withKey);
    }
}
