package dev.whippletree.cache.redis.link;

import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.spi.Services;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class CorruptValueTest {

    @Test
    void valuesOfAMinute_areOneLine() {
        Logger log = mock(Logger.class);
        Services services = mock(Services.class);
        when(services.logger("cache.redis")).thenReturn(log);
        CorruptValue corrupt =
                new CorruptValue(RedisSettings.from(new Settings("coordinator redis", Map.of())), services);

        for (int second = 0; second < 120; second++) {
            when(services.nanoTime()).thenReturn(Duration.ofSeconds(second).toNanos());
            corrupt.note("garbage " + second);
        }

        verify(log).warn(contains("1 value in Redis"));
        verify(log).warn(contains("61 values in Redis"));
        verify(log, times(2)).warn(contains("ignored since the start"));
    }
}
