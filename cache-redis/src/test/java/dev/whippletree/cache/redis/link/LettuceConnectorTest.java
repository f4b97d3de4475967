package dev.whippletree.cache.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.Settings;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.TimeoutOptions.TimeoutSource;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.Map;
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
}
