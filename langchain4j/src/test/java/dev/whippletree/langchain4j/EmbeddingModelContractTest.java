package dev.whippletree.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.common.AbstractEmbeddingModelIT;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.whippletree.Whippletree;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** LangChain4j's own tests of an embedding model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EmbeddingModelContractTest extends AbstractEmbeddingModelIT {

    private final Stage stage = new Stage();

    @AfterAll
    void close() {
        stage.close();
    }

    private static WhippletreeEmbeddingModel.Builder model(Whippletree whippletree) {
        return WhippletreeEmbeddingModel.builder().whippletree(whippletree);
    }

    @Override
    protected List<EmbeddingModel> models() {
        return List.of(
                model(stage.whippletree()).build(),
                model(stage.whippletree())
                        .modelName(Stage.OTHER_MODEL)
                        .dimensions(12)
                        .build());
    }

    @Override
    protected EmbeddingModel modelWith(EmbeddingModelListener listener) {
        return model(stage.whippletree()).listeners(List.of(listener)).build();
    }

    @Override
    protected EmbeddingModel failingModelWith(EmbeddingModelListener listener) {
        return model(stage.locked()).listeners(List.of(listener)).build();
    }

    @Override
    protected boolean supportsDimensionsParameter() {
        return true;
    }

    @Override
    protected int dimensionsParameter() {
        return 8;
    }

    /** A text that is a query is one that the application writes so: services have no common field for it. */
    @Override
    protected boolean supportsInputTypeParameter() {
        return false;
    }

    @Override
    protected boolean supportsImageInput() {
        return false;
    }
}
