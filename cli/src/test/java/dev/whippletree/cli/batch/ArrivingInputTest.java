package dev.whippletree.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.time.VirtualTimeline;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArrivingInputTest {

    @Test
    void whatArrives_isSaidEachTenSeconds_untilItsEnd() throws IOException {
        VirtualTimeline timeline = new VirtualTimeline(1);
        List<String> said = new ArrayList<>();
        byte[] bytes = "x".repeat(1_500).concat("\nsecond\n").getBytes(StandardCharsets.UTF_8);

        try (InputStream input =
                new ArrivingInput(new ByteArrayInputStream(bytes), "standard input", timeline, said::add)) {
            timeline.advance(Duration.ofSeconds(9));
            assertThat(said).isEmpty();
            timeline.advance(Duration.ofSeconds(1));
            assertThat(said).containsExactly("Waiting for the end of standard input; so far nothing has arrived.");

            assertThat(input.readAllBytes()).isEqualTo(bytes);
            timeline.advance(Duration.ofSeconds(10));
        }
        assertThat(said)
                .hasSize(2)
                .last()
                .isEqualTo("Waiting for the end of standard input; so far 2 lines (1 KB) arrived.");
        timeline.advance(Duration.ofMinutes(1));
        assertThat(said).hasSize(2);
    }
}
