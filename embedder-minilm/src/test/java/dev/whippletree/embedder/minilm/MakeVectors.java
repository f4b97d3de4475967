package dev.whippletree.embedder.minilm;

import dev.whippletree.cache.similar.Embedding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;

/** Makes the vectors anew that module cache-similar is tested with. A program, run in this module's folder. */
final class MakeVectors {

    private MakeVectors() {}

    public static void main(String[] arguments) throws IOException {
        try (Embedding embedding = new MiniLmEmbedder().open()) {
            for (Streams stream : Streams.values()) {
                ByteArrayOutputStream vectors = new ByteArrayOutputStream();
                for (String question : stream.questions()) {
                    vectors.writeBytes(Streams.kept(
                            embedding.embed(question).orElseThrow(() -> new IllegalStateException(question))));
                }
                Files.write(stream.vectorsFile(), vectors.toByteArray());
                System.out.println(stream.vectorsFile() + ": " + vectors.size() / MiniLmEmbedding.NUMBERS);
            }
        }
    }
}
