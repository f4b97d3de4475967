package dev.whippletree.testkit.batch;

import dev.whippletree.batch.Journal;
import dev.whippletree.batch.file.FileJournal;
import dev.whippletree.batch.file.Sync;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class FileJournalTest extends JournalContract {

    @TempDir
    private Path folder;

    @Override
    protected Journal open() throws IOException {
        return FileJournal.open(
                folder.resolve("answers.jsonl"),
                folder.resolve("answers.errors.jsonl"),
                Sync.EACH,
                new VirtualTimeline(1));
    }
}
