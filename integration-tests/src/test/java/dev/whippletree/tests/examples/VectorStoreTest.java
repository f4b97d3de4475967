package dev.whippletree.tests.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.vectors.StoreFiller;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import dev.whippletree.Whippletree;
import dev.whippletree.batch.BatchProgress;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.emulator.model.Vectors;
import dev.whippletree.model.Limit;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.testkit.emulator.EmulatedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The guide that fills a vector store works as it stands, over real sockets, against two emulated accounts. */
@Tag("slow")
final class VectorStoreTest {

    private static final String MODEL = "text-embedding-3-small";
    private static final int CHUNKS = 1_030;
    private static final int PARTS = 11;

    @TempDir
    private Path folder;

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(ServiceSettings.builder(ServiceKind.OPENAI)
            .account("a", "token-a", ServiceLimit.sliding(Limit.parse("3 requests / 2s")))
            .account("b", "token-b", ServiceLimit.sliding(Limit.parse("3 requests / 2s")))
            .build());

    private final List<TextSegment> chunks = IntStream.range(0, CHUNKS)
            .mapToObj(number -> TextSegment.from("Chunk no. " + number))
            .toList();

    private Whippletree open() {
        return Whippletree.builder()
                .state(folder)
                .account(account("a"))
                .account(account("b"))
                .route(RouteSettings.builder("chats")
                        .tier(new TargetSettings("a", "gpt"))
                        .build())
                .route(RouteSettings.builder("embeddings")
                        .tier(new TargetSettings("a", MODEL), new TargetSettings("b", MODEL))
                        .build())
                .build();
    }

    private AccountSettings account(String id) {
        return AccountSettings.builder(id, ServiceKind.OPENAI.provider())
                .token("token-" + id)
                .limit("3 requests / 2s")
                .setting("base-url", services.baseUrl(ServiceKind.OPENAI))
                .setting("embedding-inputs", "100")
                .build();
    }

    private ServiceStats stats() {
        return services.stats(ServiceKind.OPENAI);
    }

    /** A store that fails once it has so many vectors, as if its program crashed. */
    private static final class FailingStore extends InMemoryEmbeddingStore<TextSegment> {

        private final int most;
        private int stored;

        private FailingStore(int most) {
            this.most = most;
        }

        @Override
        public void addAll(List<String> ids, List<Embedding> embeddings, List<TextSegment> embedded) {
            if (stored >= most) {
                throw new IllegalStateException("the program crashes");
            }
            super.addAll(ids, embeddings, embedded);
            stored += ids.size();
        }
    }

    @Test
    void storeIsFilledAfterACrash_andNoChunkIsAskedForTwice() throws IOException {
        try (Whippletree whippletree = open()) {
            assertThatThrownBy(() -> new StoreFiller(chunks, new FailingStore(300)).fill(whippletree, folder))
                    .hasRootCauseMessage("the program crashes");
        }
        long callsBefore = stats().calls();
        // All of them, if the program takes as long to crash as the limits put calls off.
        assertThat(callsBefore).isBetween(3L, (long) PARTS);
        assertThat(Files.readAllLines(folder.resolve("vectors.jsonl"))).hasSize((int) callsBefore);

        InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
        try (Whippletree whippletree = open()) {
            BatchProgress end = new StoreFiller(chunks, store).fill(whippletree, folder);

            assertThat(end.failed()).isZero();
            assertThat(end.resumed()).isEqualTo(callsBefore);
        }

        assertThat(stats().calls()).isEqualTo(PARTS);
        assertThat(stats().mostCallsPerPrompt()).isEqualTo(1);
        assertThat(stats().accounts()).allSatisfy(account -> {
            assertThat(account.answered()).isPositive();
            assertThat(account.rateLimited()).isZero();
        });
        for (int chunk : new int[] {0, 99, 100, 777, CHUNKS - 1}) {
            assertStored(store, chunk);
        }
        assertThat(store.serializeToJson().split("\"chunk-", -1)).hasSize(CHUNKS + 1);
    }

    private void assertStored(InMemoryEmbeddingStore<TextSegment> store, int chunk) {
        String text = chunks.get(chunk).text();
        float[] vector = dev.whippletree.model.Embedding.decode(Vectors.of(text, MODEL, Vectors.DIMENSIONS));
        assertThat(store.search(EmbeddingSearchRequest.builder()
                                .queryEmbedding(Embedding.from(vector))
                                .maxResults(1)
                                .build())
                        .matches())
                .singleElement()
                .satisfies(match -> {
                    assertThat(match.embeddingId()).isEqualTo("chunk-" + chunk);
                    assertThat(match.embedded().text()).isEqualTo(text);
                    assertThat(match.embedding().vector()).containsExactly(vector);
                });
    }
}
