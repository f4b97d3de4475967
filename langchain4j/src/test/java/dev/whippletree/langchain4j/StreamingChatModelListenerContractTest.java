package dev.whippletree.langchain4j;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.whippletree.Whippletree;
import org.junit.jupiter.api.AutoClose;

/** LangChain4j's own tests of what a streaming chat model tells its listeners. */
final class StreamingChatModelListenerContractTest extends AbstractStreamingChatModelListenerIT {

    @AutoClose
    private final Stage stage = new Stage();

    private StreamingChatModel model(Whippletree whippletree, ChatModelListener listener) {
        return WhippletreeStreamingChatModel.builder()
                .whippletree(whippletree)
                .modelName(modelName())
                .temperature(temperature())
                .topP(topP())
                .maxTokens(maxTokens())
                .listeners(listener)
                .build();
    }

    @Override
    protected StreamingChatModel createModel(ChatModelListener listener) {
        return model(stage.whippletree(), listener);
    }

    @Override
    protected String modelName() {
        return Stage.MODEL;
    }

    @Override
    protected StreamingChatModel createFailingModel(ChatModelListener listener) {
        return model(stage.locked(), listener);
    }

    @Override
    protected Class<? extends Exception> expectedExceptionClass() {
        return AuthenticationException.class;
    }

    /** A completion has no id: several callers may share it. */
    @Override
    protected boolean assertResponseId() {
        return false;
    }
}
