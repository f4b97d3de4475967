package dev.whippletree.config;

import dev.whippletree.config.Section.Element;
import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Reach;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import dev.whippletree.spi.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the accounts of a configuration file. */
final class AccountReader {

    private static final String EXAMPLE = "[{id: hf-1, provider: huggingface, token: \"${HF_TOKEN}\"}]";

    /** Status, errors and logs name an account. */
    private static final int MOST_CHARACTERS = 100;

    private final KnownPlugins known;
    private final TokenReader tokens;
    private final TokenOwners owners;

    AccountReader(KnownPlugins known, Map<String, String> environment, String source) {
        this.known = known;
        this.tokens = new TokenReader(source);
        this.owners = new TokenOwners(environment);
    }

    /** Returns the readable accounts; reports the problems of the others. */
    List<AccountSettings> read(Section root) {
        Map<String, AccountSettings> accounts = new LinkedHashMap<>();
        for (Element element : root.list("accounts", EXAMPLE)) {
            if (element.node().isValueNode()) {
                root.problems().add(element.at(), "expected a list of accounts, such as " + EXAMPLE);
                continue;
            }
            Section section = root.below(element);
            account(section).ifPresent(account -> {
                if (accounts.putIfAbsent(account.id(), account) != null) {
                    section.problem(
                            "id",
                            "another account has the id '" + account.id() + "' already; give each account"
                                    + " its own id");
                }
            });
        }
        return List.copyOf(accounts.values());
    }

    private Optional<AccountSettings> account(Section section) {
        if (!section.isMapping()) {
            return Optional.empty();
        }
        Optional<String> id = required(section, "id");
        Optional<String> provider = required(section, "provider");
        AccountSettings.Builder builder = AccountSettings.builder(id.orElse(""), provider.orElse(""));
        tokens.read(section, "token").ifPresent(builder::token);
        section.text("organization").ifPresent(builder::organization);
        section.integer("weight", 1).ifPresent(builder::weight);
        section.integer("max-concurrency", 1).ifPresent(builder::maxConcurrency);
        section.read("transit", ValueForm.DURATION, text -> builder.transit(Settings.parseDuration(text)));
        builder.limits(limits(section));
        section.read("limit-scope", ValueForm.words(List.of("model", "organization")), AccountReader::limitScope)
                .ifPresent(builder::limitScope);
        section.read("credit", Credit::parse).ifPresent(builder::credit);
        section.expectSettings("provider", known.providers());
        builder.settings(own(section, provider));
        if (id.isEmpty() || provider.isEmpty()) {
            return Optional.empty();
        }
        AccountSettings account = builder.build();
        section.check(known.providers(), provider.get(), account.settings());
        owners.claim(account).ifPresent(message -> section.problem("token", message));
        return Optional.of(account);
    }

    private static Optional<String> required(Section section, String key) {
        Optional<String> text = section.text(key).filter(value -> !value.isBlank());
        section.require(key, text, "this key is missing; each account needs it");
        text.filter(value -> value.length() > MOST_CHARACTERS)
                .ifPresent(value ->
                        section.problem(key, "has " + value.length() + " characters, and may have " + MOST_CHARACTERS));
        return text.filter(value -> value.length() <= MOST_CHARACTERS);
    }

    /**
     * A provider's own keys are known only if the provider is; otherwise, the keys of any provider are accepted.
     */
    private Map<String, String> own(Section section, Optional<String> provider) {
        provider.flatMap(known.providers()::unknown).ifPresent(message -> section.problem("provider", message));
        Set<String> names = provider.filter(known.providers()::has)
                .map(known.providers()::settingNames)
                .orElseGet(known.providers()::allSettingNames);
        // Looked for only where it is there, because messages list what was looked for.
        if (section.keys().contains("model") && !names.contains("model") && section.has("model")) {
            section.problem("model", "unknown key; routes name the models: 'routes: {default: {model: NAME}}'");
        }
        return section.rest(names);
    }

    private static Reach limitScope(String text) {
        return switch (text) {
            case "model" -> Reach.MODEL;
            case "organization" -> Reach.ORGANIZATION;
            default -> throw new IllegalArgumentException("must be model or organization, not '" + text + "'");
        };
    }

    private static List<DeclaredLimit> limits(Section section) {
        return section.list("limits", "[1000 requests / 1h]").stream()
                .flatMap(element -> limit(section, element).stream())
                .toList();
    }

    private static Optional<DeclaredLimit> limit(Section section, Element element) {
        if (!element.node().isObject()) {
            return section.read(element, Limit::parse).map(limit -> new DeclaredLimit(limit, Optional.empty()));
        }
        Section below = section.below(element);
        Optional<Limit> limit = below.read("limit", Limit::parse);
        Optional<String> model = below.text("model");
        below.end();
        below.require("limit", limit, "the limit is missing; write, for example, '1000 requests / 1h'");
        return limit.map(value -> new DeclaredLimit(value, model));
    }
}
