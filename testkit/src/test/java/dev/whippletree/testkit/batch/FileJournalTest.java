package dev.whippletree.testkit.batch;

import dev.whippletree.batch.Journal;
import dev.whippletree.batch.file.FileJournal;
import dev.whippletree.batch.file.Sync;
import dev.whippletree.testkit.Transcript;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class FileJournalTest extends JournalContract {

    @RegisterExtension
    static final Transcript TRANSCRIPT = new Transcript("journal-contract", UnaryOperator.identity());

    @TempDir
    private Path folder;

    @Override
    protected Journal open() throws IOException {
        return Transcript.watched(
                Journal.class,
                FileJournal.open(
                        folder.resolve("answers.jsonl"),
                        folder.resolve("answers.errors.jsonl"),
                        Sync.EACH,
                        new VirtualTimeline(1)));
    }
}
