package dev.whippletree.cache.ehcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.spi.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TierSizesTest {

    private static final long MB = 1 << 20;

    @Test
    void nothingSet_meansTheDefaults() {
        assertThat(read(Map.of())).isEqualTo(new TierSizes("cache ehcache", 32 * MB, 64 * MB));
    }

    @Test
    void bothSet_areTaken() {
        assertThat(read(Map.of("heap", "1MB", "off-heap", "2MB")))
                .isEqualTo(new TierSizes("cache ehcache", MB, 2 * MB));
    }

    @Test
    void largeHeapAlone_bringsTwiceItselfOffHeap() {
        assertThat(read(Map.of("heap", "100MB")).offHeapBytes()).isEqualTo(200 * MB);
    }

    @Test
    void offHeapNotAboveHeap_saysWhereAndWhat() {
        for (String offHeap : new String[] {"0", "1MB", "32MB"}) {
            assertThatThrownBy(() -> read(Map.of("off-heap", offHeap)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cache ehcache: off-heap")
                    .hasMessageContaining("more than heap");
        }
    }

    @Test
    void tinyHeap_isRefused() {
        assertThatThrownBy(() -> read(Map.of("heap", "10KB")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cache ehcache: heap must be 1MB or more");
    }

    @Test
    void whatIsNoSize_isRefused() {
        assertThatThrownBy(() -> read(Map.of("heap", "many")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cache ehcache: heap is a size");
    }

    private static TierSizes read(Map<String, String> values) {
        return TierSizes.from(new Settings("cache ehcache", values));
    }
}
