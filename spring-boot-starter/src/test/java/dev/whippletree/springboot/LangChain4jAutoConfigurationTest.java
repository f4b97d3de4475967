package dev.whippletree.springboot;

import static dev.whippletree.springboot.Application.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.whippletree.Whippletree;
import dev.whippletree.langchain4j.WhippletreeEmbeddingModel;
import dev.whippletree.langchain4j.WhippletreeStreamingChatModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

final class LangChain4jAutoConfigurationTest {

    @TempDir
    private Path folder;

    private ApplicationContextRunner application() throws IOException {
        return Application.of(folder, account("a"))
                .withConfiguration(AutoConfigurations.of(LangChain4jAutoConfiguration.class));
    }

    @Test
    void langChain4j_hasBothModels() throws IOException {
        ChatModelListener listener = new ChatModelListener() {};
        EmbeddingModelListener ofVectors = new EmbeddingModelListener() {};
        application()
                .withBean(ChatModelListener.class, () -> listener)
                .withBean(EmbeddingModelListener.class, () -> ofVectors)
                .run(context -> {
                    assertThat(context.getBean(ChatModel.class).chat("Hi"))
                            .isEqualTo("Hello from a, openai/gpt-oss-20b");
                    assertThat(context.getBean(ChatModel.class).listeners()).containsExactly(listener);
                    assertThat(context.getBean(StreamingChatModel.class).listeners())
                            .containsExactly(listener);
                    assertThat(context.getBean(WhippletreeEmbeddingModel.class).listeners())
                            .containsExactly(ofVectors);
                });
    }

    @Test
    void langChain4j_hasAnEmbeddingModelWithTheNameOfItsProperties() throws IOException {
        Application.of(folder, account("a") + "  routes: {main: {model: m}, vectors: {model: n}}\n")
                .withConfiguration(AutoConfigurations.of(LangChain4jAutoConfiguration.class))
                .withPropertyValues(
                        "langchain4j.whippletree.embedding-model.model-name=vectors",
                        "langchain4j.whippletree.embedding-model.dimensions=3")
                .run(context -> {
                    EmbeddingModel model = context.getBean(EmbeddingModel.class);
                    assertThat(model.embed("Hi").content().vector()).containsExactly(1, 2, 3);
                    assertThat(context.getBean(FakeProvider.class).embedded)
                            .containsExactly("n {dimensions=3} INTERACTIVE  false");
                });
        application()
                .withBean("mine", EmbeddingModel.class, () -> mock(EmbeddingModel.class))
                .run(context -> assertThat(context).hasSingleBean(EmbeddingModel.class));
    }

    @Test
    void aModelOfTheApplication_isTheOnlyOne() throws IOException {
        application()
                .withBean("mine", ChatModel.class, () -> mock(ChatModel.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(ChatModel.class)
                        .hasSingleBean(WhippletreeStreamingChatModel.class));
    }

    @Test
    void withoutLangChain4j_itStarts() throws IOException {
        application()
                .withClassLoader(new FilteredClassLoader("dev.whippletree.langchain4j", "dev.langchain4j"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Whippletree.class));
    }
}
