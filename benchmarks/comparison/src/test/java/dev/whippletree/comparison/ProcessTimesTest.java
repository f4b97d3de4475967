package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTimesTest {

    private static final Offset<Double> CLOSE = within(1e-9);

    @TempDir
    private Path proc;

    /** Ticks are user, system, and those of ended children. */
    private void process(long pid, long parent, String command, String ticks, long kilobytes) throws IOException {
        Path folder = Files.createDirectories(proc.resolve("" + pid));
        Files.writeString(
                folder.resolve("stat"),
                pid + " (" + command + ") S " + parent + " 1 1 0 -1 4194304 900 0 7 0 " + ticks + " 20 0 5 0 99\n");
        Files.writeString(
                folder.resolve("status"),
                "Name:\t" + command + "\nVmHWM:\t  999999 kB\nVmRSS:\t  " + kilobytes + " kB\n");
    }

    private ProcessTimes times() {
        return new ProcessTimes(proc);
    }

    @Test
    void gateway_isAllThatItsCallersStarted() throws IOException {
        process(10, 1, "java", "500 60 900 90", 4096);
        process(11, 10, "sh", "1 2 30 4", 1024);
        process(12, 11, "worker (1) of 2", "100 50 0 0", 2048);
        process(13, 12, "worker) S 1 (", "10 5 0 0", 1024);
        process(14, 1, "another", "7 7 7 7", 1024);

        ProcessTimes.Used used = times().descendants(10);
        assertThat(used.seconds()).isEqualTo(2.02, CLOSE);
        assertThat(used.megabytes()).isEqualTo(4, CLOSE);
    }

    @Test
    void library_isItsProcessWithoutItsChildren() throws IOException {
        process(10, 1, "java", "500 60 0 0", 4096);
        process(11, 10, "sh", "1 2 30 4", 1024);

        assertThat(times().alone(10).seconds()).isEqualTo(5.6, CLOSE);
        assertThat(times().alone(10).megabytes()).isEqualTo(4, CLOSE);
        assertThat(times().descendants(11).seconds()).isZero();
    }

    @Test
    void processThatEndsWhileItIsRead_countsNothing() throws IOException {
        Files.createDirectories(proc.resolve("10"));

        assertThat(times().alone(10)).isEqualTo(new ProcessTimes.Used(0, 0));
    }

    /** Idle time and waiting for disks aren't work; guests count as users already. */
    @Test
    void machine_isBusyWithWorkAlone() throws IOException {
        Files.writeString(proc.resolve("stat"), "cpu  100 20 3 10000 5000 400 50 6 70 8\ncpu0 1 1 1 1 1 1 1 1 1 1\n");

        assertThat(times().busySeconds()).isEqualTo(5.79, CLOSE);
    }

    @Test
    void systemThatDoesntTell_isAnErrorThatSaysSo() {
        assertThatThrownBy(() -> times().busySeconds()).hasMessageContaining("measure overhead on Linux");
    }
}
