package dev.whippletree.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command says of output that nobody gets. */
class LostOutputTest extends ShellTest {

    @BeforeEach
    void addAccount() {
        shell.withAccount();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ask hi",
                "ask --stream hi",
                "ask --json hi",
                "embed -",
                "chat",
                "status",
                "status --json",
                "check",
                "plugins",
                "plan --json --no-advice --interviews 10 --accounts huggingface:2x1000/h",
                "init -o new.yaml",
                "--help",
                "ask --help",
                "--version"
            })
    void fullDisk_isSaidOnceAndExitsWith1(String command) {
        shell.input("hi").output(failing("No space left on device"));
        assertThat(shell.run(command.split(" "))).as(shell.err()).isEqualTo(1);
        assertThat(shell.err().lines())
                .filteredOn(line -> line.startsWith("whippletree"))
                .containsExactly("whippletree: standard output can't be written, so the printed output is incomplete:"
                        + " No space left on device");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ask hi", "ask --stream hi", "status", "--help"})
    void readerWhoLeft_endsItSilentlyWith141(String command) {
        shell.output(failing("Broken pipe"));
        assertThat(shell.run(command.split(" "))).isEqualTo(141);
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void streamThatNobodyReads_isWithdrawn() throws InterruptedException {
        shell.output(failing("Broken pipe"));
        shell.provider.scripts.add(sink -> sink.delta(new Delta.Text("Once upon a time")));
        assertThat(shell.run("ask", "--stream", "Tell me a story")).isEqualTo(141);
        assertThat(shell.provider.cancelled.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void chatThatNobodyReads_asksNothingMore() {
        shell.input("One\nTwo\nThree\n").output(failing("Broken pipe"));
        assertThat(shell.run("chat")).isEqualTo(141);
        assertThat(shell.provider.asked).hasSize(1);
    }

    @Test
    void vectorsThatNobodyWouldGet_arentAskedFor() {
        shell.file("texts.txt", "one\n".repeat(10_000) + "two\n").output(failing("No space left on device"));
        assertThat(shell.run("embed", "texts.txt")).isEqualTo(1);
        assertThat(shell.provider.asked).hasSize(1);
        assertThat(shell.err()).contains("so the printed output is incomplete: No space left on device");
    }

    @Test
    void failure_keepsItsExitCode() {
        shell.output(failing("No space left on device"));
        assertThat(shell.run("plan", "--interviews", "200", "--accounts", "huggingface:2x100/h", "--no-advice"))
                .isEqualTo(1);
        assertThat(shell.run("statsu")).isEqualTo(2);
        shell.provider.failure = Optional.of(Failure.of(FailureKind.UNAUTHORIZED, "Invalid credentials"));
        assertThat(shell.run("status", "--probe")).isEqualTo(3);
    }

    @Test
    void diskThatIsFoundFullWhenFlushed_isSaidToo() {
        shell.output(new OutputStream() {
            @Override
            public void write(int value) {}

            @Override
            public void flush() throws IOException {
                throw new IOException("No space left on device");
            }
        });
        assertThat(shell.run("ask", "hi")).isEqualTo(1);
        assertThat(shell.err()).contains("so the printed output is incomplete: No space left on device");
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException(message);
            }
        };
    }
}
