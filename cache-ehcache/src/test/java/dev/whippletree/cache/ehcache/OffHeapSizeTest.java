package dev.whippletree.cache.ehcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.spi.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OffHeapSizeTest {

    private static final long MB = 1 << 20;

    @Test
    void nothingSet_meansTheDefault() {
        assertThat(read(Map.of())).isEqualTo(new OffHeapSize("cache ehcache", 64 * MB));
    }

    @Test
    void sizeSet_isTaken() {
        assertThat(read(Map.of("off-heap", "2MB"))).isEqualTo(new OffHeapSize("cache ehcache", 2 * MB));
    }

    @Test
    void tinySize_isRefused() {
        assertThatThrownBy(() -> read(Map.of("off-heap", "10KB")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cache ehcache: off-heap must be 1MB or more");
    }

    @Test
    void whatIsNoSize_isRefused() {
        assertThatThrownBy(() -> read(Map.of("off-heap", "many")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cache ehcache: off-heap is a size");
    }

    private static OffHeapSize read(Map<String, String> values) {
        return OffHeapSize.from(new Settings("cache ehcache", values));
    }
}
