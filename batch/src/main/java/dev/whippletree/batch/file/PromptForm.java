package dev.whippletree.batch.file;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How lines become prompts. A line's own {@code body} takes precedence, except over the route. Immutable.
 *
 * @param template the text of each prompt, with <code>{{column}}</code> where a row's value stands, or
 *     <code>{{text}}</code> where a line does
 * @param system instructions above each prompt that has none
 * @param temperature how freely the model chooses, 0 to 2
 * @param maxTokens the most tokens of an answer, 1 or more
 * @param route the route that answers all, whatever model a line names; empty: the one of a line's model, else the
 *     first
 * @param account the only account that may answer
 * @param tenant whose answers these are
 * @param fresh whether no stored answer will do
 * @param same whether the template may name no column, so that all prompts are the same, and may have one in single
 *     braces
 * @param idColumn the column of ids; empty: {@code custom_id} or {@code id}, else rows are numbered
 * @param reader what reads lines of OpenAI's batches; null: they ask chat completions and embeddings of the routes
 */
public record PromptForm(
        Optional<String> template,
        Optional<String> system,
        OptionalDouble temperature,
        OptionalInt maxTokens,
        Optional<String> route,
        Optional<String> account,
        String tenant,
        boolean fresh,
        boolean same,
        Optional<String> idColumn,
        @Nullable LineReader reader) {

    /** Says nothing. */
    public static final PromptForm PLAIN = new PromptForm(
            Optional.empty(),
            Optional.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            "",
            false,
            false,
            Optional.empty());

    /** Rejects null. */
    public PromptForm {
        Objects.requireNonNull(template, "template");
        Objects.requireNonNull(system, "system");
        Objects.requireNonNull(temperature, "temperature");
        Objects.requireNonNull(maxTokens, "maxTokens");
        Objects.requireNonNull(route, "route");
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(idColumn, "idColumn");
    }

    /** Creates one without a reader of its own. */
    public PromptForm(
            Optional<String> template,
            Optional<String> system,
            OptionalDouble temperature,
            OptionalInt maxTokens,
            Optional<String> route,
            Optional<String> account,
            String tenant,
            boolean fresh,
            boolean same,
            Optional<String> idColumn) {
        this(template, system, temperature, maxTokens, route, account, tenant, fresh, same, idColumn, null);
    }

    /** Returns the same for lines of OpenAI's batches that are read by a reader, which decides what they ask. */
    public PromptForm readBy(LineReader other) {
        return new PromptForm(
                template, system, temperature, maxTokens, route, account, tenant, fresh, same, idColumn, other);
    }

    /** Returns the settings that answers depend on, by their names in the command; without routes and models. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        template.ifPresent(text -> settings.put("template", text));
        system.ifPresent(text -> settings.put("system", text));
        temperature.ifPresent(value -> settings.put("temperature", String.valueOf(value)));
        maxTokens.ifPresent(value -> settings.put("max-tokens", String.valueOf(value)));
        account.ifPresent(id -> settings.put("account", id));
        if (!tenant.isEmpty()) {
            settings.put("tenant", tenant);
        }
        return settings;
    }
}
