package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {

    private static byte[] text(int length) {
        return "Tell me about a project you are proud of. "
                .repeat(length / 42 + 1)
                .substring(0, length)
                .getBytes(UTF_8);
    }

    @Test
    void text_comesBackAndIsSmaller() {
        byte[] envelope = text(10_000);
        byte[] packed = Packing.pack(envelope);
        assertThat(packed.length).isLessThan(envelope.length / 10);
        assertThat(Packing.unpack(packed))
                .hasValueSatisfying(back -> assertThat(back).isEqualTo(envelope));
    }

    @Test
    void everyLength_comesBack() {
        Random random = new Random(3);
        for (int length = 1_024; length < 3 * 1_024; length += 7) {
            byte[] envelope = text(length);
            random.nextBytes(envelope);
            Arrays.fill(envelope, 0, random.nextInt(length), (byte) 'a');
            assertThat(Packing.unpack(Packing.pack(envelope)))
                    .hasValueSatisfying(back -> assertThat(back).isEqualTo(envelope));
        }
    }

    @Test
    void whatIsSmall_orCannotBeMadeSmaller_staysAsItIs() {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        for (byte[] envelope : new byte[][] {text(1_023), noise}) {
            assertThat(Packing.pack(envelope)).isSameAs(envelope);
            assertThat(Packing.unpack(envelope)).contains(envelope);
        }
        assertThat(Packing.pack(text(1_024))).hasSizeLessThan(200);
    }

    @Test
    void packedOnesThatWereCutOrChanged_areNone() {
        byte[] packed = Packing.pack(text(10_000));
        for (int length = 6; length < packed.length; length++) {
            assertThat(Packing.unpack(Arrays.copyOf(packed, length))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, Integer.MAX_VALUE, 9_999, 10_001})
    void lengthThatIsALie_makesItNone_andAsksForNoMemory(int length) {
        byte[] packed = Packing.pack(text(10_000));
        ByteBuffer.wrap(packed).putInt(2, length);
        assertThat(Packing.unpack(packed)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void envelopeOfMoreThan64Megabytes_isNone(int more) throws IOException {
        int length = (64 << 20) + more;
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.write(ByteBuffer.allocate(6)
                .put((byte) 'W')
                .put((byte) 'Z')
                .putInt(length)
                .array());
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed, new Deflater(Deflater.BEST_SPEED, true))) {
            for (int megabyte = 0; megabyte < 64; megabyte++) {
                out.write(new byte[1 << 20]);
            }
            out.write(new byte[more]);
        }
        assertThat(Packing.unpack(packed.toByteArray()).map(envelope -> envelope.length))
                .isEqualTo(more == 0 ? Optional.of(length) : Optional.empty());
    }

    @Test
    void garbage_neverThrows() {
        Random random = new Random(2);
        for (int run = 0; run < 1_000; run++) {
            byte[] packed = Packing.pack(text(2_000));
            packed[2 + random.nextInt(packed.length - 2)] = (byte) random.nextInt();
            assertThat(Packing.unpack(packed)).isNotNull();
        }
    }
}
