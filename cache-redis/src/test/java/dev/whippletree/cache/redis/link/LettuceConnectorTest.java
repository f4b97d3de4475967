package dev.whippletree.cache.redis.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.Settings;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.TimeoutOptions.TimeoutSource;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LettuceConnectorTest {

    @ParameterizedTest
    @CsvSource({
        "20ms, EVALSHA, 20",
        "20ms, PING, 20",
        "20ms, SUBSCRIBE, 1000",
        "20ms, CLUSTER, 1000",
        "2s, CLUSTER, 2000"
    })
    void whatConnects_mayTakeASecondAtLeast(String timeout, CommandType type, long millis) {
        Settings settings = new Settings("coordinator redis", Map.of("command-timeout", timeout));
        ClientOptions.Builder options = ClientOptions.builder();
        new ServerConnector(RedisSettings.from(settings)).configure(options);
        TimeoutSource source = options.build().getTimeoutOptions().getSource();
        Command<String, String, String> command = new Command<>(type, new StatusOutput<>(StringCodec.UTF8));

        assertThat(Duration.of(source.getTimeout(command), source.getTimeUnit().toChronoUnit()))
                .hasMillis(millis);
    }

    /** It has told whom it takes, and refuses all else: "is back" would be said too early. */
    @Test
    void serverThatLoadsItsData_isNotConnected() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String uri = "redis://127.0.0.1:" + server.getLocalPort();
            ServerConnector connector = new ServerConnector(
                    RedisSettings.from(new Settings("cache redis", Map.of("uri", uri, "command-timeout", "5s"))));
            CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> load(server));
            assertThat(connector.connect())
                    .failsWithin(Duration.ofMinutes(1))
                    .withThrowableThat()
                    .withMessageContaining("LOADING");
            assertThat(serving).succeedsWithin(Duration.ofMinutes(1));
            connector.close();
        }
    }

    /** Serves one connection, as Redis does while it loads. */
    private static void load(ServerSocket server) {
        try (Socket client = server.accept();
                Scanner words = new Scanner(client.getInputStream(), UTF_8)) {
            while (words.hasNext()) {
                String answer = switch (words.next()) {
                    case "HELLO" -> "%1\r\n+proto\r\n:3\r\n";
                    case "CLIENT" -> "+OK\r\n";
                    case "PING" -> "-LOADING Redis is loading the dataset in memory\r\n";
                    default -> "";
                };
                client.getOutputStream().write(answer.getBytes(UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
