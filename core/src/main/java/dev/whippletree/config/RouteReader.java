package dev.whippletree.config;

import dev.whippletree.config.Section.Element;
import dev.whippletree.model.DurationText;
import dev.whippletree.settings.Retries;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the routes of a configuration file. */
final class RouteReader {

    private static final int MOST_LEAVE_PERCENT = (int) Math.round(100 * RouteSettings.MOST_LEAVE);

    private final KnownPlugins known;
    private final List<String> accounts;
    private final String defaultModel;

    private final Set<String> names = new HashSet<>();

    /** The accounts that a route asks for the default model, since it names none. */
    final Set<String> withoutModel = new HashSet<>();

    RouteReader(KnownPlugins known, List<AccountSettings> accounts, String defaultModel) {
        this.known = known;
        this.accounts = accounts.stream().map(AccountSettings::id).toList();
        this.defaultModel = defaultModel;
    }

    /** Returns the readable routes, the default one first. */
    List<RouteSettings> read(Section root) {
        List<RouteSettings> routes = new ArrayList<>();
        root.section("routes").ifPresent(section -> {
            names.addAll(section.keys());
            for (String name : section.keys()) {
                section.section(name).flatMap(route -> route(name, route)).ifPresent(routes::add);
            }
        });
        root.text("default-route").ifPresent(name -> putFirst(root, routes, name));
        return routes;
    }

    private static void putFirst(Section root, List<RouteSettings> routes, String name) {
        Optional<RouteSettings> chosen =
                routes.stream().filter(route -> route.name().equals(name)).findFirst();
        if (chosen.isEmpty()) {
            List<String> names = routes.stream().map(RouteSettings::name).toList();
            root.problem("default-route", Names.unknown("route", name, names));
            return;
        }
        routes.remove(chosen.get());
        routes.add(0, chosen.get());
    }

    private Optional<RouteSettings> route(String name, Section section) {
        List<Tier> tiers = tiers(section);
        NamedPlugin strategy = strategy(name, section);
        RouteSettings.Builder route = RouteSettings.builder(name, tiers).strategy(strategy.name(), strategy.settings());
        route.ttl(ttl(section));
        section.duration("patience").ifPresent(route::patience);
        section.duration("deadline").ifPresent(route::deadline);
        section.integer("max-tokens", 1).ifPresent(route::maxTokens);
        route.retries(retries(section)).timeouts(timeouts(section)).aliases(aliases(section));
        section.percentage("leave", MOST_LEAVE_PERCENT).ifPresent(route::leave);
        section.end();
        return tiers.isEmpty() ? Optional.empty() : Optional.of(route.build());
    }

    /** Reads the aliases. A name of two routes would silently mean the first, so it is a problem. */
    private List<String> aliases(Section section) {
        List<String> read = new ArrayList<>();
        for (Element alias : section.texts("aliases")) {
            if (names.add(alias.text())) {
                read.add(alias.text());
            } else {
                section.problems().add(alias.at(), "a route already has the name or alias '" + alias.text() + "'");
            }
        }
        return read;
    }

    /** Reads {@code tiers}; or {@code model}, and perhaps {@code accounts}, for a single tier. */
    private List<Tier> tiers(Section section) {
        List<Element> elements = section.list("tiers", "[{account: hf-1, model: openai/gpt-oss-20b}]");
        Optional<String> model = section.text("model");
        List<Element> named = section.texts("accounts");
        if (!section.has("tiers")) {
            return oneTier(section, model, named);
        }
        if (model.isPresent() || !named.isEmpty()) {
            section.problem("tiers", "a route has either tiers or a model and accounts, not both");
        }
        section.refuseEmpty("tiers", elements, "add at least one tier");
        return elements.stream()
                .map(element -> targets(section, element))
                .filter(targets -> !targets.isEmpty())
                .map(Tier::new)
                .toList();
    }

    private List<Tier> oneTier(Section section, Optional<String> model, List<Element> named) {
        section.refuseEmpty(
                "accounts", named, "the list is empty; name one account or more, or remove the key to use all");
        List<String> ids = section.has("accounts")
                ? named.stream()
                        .filter(id -> isAccount(section, id.at(), id.text()))
                        .map(Element::text)
                        .toList()
                : accounts;
        withoutModel.addAll(model.isEmpty() ? ids : List.of());
        List<TargetSettings> targets = ids.stream()
                .map(id -> new TargetSettings(id, model.orElse(defaultModel)))
                .distinct()
                .toList();
        return targets.isEmpty() ? List.of() : List.of(new Tier(targets));
    }

    private List<TargetSettings> targets(Section section, Element tier) {
        List<Element> elements = section.elements(tier.at(), tier.node());
        if (elements.isEmpty()) {
            section.problems().add(tier.at(), "a tier needs at least one target");
        }
        Set<TargetSettings> targets = new LinkedHashSet<>();
        for (Element element : elements) {
            target(section, element).ifPresent(target -> {
                if (!targets.add(target)) {
                    section.problems().add(element.at(), "the tier has this account and model twice");
                }
            });
        }
        return List.copyOf(targets);
    }

    private Optional<TargetSettings> target(Section section, Element element) {
        Section target = section.below(element);
        if (!target.isMapping()) {
            return Optional.empty();
        }
        Optional<String> account = target.text("account");
        Optional<String> model = target.text("model");
        target.end();
        if (account.isEmpty()) {
            target.problem("account", "the account's id is missing" + Names.suggestion("", accounts));
        }
        account.filter(id -> model.isEmpty()).ifPresent(withoutModel::add);
        return account.filter(id -> isAccount(section, target.at("account"), id))
                .map(id -> new TargetSettings(id, model.orElse(defaultModel)));
    }

    private boolean isAccount(Section section, String at, String id) {
        if (accounts.contains(id)) {
            return true;
        }
        section.problems().add(at, Names.unknown("account", id, accounts));
        return false;
    }

    private NamedPlugin strategy(String route, Section section) {
        NamedPlugin none =
                new NamedPlugin(RouteSettings.DEFAULT_STRATEGY, Settings.none("route " + route + ", strategy"));
        return section.node("strategy")
                .flatMap(node ->
                        NamedPlugin.read(section, new Element(section.at("strategy"), node), known.strategies()))
                .map(named -> new NamedPlugin(
                        named.name(),
                        new Settings(
                                "route " + route + ", strategy",
                                named.settings().values())))
                .orElse(none);
    }

    private static Optional<Duration> ttl(Section section) {
        if (section.says("ttl", List.of("off", "false"))) {
            return Optional.empty();
        }
        return section.duration("ttl").or(() -> Optional.of(RouteSettings.DEFAULT_TTL));
    }

    private static Retries retries(Section section) {
        Retries defaults = Retries.DEFAULT;
        int attempts = section.integer("attempts", 1).orElse(defaults.attemptsPerTarget());
        Optional<Section> backoff = section.section("backoff");
        Duration first = backoff.flatMap(below -> below.duration("first")).orElse(defaults.backoff());
        Duration most = backoff.flatMap(below -> below.duration("most")).orElse(defaults.maxBackoff());
        backoff.ifPresent(Section::end);
        Optional<Section> budget = section.section("retry-budget");
        double share = budget.flatMap(below -> below.percentage("share", 100)).orElse(defaults.budgetShare());
        double perSecond = budget.flatMap(below -> below.integer("per-second", 1))
                .map(Integer::doubleValue)
                .orElse(defaults.budgetPerSecond());
        budget.ifPresent(Section::end);
        if (most.compareTo(first) < 0) {
            section.problem("backoff", "'most' is shorter than 'first'");
            return defaults;
        }
        return new Retries(attempts, first, most, share, perSecond);
    }

    private static Timeouts timeouts(Section section) {
        Timeouts defaults = Timeouts.DEFAULT;
        Optional<Section> below = section.section("timeouts");
        Timeouts timeouts = new Timeouts(
                below.flatMap(given -> given.duration("first-byte")).or(defaults::firstByte),
                below.flatMap(given -> given.duration("first-token")).or(defaults::firstToken),
                below.flatMap(given -> given.duration("between-tokens")).orElse(defaults.betweenTokens()),
                below.flatMap(given -> given.duration("whole")).or(defaults::whole));
        below.ifPresent(given -> {
            timeouts.firstByte().ifPresent(firstByte -> comesBeforeWhole(given, "first-byte", firstByte, timeouts));
            timeouts.firstToken().ifPresent(firstToken -> comesBeforeWhole(given, "first-token", firstToken, timeouts));
            comesBeforeWhole(given, "between-tokens", timeouts.betweenTokens(), timeouts);
            given.end();
        });
        return timeouts;
    }

    /** Reports a stated timeout that can never end a call. */
    private static void comesBeforeWhole(Section given, String key, Duration timeout, Timeouts all) {
        Duration longest = all.longest(true);
        if (given.has(key) && timeout.compareTo(longest) > 0) {
            given.problem(
                    key,
                    DurationText.of(timeout) + " has no effect, because 'whole' ends each call after "
                            + DurationText.of(longest) + "; make it shorter, or 'whole' longer");
        }
    }
}
