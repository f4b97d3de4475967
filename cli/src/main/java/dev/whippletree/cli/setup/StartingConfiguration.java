package dev.whippletree.cli.setup;

import dev.whippletree.config.Configuration;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Secret;
import dev.whippletree.plugin.PluginCatalog;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A configuration to start from: the accounts from the environment, and all other settings commented out. Immutable.
 *
 * <p>A token is never in it, only the name of the variable that holds one. Prose stands behind {@code # }, a key to be
 * uncommented directly behind {@code #}.
 */
final class StartingConfiguration {

    /** A dummy token for asking a provider which account a variable would declare. */
    private static final String ANY_TOKEN = "token";

    /** What a configuration file takes for a variable's name. */
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /**
     * What YAML reads as the same text without quotes; words such as {@code no} have no hyphen and no digit and get
     * quotes.
     */
    private static final Pattern PLAIN = Pattern.compile("[a-z]{4,}|[a-z]+(-[a-z0-9]+)+");

    private static final Set<String> WORDS_OF_YAML = Set.of("true", "false", "null");
    private static final int WIDTH = 100;

    private static final String REST = """
              # A service with OpenAI's protocol, such as vLLM, Ollama or llama.cpp; add 'token' if it wants one.
              #- id: local
                #provider: openai
                #base-url: http://localhost:8000/v1
                #max-concurrency: 4

            # A route is a name that callers use for a model. Without any, 'default' is used, with all accounts.
            #routes:
              #default:
                #model: MODEL
                #max-tokens: 1024 # for prompts that set none; longer answers are cut
                #deadline: 5m
              # The second tier takes what the first can't answer: by another account, or by another model.
              #two-tiers:
                #tiers:
                  #- { account: %s, model: MODEL }
                  #- { account: %s, model: openai/gpt-oss-120b }

            # The caches of answers, nearest first.
            #caches: [%s]

            # The folder, beside this file, that keeps the use of limits. Create it first: mkdir state
            #state: state

            # The gateway of 'whippletree serve', which programs call as they would call OpenAI. With clients,
            # each has a key and, if you like, limits of its own:
            #   clients: [{ name: interviews, key: "${INTERVIEWS_KEY}", limits: [60 requests / 1m] }]
            #gateway:
              #host: 127.0.0.1
              #port: 8080

            # What a million tokens cost, for 'status' and 'plan'. These prices are made up: look yours up.
            #prices:
              #as-of: 2026-11-01
              #currency: usd
              #prices:
                #- { provider: huggingface, model: MODEL, prompt: 0.05, completion: 0.20 }
            """;

    /** Why an account isn't listed, and what to do. */
    static final String UNLISTED =
            "its token isn't in a variable; to list the account, name the file that contains the token";

    private final PluginCatalog plugins;
    private final Map<String, String> environment;
    private final List<FoundAccount> entries;

    private StartingConfiguration(PluginCatalog plugins, Map<String, String> environment, List<FoundAccount> entries) {
        this.plugins = plugins;
        this.environment = environment;
        this.entries = List.copyOf(entries);
    }

    /**
     * Returns one of what an environment declares.
     *
     * @throws ConfigurationException if a variable can't be used, naming it and never its value
     */
    static StartingConfiguration of(PluginCatalog plugins, Map<String, String> environment) {
        List<FoundAccount> entries = new ArrayList<>();
        for (AccountSettings account : plugins.accountsFrom(environment)) {
            Optional<String> variable = account.token()
                    .map(Secret::reveal)
                    .flatMap(token -> variable(environment, token, plugins.environmentVariables()));
            entries.add(new FoundAccount(account, variable));
        }
        return new StartingConfiguration(plugins, environment, entries);
    }

    /**
     * An account that was found.
     *
     * @param account what its provider says of it
     * @param variable the one that holds its token; empty: the provider has it from elsewhere
     */
    record FoundAccount(AccountSettings account, Optional<String> variable) {

        /** Returns whether it stands in the file as an account, and not commented out. */
        boolean listed() {
            return variable.isPresent();
        }
    }

    List<FoundAccount> entries() {
        return entries;
    }

    String text() {
        List<String> lines = new ArrayList<>();
        lines.add("# yaml-language-server: $schema=" + SchemaCommand.FILE);
        prose(
                lines,
                "",
                "A configuration of Whippletree. 'whippletree check' lists its problems, without making a call."
                        + " Lines that are commented out are defaults or examples.");
        lines.add("");
        accounts(lines);
        List<String> ids = entries.stream()
                .filter(FoundAccount::listed)
                .map(entry -> quoted(entry.account().id()))
                .toList();
        String first = ids.isEmpty() ? "local" : ids.get(0);
        String last = ids.isEmpty() ? "local" : ids.get(ids.size() - 1);
        lines.add(REST.formatted(first, last, String.join(", ", plugins.selfContainedCaches()))
                .replace("MODEL", Configuration.DEFAULT_MODEL));
        return String.join("\n", lines);
    }

    private void accounts(List<String> lines) {
        prose(
                lines,
                "",
                "An account is a credential with a service. ${NAME} is the value of the environment variable NAME."
                        + " Limits that aren't declared are learned from the service's answers. Accounts that share"
                        + " limits get the same 'organization'.");
        boolean anyListed = entries.stream().anyMatch(FoundAccount::listed);
        lines.add(anyListed ? "accounts:" : "#accounts:");
        if (entries.isEmpty()) {
            plugins.environmentVariables().forEach((name, how) -> example(lines, name, how));
        }
        for (FoundAccount entry : entries) {
            if (entry.listed()) {
                lines.addAll(account(entry.account(), reference(entry.variable().get())));
            } else {
                prose(lines, "  ", entry.account().id() + ": " + UNLISTED);
                commented(lines, account(entry.account(), "${file:/path}"));
            }
        }
    }

    private void example(List<String> lines, String variable, String how) {
        prose(lines, "  ", variable + ": " + how);
        accountFor(variable).ifPresent(account -> commented(lines, account(account, reference(variable))));
    }

    private Optional<AccountSettings> accountFor(String variable) {
        try {
            return plugins.accountsFrom(Map.of(variable, ANY_TOKEN)).stream().findFirst();
        } catch (ConfigurationException e) {
            return Optional.empty();
        }
    }

    private List<String> account(AccountSettings account, String token) {
        List<String> lines = new ArrayList<>();
        lines.add("  - id: " + quoted(account.id()));
        lines.add("    provider: " + quoted(account.provider()));
        lines.add("    token: " + token);
        account.settings().values().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(setting -> lines.add("    " + setting.getKey() + ": " + setting(setting.getValue())));
        lines.add("    #limits: [1000 requests / 1h]");
        return lines;
    }

    /** A setting that a provider took from a variable is left there. */
    private String setting(String value) {
        return variable(environment, value, Map.of())
                .map(StartingConfiguration::reference)
                .orElseGet(() -> quoted(value));
    }

    /** The variable that holds a value: rather one that a provider names, or one of its row, than any other. */
    private static Optional<String> variable(
            Map<String, String> environment, String value, Map<String, String> declared) {
        Predicate<String> named = name -> declared.containsKey(name.replaceFirst("_[0-9]+$", ""));
        return environment.entrySet().stream()
                .filter(entry -> entry.getValue().strip().equals(value))
                .map(Map.Entry::getKey)
                .filter(name -> VARIABLE.matcher(name).matches())
                .min(Comparator.comparing(named::test).reversed().thenComparing(Comparator.naturalOrder()));
    }

    private static String reference(String variable) {
        return "${" + variable + "}";
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches() && !WORDS_OF_YAML.contains(text)
                ? text
                : "'" + text.replace("'", "''") + "'";
    }

    private static void prose(List<String> lines, String indent, String text) {
        Words.wrap(text, WIDTH).forEach(line -> lines.add(indent + "# " + line));
    }

    private static void commented(List<String> lines, List<String> keys) {
        keys.forEach(line -> lines.add(line.contains("#") ? line : line.replaceFirst("(?=\\S)", "#")));
    }

    /** Returns what was found, for people: each listed account and its variable. */
    String found() {
        return entries.stream()
                .filter(FoundAccount::listed)
                .map(entry -> entry.account().id() + " from " + entry.variable().orElseThrow())
                .collect(Collectors.joining(", "));
    }
}
