package dev.whippletree.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {

    @TempDir
    private Path folder;

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final AtomicInteger changes = new AtomicInteger();
    private final List<String> logged = new ArrayList<>();
    private Path file;
    private FileWatch watch;

    @BeforeEach
    void begin() throws IOException {
        file = folder.resolve("whippletree.yaml");
        Files.writeString(file, "first");
        watch = new FileWatch(file, timeline, changes::incrementAndGet);
        LogOutput.to(logged::add);
    }

    @AfterEach
    void end() {
        LogOutput.to(System.err::println);
    }

    private void pass() {
        timeline.advance(FileWatch.INTERVAL);
    }

    @Test
    void otherContents_areToldOnce_alsoIfTheFileIsAnotherOne() throws IOException {
        pass();
        assertThat(changes).hasValue(0);

        Files.delete(file);
        pass();
        assertThat(changes).hasValue(0);
        Files.writeString(file, "second");
        pass();
        pass();
        assertThat(changes).hasValue(1);

        Files.writeString(file, "third");
        pass();
        pass();
        assertThat(changes).hasValue(2);
    }

    @Test
    void halfOfAFile_isNotTaken() throws IOException {
        Files.writeString(file, "seco");
        pass();
        Files.writeString(file, "second");
        pass();
        assertThat(changes).hasValue(0);
        pass();
        assertThat(changes).hasValue(1);
    }

    @Test
    void whatIsNoFile_isPassedOver_andTheWatchGoesOn() throws IOException {
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        pass();
        pass();
        Files.delete(file);
        Files.writeString(file, "second");
        pass();
        pass();
        assertThat(changes).hasValue(1);
    }

    /** Deleted, emptied, or replaced by something else; the second time it is away, that is told again. */
    @Test
    void fileThatStaysAway_isWarnedAboutOnce() throws IOException {
        Files.writeString(file, "");
        pass();
        assertThat(logged).isEmpty();
        Files.delete(file);
        pass();
        pass();
        assertThat(logged)
                .containsExactly(
                        "warn: " + file + " is gone, empty or can't be read; the old configuration stays in use");
        Files.writeString(file, "first");
        pass();
        Files.delete(file);
        pass();
        pass();
        assertThat(logged).hasSize(2);
        assertThat(changes).hasValue(0);
    }

    @Test
    void sameContents_areNoChange() throws IOException {
        Files.delete(file);
        pass();
        Files.writeString(file, "first");
        pass();
        assertThat(changes).hasValue(0);
    }

    @Test
    void closed_tellsNothingMore() throws IOException {
        watch.close();
        Files.writeString(file, "second");
        pass();
        assertThat(changes).hasValue(0);
        assertThat(timeline.runNext()).isFalse();
    }

    @Test
    void changeThatFails_doesNotEndTheWatch() throws IOException {
        watch.close();
        watch = new FileWatch(file, timeline, () -> {
            changes.incrementAndGet();
            throw new IllegalStateException("this change can't be used");
        });
        Files.writeString(file, "second");
        pass();
        assertThatThrownBy(this::pass).hasMessageContaining("can't be used");
        Files.writeString(file, "third");
        pass();
        assertThatThrownBy(this::pass).hasMessageContaining("can't be used");
        assertThat(changes).hasValue(2);
    }
}
