package dev.whippletree.batch.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.batch.Batch;
import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission;
import dev.whippletree.testkit.FakeProvider;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million lines in a heap of 128 MB, and the check and the resuming of ten million in 256 MB; what they print are
 * figures.
 */
@Tag("thorough")
final class MillionLinesTest {

    private static final int HOURS = 1;
    private static final int TOGETHER = 128;

    private static final String TEXT = "An answer of a few words, as long as short answers are.";

    private static final Completion ANSWER = new Completion(
            TEXT,
            Optional.empty(),
            List.of(),
            FinishReason.STOP,
            Optional.of(TokenUsage.of(18, 12)),
            new Origin(Origin.Source.CALL, "a", "model", 1, Duration.ZERO, Optional.empty()));

    @TempDir
    private Path folder;

    @Test
    void aMillionLines_areAskedIn128Megabytes() throws Exception {
        run("128m", "batch", 1_000_000);

        assertThat(answers()).isEqualTo(1_000_000);
    }

    @Test
    void aMillionConversations_areHeldIn128Megabytes() throws Exception {
        run("128m", "conversations", 1_000_000, "1000000");

        assertThat(answers()).isEqualTo(1_000_000);
    }

    @Test
    void tenMillionLines_areCheckedIn256Megabytes() throws Exception {
        run("256m", "check", 10_000_000);
    }

    @Test
    void tenMillionLines_areResumedIn256Megabytes() throws Exception {
        run("256m", "answers", 10_000_000);
        run("256m", "batch", 10_000_000);

        assertThat(answers()).isEqualTo(10_000_000);
    }

    private long answers() throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("answers.jsonl"))) {
            return lines.count();
        }
    }

    private void run(String heap, String what, int lines, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-classpath",
                System.getProperty("java.class.path"),
                MillionLinesTest.class.getName(),
                what,
                Integer.toString(lines),
                folder.toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(HOURS, TimeUnit.HOURS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    /**
     * Asks many lines of a service that answers at once, and prints how long that took: {@code batch}, from a file to a
     * file; {@code check}, the file alone. {@code answers} writes an output as a batch does that was stopped before its
     * last line, without asking. {@code conversations} is a batch of so many sessions, whose first lines come first,
     * then their second ones. Arguments: what to do, how many lines, a folder, and of {@code conversations} how many
     * sessions.
     */
    public static void main(String[] arguments) throws Exception {
        int lines = Integer.parseInt(arguments[1]);
        Path folder = Path.of(arguments[2]);
        Path input = folder.resolve("prompts.jsonl");
        boolean conversations = arguments[0].equals("conversations");
        if (!Files.exists(input)) {
            write(input, lines, conversations ? Integer.parseInt(arguments[3]) : 0);
        }
        BatchFiles files = files(input, folder, conversations);
        try (SystemTimeline timeline = new SystemTimeline();
                Whippletree whippletree = Whippletree.builder()
                        .timeline(timeline)
                        .provider(new FakeProvider(
                                "instant",
                                Admission.asMade(10, 10),
                                call -> call.services()
                                        .executor()
                                        .execute(() -> call.answer(TEXT, Optional.of(TokenUsage.of(18, 12))))))
                        .account("a", "instant", "token-a")
                        .account("b", "instant", "token-b")
                        .build()) {
            long begun = timeline.nanoTime();
            switch (arguments[0]) {
                case "batch", "conversations" -> batch(files, whippletree, timeline);
                case "answers" -> answers(files, whippletree, timeline);
                case "check" -> BatchFile.check(files, whippletree.configuration(), item -> {});
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            double seconds = (timeline.nanoTime() - begun) / 1e9;
            System.out.printf(
                    "%s: %,d lines in %.1f s, %,.0f a second, in a heap of %d MB%n",
                    arguments[0],
                    lines,
                    seconds,
                    lines / seconds,
                    Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    private static void write(Path file, int lines, int sessions) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int i = 0; i < lines; i++) {
                String session = sessions == 0 ? "" : ",\"session\":\"interview-" + i % sessions + "\"";
                writer.write("{\"custom_id\":\"request-" + i + "\"" + session
                        + ",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                        + "{\"messages\":[{\"role\":\"user\",\"content\":\"Question " + i
                        + ": what would you say to somebody who asks you this for the first time?\"}]}}\n");
            }
        }
    }

    private static BatchFiles files(Path input, Path folder, boolean conversations) {
        return new BatchFiles(
                input,
                InputFormat.JSONL,
                folder.resolve("answers.jsonl"),
                PromptForm.PLAIN,
                conversations,
                false,
                Sync.SECOND,
                false,
                false,
                false);
    }

    private static void batch(BatchFiles files, Whippletree whippletree, Timeline timeline) throws IOException {
        long begun = timeline.nanoTime();
        try (BatchFile file = BatchFile.open(files, whippletree, timeline)) {
            System.out.printf("opened after %.1f s%n", (timeline.nanoTime() - begun) / 1e9);
            Batch.Builder batch = Batch.over(whippletree)
                    .timeline(timeline)
                    .journal(file.journal())
                    .total(file.total())
                    .distinct(file.distinct());
            if (files.conversations()) {
                batch.conversations();
            }
            Iterator<BatchItem> items = file.items();
            System.out.println(batch.run(() -> items, result -> {}).join());
            file.finish();
        }
    }

    private static void answers(BatchFiles files, Whippletree whippletree, Timeline timeline) throws IOException {
        try (BatchFile file = BatchFile.open(files, whippletree, timeline)) {
            Iterator<BatchItem> items = file.items();
            List<BatchResult> some = new ArrayList<>();
            for (long number = 1; number < file.total(); number++) {
                some.add(new BatchResult.Answered(items.next(), ANSWER));
                if (some.size() == TOGETHER) {
                    file.journal().append(some);
                    some.clear();
                }
            }
            file.journal().append(some);
        }
    }
}
