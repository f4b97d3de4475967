package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/**
 * Says what to do if there is another model beside Whippletree's, or another Whippletree, and one is needed. Before
 * Spring Boot's own analyzer.
 */
@Order(ChatModelsFailureAnalyzer.FIRST)
final class ChatModelsFailureAnalyzer extends AbstractFailureAnalyzer<NoUniqueBeanDefinitionException> {

    static final int FIRST = -1;

    /** By the type that is wanted, how to have ours alone. */
    private static final Map<String, String> CHOICES = Map.of(
            "org.springframework.ai.chat.model.ChatModel", "set spring.ai.model.chat to whippletree",
            "org.springframework.ai.embedding.EmbeddingModel", "set spring.ai.model.embedding to whippletree",
            "dev.langchain4j.model.chat.ChatModel", "remove the key of the other model",
            "dev.langchain4j.model.chat.StreamingChatModel", "remove the key of the other model");

    ChatModelsFailureAnalyzer() {}

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoUniqueBeanDefinitionException cause) {
        Collection<String> beans =
                Optional.ofNullable(cause.getBeanNamesFound()).orElse(List.of());
        Class<?> type = cause.getBeanType();
        if (type == Whippletree.class) {
            return analysis(
                    Whippletree.class,
                    beans,
                    "Mark one bean as @Primary, for the models, the health and the endpoint, and ask for the others by"
                            + " their names with @Qualifier.",
                    cause);
        }
        String choice = type == null ? null : CHOICES.get(type.getName());
        if (type == null || choice == null || beans.stream().noneMatch(bean -> bean.startsWith("whippletree"))) {
            return null;
        }
        return analysis(
                type,
                beans,
                "To use Whippletree's alone, " + choice + ", or remove the dependency that brings the other one. To use"
                        + " both, mark one bean as @Primary, and ask for the other by its name with @Qualifier.",
                cause);
    }

    private static FailureAnalysis analysis(Class<?> type, Collection<String> beans, String action, Throwable cause) {
        String names = beans.stream().sorted().collect(Collectors.joining(", "));
        return new FailureAnalysis(
                "One " + type.getName() + " is needed, and there are " + beans.size() + ": " + names + ".",
                action,
                cause);
    }
}
