package dev.whippletree.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** LangChain4j's own tests of a chat model. */
final class ChatModelContractTest extends AbstractChatModelIT {

    private final Stage stage = new Stage();

    @AfterAll
    void close() {
        stage.close();
    }

    private WhippletreeChatModel.Builder model() {
        return WhippletreeChatModel.builder().whippletree(stage.whippletree());
    }

    @Override
    protected List<ChatModel> models() {
        return List.of(
                model().build(),
                model().strictTools(true).strictJsonSchema(true).build());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return model().defaultRequestParameters(parameters).build();
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return WhippletreeChatRequestParameters.builder()
                .maxOutputTokens(maxOutputTokens)
                .session("interview-7")
                .build();
    }

    @Override
    protected String customModelName() {
        return Stage.OTHER_MODEL;
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
        return WhippletreeChatResponseMetadata.class;
    }

    /** A completion has no id: several callers may share it. */
    @Override
    protected boolean assertResponseId() {
        return false;
    }
}
