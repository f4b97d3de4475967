package dev.whippletree.springboot;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.whippletree.Whippletree;
import dev.whippletree.langchain4j.WhippletreeChatModel;
import dev.whippletree.langchain4j.WhippletreeEmbeddingModel;
import dev.whippletree.langchain4j.WhippletreeStreamingChatModel;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Makes the Whippletree a chat model of LangChain4j, whole and streaming, and an embedding model, if
 * {@code whippletree-langchain4j} is on the class path and the application has no other.
 */
@AutoConfiguration(after = WhippletreeAutoConfiguration.class)
@ConditionalOnClass({WhippletreeChatModel.class, ChatModel.class})
@ConditionalOnBean(Whippletree.class)
@EnableConfigurationProperties(LangChain4jEmbeddingProperties.class)
public final class LangChain4jAutoConfiguration {

    LangChain4jAutoConfiguration() {}

    /** Returns the model that answers whole, with the application's listeners. */
    @Bean
    @ConditionalOnMissingBean(ChatModel.class)
    static WhippletreeChatModel whippletreeLangChain4jChatModel(
            Whippletree whippletree, ObjectProvider<ChatModelListener> listeners) {
        return WhippletreeChatModel.builder()
                .whippletree(whippletree)
                .listeners(listeners.orderedStream().toList())
                .build();
    }

    /** Returns the model that streams its answers, with the application's listeners. */
    @Bean
    @ConditionalOnMissingBean(StreamingChatModel.class)
    static WhippletreeStreamingChatModel whippletreeLangChain4jStreamingChatModel(
            Whippletree whippletree, ObjectProvider<ChatModelListener> listeners) {
        return WhippletreeStreamingChatModel.builder()
                .whippletree(whippletree)
                .listeners(listeners.orderedStream().toList())
                .build();
    }

    /** Returns the model that embeds, with the application's listeners. */
    @Bean
    @ConditionalOnMissingBean(EmbeddingModel.class)
    static WhippletreeEmbeddingModel whippletreeLangChain4jEmbeddingModel(
            Whippletree whippletree,
            LangChain4jEmbeddingProperties properties,
            ObjectProvider<EmbeddingModelListener> listeners) {
        return WhippletreeEmbeddingModel.builder()
                .whippletree(whippletree)
                .modelName(properties.modelName())
                .dimensions(properties.dimensions())
                .listeners(listeners.orderedStream().toList())
                .build();
    }
}
