package dev.whippletree.embedder.minilm;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.whippletree.cache.similar.Embedding;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The loaded model. Thread-safe; each vector is made on the thread that asks for it.
 *
 * <p>A text's vector is the mean of its pieces' vectors, made 1 long (Reimers and Gurevych, <i>Sentence-BERT</i>,
 * 2019).
 */
final class MiniLmEmbedding implements Embedding {

    /** Pieces that the model reads, start and end among them. */
    static final int MOST_PIECES = 256;

    /** Length of a vector. */
    static final int NUMBERS = 384;

    /** Where the share of unknown pieces is larger, the vector tells nothing: one in so many. */
    private static final int KNOWN_FOR_UNKNOWN = 4;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final WordPieces pieces;

    private MiniLmEmbedding(OrtEnvironment environment, OrtSession session, WordPieces pieces) {
        this.environment = environment;
        this.session = session;
        this.pieces = pieces;
    }

    /**
     * Loads it.
     *
     * @throws LinkageError if there is no native code that works here
     */
    static MiniLmEmbedding load(byte[] model, WordPieces pieces) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        environment.setTelemetry(false);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.addConfigEntry("session.inter_op.allow_spinning", "0");
            // Older processors would let 8-bit products overflow, and make other vectors than newer ones.
            options.addConfigEntry("session.x64quantprecision", "1");
            return new MiniLmEmbedding(environment, environment.createSession(model, options), pieces);
        }
    }

    @Override
    public Optional<float[]> embed(String text) {
        if (text.length() > MOST_PIECES * WordPieces.LONGEST_WORD) {
            return Optional.empty();
        }
        long[] numbers = pieces.of(text, MOST_PIECES);
        return isReadable(numbers) ? Optional.of(vector(numbers)) : Optional.empty();
    }

    private boolean isReadable(long[] numbers) {
        int ofText = numbers.length - 2;
        return ofText > 0 && numbers.length <= MOST_PIECES && pieces.unknown(numbers) * KNOWN_FOR_UNKNOWN <= ofText;
    }

    private float[] vector(long[] numbers) {
        long[] ones = new long[numbers.length];
        Arrays.fill(ones, 1);
        try (OnnxTensor ids = tensor(numbers);
                OnnxTensor attended = tensor(ones);
                OnnxTensor parts = tensor(new long[numbers.length]);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", ids, "attention_mask", attended, "token_type_ids", parts))) {
            return direction(((OnnxTensor) result.get(0)).getFloatBuffer());
        } catch (OrtException e) {
            throw new IllegalStateException("the model can't compute a vector: " + e.getMessage(), e);
        }
    }

    private OnnxTensor tensor(long[] row) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(row), new long[] {1, row.length});
    }

    /** Returns the sum of the vectors that follow each other there, made 1 long. */
    private static float[] direction(FloatBuffer vectors) {
        float[] sum = new float[NUMBERS];
        while (vectors.hasRemaining()) {
            for (int i = 0; i < NUMBERS; i++) {
                sum[i] += vectors.get();
            }
        }
        double square = 0;
        for (float number : sum) {
            square += (double) number * number;
        }
        double length = Math.sqrt(square);
        for (int i = 0; i < NUMBERS; i++) {
            sum[i] = (float) (sum[i] / length);
        }
        return sum;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("the model can't be released: " + e.getMessage(), e);
        }
    }
}
