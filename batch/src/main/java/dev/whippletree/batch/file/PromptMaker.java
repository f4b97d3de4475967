package dev.whippletree.batch.file;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.ModelNames;
import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes prompts from lines and from the settings for all lines. Immutable. */
final class PromptMaker {

    private final PromptForm form;
    private final ModelNames models;

    PromptMaker(PromptForm form, Configuration configuration) {
        this.form = form;
        this.models = ModelNames.of(configuration.routes());
    }

    /** Returns what reads lines of OpenAI's batches in its place; null: nothing does. */
    @Nullable LineReader reader() {
        return form.reader();
    }

    Prompt of(String text, Optional<String> session) {
        return make(new ChatBody(Optional.empty(), List.of(Message.user(text)), Parameters.NONE), session);
    }

    /**
     * Returns the prompt of a body.
     *
     * @throws IllegalArgumentException if there is no such model
     */
    Prompt make(ChatBody body, Optional<String> session) {
        return builder(body, messages(body.messages()), session)
                .parameters(parameters(body.parameters()))
                .build();
    }

    /** Returns the prompt for the vectors of a body's texts; the settings of chats don't apply. */
    Prompt embed(ChatBody body) {
        return builder(body, body.messages(), Optional.empty())
                .operation(Prompt.Operation.EMBEDDING)
                .parameters(body.parameters())
                .build();
    }

    private Prompt.Builder builder(ChatBody body, List<Message> messages, Optional<String> session) {
        Optional<ModelNames.Choice> choice =
                form.route().isPresent() ? Optional.empty() : body.model().map(this::choice);
        Prompt.Builder builder =
                Prompt.builder().tenant(form.tenant()).priority(Priority.BATCH).messages(messages);
        form.route().ifPresent(builder::route);
        choice.ifPresent(given -> given.apply(builder));
        form.account().ifPresent(builder::account);
        session.ifPresent(builder::session);
        if (form.fresh()) {
            builder.noCache();
        }
        return builder;
    }

    private ModelNames.Choice choice(String model) {
        return models.find(model)
                .orElseThrow(() -> new IllegalArgumentException("'body.model' is '" + model
                        + "', which is neither a route nor a model; known: "
                        + String.join(", ", models.withoutAccounts())
                        + "; --route sends all lines to one route"));
    }

    private List<Message> messages(List<Message> own) {
        boolean instructed =
                own.stream().anyMatch(message -> message.role() == Role.SYSTEM || message.role() == Role.DEVELOPER);
        if (form.system().isEmpty() || instructed) {
            return own;
        }
        List<Message> messages = new ArrayList<>(own.size() + 1);
        messages.add(Message.system(form.system().get()));
        messages.addAll(own);
        return messages;
    }

    private Parameters parameters(Parameters own) {
        if (form.temperature().isEmpty() && form.maxTokens().isEmpty()) {
            return own;
        }
        return new Parameters(
                own.temperature().isPresent() ? own.temperature() : form.temperature(),
                own.topP(),
                own.maxTokens().isPresent() ? own.maxTokens() : form.maxTokens(),
                own.seed(),
                own.stop(),
                own.extras());
    }
}
