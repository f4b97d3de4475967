package dev.whippletree.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real sockets: what clients announce, send and leave behind, against the memory that there is for it. */
final class RequestMemoryTest extends OverGateway {

    private static final int MB = 1 << 20;
    private static final Pattern MEMORY =
            Pattern.compile("\"memory\":\\{(?:\"amount_bytes\":\\d+,)?\"used_bytes\":(\\d+)");
    private static final String HI = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    private final List<Socket> sockets = new ArrayList<>();

    RequestMemoryTest() {
        super(new RunningGateway(withMemory(64 * MB)));
    }

    private static GatewaySettings withMemory(long bytes) {
        return GatewaySettings.DEFAULT.withBounds(GatewaySettings.Bounds.DEFAULT.withMemoryBytes(bytes));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Socket send(String text) throws IOException {
        Socket socket = running.send(text);
        sockets.add(socket);
        return socket;
    }

    private static String head(long length, String... more) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n"
                + String.join("", more) + "\r\n";
    }

    private long used() throws Exception {
        Matcher memory = MEMORY.matcher(
                running.get("/status", "Authorization", "Bearer watch-key").body());
        assertThat(memory.find()).isTrue();
        return Long.parseLong(memory.group(1));
    }

    /** Each look is an exchange over a socket, so others have their turn in between. */
    private void awaitUsed(LongPredicate wanted) throws Exception {
        for (int look = 0; look < 10_000; look++) {
            if (wanted.test(used())) {
                return;
            }
        }
        throw new AssertionError("still used: " + used());
    }

    @Test
    void announcedBodies_takeOnlyWhatHasCome_andOthersAreAnswered() throws Exception {
        int connections = 100;
        for (int count = 0; count < connections; count++) {
            send(head(10_000_000) + "{");
        }
        int headers = "localhost".length() + "10000000".length();
        long one = MemoryBudget.BYTES_PER_REQUEST + headers + MemoryBudget.BYTES_PER_BYTE;
        awaitUsed(used -> used == connections * one);
        assertThat(running.post(HI).statusCode()).isEqualTo(200);
        for (Socket socket : sockets) {
            socket.close();
        }
        awaitUsed(used -> used == 0);
    }

    @Test
    void requestBeyondTheMemory_isTurnedAway_untilTheOthersHaveEnded() throws Exception {
        reopen(withMemory(4 * MB));
        running.provider.usually(call -> {});
        Socket first = send(RunningGateway.wire(HI.replace("Hi", "x".repeat(700_000))));
        ScriptedProvider.Call waiting = running.provider.call();
        assertThat(used()).isGreaterThan(2 * MB);

        HttpResponse<String> second = running.post(HI.replace("Hi", "y".repeat(400_000)));
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(second.body()).contains("gateway_busy");
        assertThat(second.headers().firstValue("retry-after")).contains("2");
        assertThat(running.provider.unseenCalls()).isZero();

        waiting.answer("Done");
        assertThat(RunningGateway.readUntil(first, "Done")).contains("200 OK");
        awaitUsed(used -> used == 0);
        running.provider.usually(call -> call.answer("Hello"));
        assertThat(running.post(HI.replace("Hi", "y".repeat(400_000))).statusCode())
                .isEqualTo(200);
        awaitUsed(used -> used == 0);
    }

    @Test
    void bodyThatCanNeverFit_isRefusedUnread() throws Exception {
        reopen(withMemory(4 * MB));
        Socket large = send(head(2_000_000));
        assertThat(RunningGateway.readUntil(large, "request_too_large")).contains("413", "Connection: close");
        assertThat(used()).isZero();
    }

    @Test
    void whateverBecomesOfARequest_itsMemoryComesBackOnce() throws Exception {
        running.provider.usually(call -> {});
        Socket leaver = send(RunningGateway.wire(HI.replace("Hi", "leaves")));
        ScriptedProvider.Call left = running.provider.call();
        leaver.close();
        for (int look = 0; look < 3; look++) {
            RunningGateway.settle();
        }
        assertThat(used()).isPositive(); // Its call goes on.
        left.answer("for whoever asks again");
        awaitUsed(used -> used == 0);

        Socket streaming = send(RunningGateway.wire(HI.replaceFirst("\\{", "{\"stream\":true,")));
        ScriptedProvider.Call streamed = running.provider.call();
        streaming.close();
        streamed.awaitCancelled();
        awaitUsed(used -> used == 0);

        Socket half = send(head(1_000) + "{\"half\":");
        awaitUsed(used -> used > 0);
        half.close();
        awaitUsed(used -> used == 0);

        assertThat(running.post("{nonsense").statusCode()).isEqualTo(400);
        assertThat(running.post("[" + "{},".repeat(300_000) + "{}]").statusCode())
                .isEqualTo(400);
        assertThat(running.postTo("/v1/confirmations", "{}").statusCode()).isEqualTo(400);
        awaitUsed(used -> used == 0);

        running.provider.usually(call -> {});
        running.post(HI, "x-whippletree-deadline", "100ms");
        awaitUsed(used -> used == 0);
    }

    @Test
    void clientWhoseLimitIsUsedUp_isToldBeforeItsBodyIsRead() throws Exception {
        reopen(withMemory(64 * MB)
                .withClients(
                        List.of(new GatewaySettings.Client(
                                "acme", Secret.of("key-of-acme"), List.of(Limit.parse("1 requests / 1h")))),
                        Optional.empty()));
        String key = "Authorization: Bearer key-of-acme\r\n";
        assertThat(running.post(HI, "Authorization", "Bearer key-of-acme").statusCode())
                .isEqualTo(200);
        Socket second = send(head(1_000_000, key));
        assertThat(RunningGateway.readUntil(second, "rate_limit_exceeded"))
                .contains("429", "Retry-After", "Connection: close");
    }

    private static GatewaySettings.Client client(String name) {
        return new GatewaySettings.Client(name, Secret.of("key-of-" + name), List.of());
    }

    private ScriptedProvider.Call stream(String client, String question) throws Exception {
        return stream("/v1/chat/completions", client, question);
    }

    private ScriptedProvider.Call stream(String path, String client, String question) throws Exception {
        String body = HI.replace("Hi", question).replaceFirst("\\{", "{\"stream\":true,\"max_tokens\":9,");
        send(RunningGateway.wire(body)
                .replace("/v1/chat/completions", path)
                .replace("\r\n\r\n", "\r\nAuthorization: Bearer key-of-" + client + "\r\n\r\n"));
        return running.provider.call();
    }

    /** Sockets take some megabytes before anything is unread. */
    @Test
    void streamsThatAClientLeavesUnread_areReset_beforeTheyTakeMoreThanItsShare() throws Exception {
        reopen(withMemory(16 * MB)
                .withClients(List.of(client("alice"), client("carol")), Optional.of(Secret.of("watch-key"))));
        running.provider.usually(call -> {});
        ScriptedProvider.Call carols = stream("carol", "short");
        ScriptedProvider.Call small = stream("alice", "small");
        ScriptedProvider.Call large = stream("alice", "large");
        carols.tell(new Delta.Text("a beginning"));
        small.tell(new Delta.Text("x".repeat(MB / 4)));
        for (int count = 0; count < 200 && large.cancelled().getCount() > 0; count++) {
            large.tell(new Delta.Text("words ".repeat(10_000)));
        }
        large.awaitCancelled();
        awaitUsed(used -> used < 2 * MB); // What the small one keeps.
        assertThat(small.cancelled().getCount() + carols.cancelled().getCount()).isEqualTo(2);
        assertThatThrownBy(() -> RunningGateway.readAll(sockets.get(2))).isInstanceOf(SocketException.class);
        assertThat(running.get("/status", "Authorization", "Bearer watch-key").body())
                .contains("\"code\":\"unread\"");

        carols.answer(" and an end");
        assertThat(RunningGateway.readUntil(sockets.get(0), "[DONE]")).contains("a beginning", " and an end", "[DONE]");
        small.answer(" and an end");
        assertThat(RunningGateway.readUntil(sockets.get(1), "[DONE]")).contains(" and an end", "[DONE]");
        awaitUsed(used -> used == 0);
    }

    /** Messages has no events for reasoning that wasn't asked for: nobody can read that. */
    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/messages"})
    void streamThatIsRead_goesOn_whileItsClientHoldsMoreThanItsShare(String path) throws Exception {
        reopen(withMemory(16 * MB).withClients(List.of(client("alice")), Optional.of(Secret.of("watch-key"))));
        running.provider.usually(call -> {});
        ScriptedProvider.Call read = stream(path, "alice", "read");
        stream(path, "alice", "x".repeat(1_900_000));
        for (int count = 0; count < 80; count++) {
            read.tell(new Delta.Reasoning("words ".repeat(1_000)), new Delta.Text(count + "!"));
            RunningGateway.readUntil(sockets.get(0), count + "!");
        }
        assertThat(used()).isGreaterThan(8 * MB);
        read.answer("the end");
        assertThat(RunningGateway.readUntil(sockets.get(0), "the end")).endsWith("the end");
        assertThat(read.cancelled().getCount()).isEqualTo(1);
    }

    @Test
    void wholeAnswerThatIsLeftUnread_counts_untilItsClientLeaves() throws Exception {
        running.provider.usually(call -> call.answer("x".repeat(16 * MB)));
        Socket slow = send(RunningGateway.wire(HI));
        awaitUsed(used -> used > 32 * MB);
        slow.close();
        awaitUsed(used -> used == 0);
    }
}
