package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class VectorTableTest {

    private static final int LENGTH = 3;

    private final VectorTable table = new VectorTable();

    private void put(int place) {
        table.put(place, new float[] {place, 1, 0});
    }

    private static long bytes(int vectors) {
        return (long) vectors * LENGTH * Float.BYTES;
    }

    @Test
    void vectorsThatGo_giveTheirRoomBack_andTheOthersStay() {
        for (int place = 0; place < 1_000; place++) {
            put(place);
        }
        assertThat(table.bytes()).isBetween(bytes(1_000), bytes(1_125));
        table.truncate(999);
        put(999);
        assertThat(table.bytes()).isBetween(bytes(1_000), bytes(1_125));

        table.truncate(100);
        assertThat(table.bytes()).isBetween(bytes(100), bytes(134));
        float[] products = table.products(new float[] {1, 0, 1}, 100);
        assertThat(products).hasSize(100);
        assertThat(products[0]).isZero();
        assertThat(products[99]).isEqualTo(99);

        table.truncate(0);
        assertThat(table.bytes()).isZero();
        assertThat(table.products(new float[] {1, 0, 1}, 0)).isEmpty();
        put(0);
        assertThat(table.bytes()).isEqualTo(bytes(64));
    }
}
