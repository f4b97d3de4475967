package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The cache on Valkey, where that is installed. */
@Tag("slow")
@EnabledIf(value = "isInstalled", disabledReason = "there is no valkey-server on the PATH")
class ValkeyContractTest extends RedisContractTest {

    static boolean isInstalled() {
        return RedisProcess.valkeyBinary().isPresent();
    }

    @Override
    RedisProcess server() throws IOException {
        return RedisProcess.startedValkey();
    }

    @Test
    void server_isNoRedis() throws IOException {
        try (RedisProcess valkey = server()) {
            RedisClient client = RedisClient.create(valkey.uri());
            assertThat(client.connect().sync().info("server")).contains("server_name:valkey");
            client.shutdown();
        }
    }
}
