package dev.whippletree.cli.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.cli.base.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LastWordsTest {

    private final AtomicInteger ended = new AtomicInteger();

    @Test
    void whatStandsStill_isTold_andTheProcessEnds() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        new LastWords(ExitCode.STANDSTILL, err, ended::incrementAndGet).accept("thread XNIO-1 Accept");
        assertThat(err.toString(UTF_8)).contains("the gateway has to end", "exit code 10", "XNIO-1 Accept");
        assertThat(ended).hasValue(1);
    }

    @Test
    void whateverKeepsItFromBeingTold_theProcessEndsAllTheSame() {
        OutputStream exhausted = new OutputStream() {
            @Override
            public void write(int one) {
                throw new StackOverflowError("no room for a call");
            }
        };
        LastWords words = new LastWords(ExitCode.STANDSTILL, exhausted, ended::incrementAndGet);
        assertThatThrownBy(() -> words.accept("the timer")).isInstanceOf(StackOverflowError.class);
        assertThat(ended).hasValue(1);
    }
}
