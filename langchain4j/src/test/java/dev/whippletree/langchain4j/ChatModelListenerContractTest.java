package dev.whippletree.langchain4j;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.whippletree.Whippletree;
import org.junit.jupiter.api.AutoClose;

/** LangChain4j's own tests of what a chat model tells its listeners. */
final class ChatModelListenerContractTest extends AbstractChatModelListenerIT {

    @AutoClose
    private final Stage stage = new Stage();

    private ChatModel model(Whippletree whippletree, ChatModelListener listener) {
        return WhippletreeChatModel.builder()
                .whippletree(whippletree)
                .modelName(modelName())
                .temperature(temperature())
                .topP(topP())
                .maxTokens(maxTokens())
                .listeners(listener)
                .build();
    }

    @Override
    protected ChatModel createModel(ChatModelListener listener) {
        return model(stage.whippletree(), listener);
    }

    @Override
    protected String modelName() {
        return Stage.MODEL;
    }

    @Override
    protected ChatModel createFailingModel(ChatModelListener listener) {
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
