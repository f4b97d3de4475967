package com.example.vectors;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.whippletree.Whippletree;
import dev.whippletree.batch.Batch;
import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchProgress;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.Journal;
import dev.whippletree.batch.file.FileJournal;
import dev.whippletree.batch.file.Sync;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Prompt;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Fills a vector store of LangChain4j by a batch. After a crash, it goes on where it was. */
public final class StoreFiller {

    private static final int CHUNKS_OF_A_PART = 100;

    private final List<TextSegment> chunks;
    private final EmbeddingStore<TextSegment> store;

    /** Creates a filler; the chunks have to be the same, in the same order, each time. */
    public StoreFiller(List<TextSegment> chunks, EmbeddingStore<TextSegment> store) {
        this.chunks = chunks;
        this.store = store;
    }

    /**
     * Stores the vectors that an earlier run has got, and asks for all others.
     *
     * @param folder where the vectors are written down before they are stored
     * @return how far it is: parts without vectors are in {@code vectors.errors.jsonl}
     */
    public BatchProgress fill(Whippletree whippletree, Path folder) throws IOException {
        try (SystemTimeline timeline = new SystemTimeline();
                Journal journal = FileJournal.open(
                        folder.resolve("vectors.jsonl"),
                        folder.resolve("vectors.errors.jsonl"),
                        Sync.SECOND,
                        timeline)) {
            for (int from = 0; from < chunks.size(); from += CHUNKS_OF_A_PART) {
                int part = from;
                journal.answer(id(part)).ifPresent(known -> add(part, Embeddings.of(known)));
            }
            return Batch.over(whippletree)
                    .journal(journal)
                    .total(parts().count())
                    .run(parts()::iterator, result -> {
                        if (result instanceof BatchResult.Answered answered) {
                            add(from(answered.id()), answered.embeddings());
                        }
                    })
                    .join();
        }
    }

    private Stream<BatchItem> parts() {
        return IntStream.iterate(0, from -> from < chunks.size(), from -> from + CHUNKS_OF_A_PART)
                .mapToObj(from -> new BatchItem(id(from), prompt(part(from))));
    }

    private static Prompt prompt(List<TextSegment> part) {
        Prompt.Builder prompt =
                Prompt.builder().operation(Prompt.Operation.EMBEDDING).route("embeddings");
        part.forEach(chunk -> prompt.user(chunk.text()));
        return prompt.build();
    }

    private void add(int from, Embeddings vectors) {
        List<TextSegment> part = part(from);
        store.addAll(
                IntStream.range(from, from + part.size())
                        .mapToObj(chunk -> "chunk-" + chunk)
                        .toList(),
                vectors.all().stream()
                        .map(vector -> Embedding.from(vector.vector()))
                        .toList(),
                part);
    }

    private List<TextSegment> part(int from) {
        return chunks.subList(from, Math.min(chunks.size(), from + CHUNKS_OF_A_PART));
    }

    private static String id(int from) {
        return "part-" + from;
    }

    private static int from(String id) {
        return Integer.parseInt(id.substring("part-".length()));
    }
}
