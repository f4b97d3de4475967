package dev.whippletree.config;

import dev.whippletree.config.GatewayCheck.KeyOwners;
import dev.whippletree.config.Section.Element;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.TenantWeights;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the gateway's section of a configuration file. */
final class GatewayReader {

    private static final GatewaySettings DEFAULT = GatewaySettings.DEFAULT;

    private static final Pattern SHARE = Pattern.compile("(\\d{1,3}) ?%");
    private static final int MOST_PERCENT = 90;

    private final TokenReader tokens;
    private final List<String> accounts;
    private final List<RouteSettings> routes;
    private final TenantWeights weights;
    private final KeyOwners owners = new KeyOwners();

    /** Creates a reader for one reading; the weights are those stated outside the gateway's section. */
    GatewayReader(
            TokenReader tokens, List<AccountSettings> accounts, List<RouteSettings> routes, TenantWeights weights) {
        this.tokens = tokens;
        this.accounts = accounts.stream().map(AccountSettings::id).toList();
        this.routes = routes;
        this.weights = weights;
    }

    /** Returns the settings; empty if there are none, or invalid ones. */
    Optional<GatewaySettings> read(Section root) {
        return root.section("gateway").filter(Section::isMapping).flatMap(section -> {
            Optional<GatewaySettings> settings = settings(section);
            section.end();
            return settings;
        });
    }

    private Optional<GatewaySettings> settings(Section section) {
        String host = section.text("host").orElse(DEFAULT.host());
        int port = section.integer("port", 0, GatewaySettings.HIGHEST_PORT).orElse(DEFAULT.port());
        GatewaySettings.Bounds bounds = bounds(section);
        int problems = section.problems().lines().size();
        List<GatewaySettings.Client> clients = clients(section);
        boolean wrongClients = section.problems().lines().size() > problems;
        Optional<Secret> watchKey = key(section, "watch-key", KeyOwners.WATCHER);
        boolean showAccounts = section.flag("show-accounts").orElse(DEFAULT.showAccounts());
        boolean finishAbandoned = section.flag("finish-abandoned").orElse(DEFAULT.finishAbandoned());
        Optional<GatewaySettings.Batches> batches =
                section.section("batches").filter(Section::isMapping).flatMap(GatewayReader::batches);
        Optional<Path> trace = section.read("trace", GatewayReader::folder);
        if (wrongClients) {
            return Optional.empty(); // Which addresses are safe depends on them.
        }
        try {
            return Optional.of(new GatewaySettings(
                    host, port, clients, watchKey, bounds, showAccounts, finishAbandoned, batches, trace));
        } catch (IllegalArgumentException e) {
            section.problem("host", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Without a folder the problem has been reported, so what is returned is never used. */
    private static Optional<GatewaySettings.Batches> batches(Section section) {
        Optional<Path> folder = section.read("folder", GatewayReader::folder);
        section.require("folder", folder, "this key is missing; name the folder that keeps them");
        GatewaySettings.Batches usual = GatewaySettings.Batches.in(folder.orElse(Path.of("")));
        Duration keep = section.duration("keep").orElse(usual.keep());
        long mostFileBytes =
                section.read("max-file-bytes", Settings::parseBytes).orElse(usual.mostFileBytes());
        long mostBytes = section.read("max-bytes", Settings::parseBytes).orElse(usual.mostBytes());
        int mostFiles = section.integer("max-files", 1).orElse(usual.mostFiles());
        int mostLines = section.integer("max-lines", 1).orElse(usual.mostLines());
        int mostOpen = section.integer("max-open", 1).orElse(usual.mostOpen());
        boolean refuseLate = section.flag("refuse-late").orElse(usual.refuseLate());
        section.end();
        try {
            return Optional.of(new GatewaySettings.Batches(
                    usual.folder(), keep, mostFileBytes, mostBytes, mostFiles, mostLines, mostOpen, refuseLate));
        } catch (IllegalArgumentException e) {
            section.problem("keep", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static GatewaySettings.Bounds bounds(Section section) {
        GatewaySettings.Bounds usual = DEFAULT.bounds();
        int body = section.integer("max-body-bytes", 1).orElse(usual.mostBodyBytes());
        int inputs = section.integer("max-embedding-inputs", 1).orElse(usual.mostEmbeddingInputs());
        int connections = section.integer("max-connections", 1).orElse(usual.mostConnections());
        Duration patience = section.duration("client-timeout").orElse(usual.clientTimeout());
        Duration idle = section.duration("idle-timeout").orElse(usual.idleTimeout());
        long memory = section.read("memory", GatewayReader::memoryBytes).orElse(usual.memoryBytes());
        Duration deadline = section.duration("deadline").orElse(usual.deadline());
        GatewaySettings.Bounds bounds =
                usual.withMostBodyBytes(body).withMostConnections(connections).withMostEmbeddingInputs(inputs);
        bounds = changed(section, "client-timeout", bounds, so -> so.withClientTimeout(patience));
        bounds = changed(section, "idle-timeout", bounds, so -> so.withIdleTimeout(idle));
        bounds = changed(section, "memory", bounds, so -> so.withMemoryBytes(memory));
        return changed(section, "deadline", bounds, so -> so.withDeadline(deadline));
    }

    /** Returns changed bounds; the same ones if the change is refused, which is reported. */
    private static GatewaySettings.Bounds changed(
            Section section, String key, GatewaySettings.Bounds bounds, UnaryOperator<GatewaySettings.Bounds> change) {
        try {
            return change.apply(bounds);
        } catch (IllegalArgumentException e) {
            section.problem(key, String.valueOf(e.getMessage()));
            return bounds;
        }
    }

    /** Nothing would be the folder of the configuration itself. */
    private static Path folder(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("expected the path of a folder, not '" + text + "'");
        }
        return Path.of(text);
    }

    private static long memoryBytes(String text) {
        Matcher share = SHARE.matcher(text);
        if (!share.matches()) {
            return Settings.parseBytes(text);
        }
        int percent = Integer.parseInt(share.group(1));
        if (percent < 1 || percent > MOST_PERCENT) {
            throw new IllegalArgumentException("a share of the heap is 1% to 90%, not '" + text + "'");
        }
        return GatewaySettings.Bounds.shareOfHeap(percent);
    }

    /**
     * Clients with the same key couldn't be told apart, and a client with the watch key would see the operator's
     * status.
     */
    private Optional<Secret> key(Section section, String at, String owner) {
        Optional<Secret> key = tokens.read(section, at);
        key.flatMap(secret -> owners.claim(owner, secret)).ifPresent(message -> section.problem(at, message));
        key.flatMap(secret -> KeyOwners.weakness(owner, secret))
                .ifPresent(message -> section.problems().warn(section.at(at), message));
        return key;
    }

    private List<GatewaySettings.Client> clients(Section section) {
        Map<String, GatewaySettings.Client> clients = new LinkedHashMap<>();
        for (Element element : section.list("clients", "[{name: interviews, key: \"${INTERVIEWS_KEY}\"}]")) {
            Section below = section.below(element);
            if (below.isMapping()) {
                client(below).ifPresent(client -> {
                    if (clients.putIfAbsent(client.name(), client) != null) {
                        below.problem("name", "another client has the name '" + client.name() + "' already");
                    }
                });
                below.end();
            }
        }
        return List.copyOf(clients.values());
    }

    private Optional<GatewaySettings.Client> client(Section section) {
        Optional<String> name = section.text("name").filter(text -> !text.isBlank());
        Optional<Secret> key = key(section, "key", name.map(KeyOwners::client).orElse("a client without a name"));
        List<Limit> limits = section.list("limits", "[60 requests / 1m]").stream()
                .flatMap(element -> section.read(element, Limit::parse).stream())
                .toList();
        List<String> allowedAccounts = names(section, "accounts", "account", accounts);
        List<String> allowedRoutes = names(
                section,
                "routes",
                "route",
                routes.stream().map(RouteSettings::name).toList());
        Optional<Integer> weight = weight(section, name);
        boolean keepAlive = section.flag("keep-alive").orElse(false);
        section.require("name", name, "this key is missing; each client needs it");
        section.require("key", key, "this key is missing; each client needs it");
        if (name.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        GatewaySettings.Client client = new GatewaySettings.Client(
                name.get(), key.get(), limits, allowedAccounts, allowedRoutes, weight, keepAlive);
        if (!routes.isEmpty() && !GatewayCheck.hasRoute(client, routes)) {
            section.problem(allowedAccounts.isEmpty() ? "routes" : "accounts", GatewayCheck.NOTHING_TO_ASK);
        }
        return Optional.of(client);
    }

    /** A weight mustn't be stated twice, because the two would differ some day. */
    private Optional<Integer> weight(Section section, Optional<String> name) {
        Optional<Integer> weight = section.weight("weight");
        Optional<String> twice = name.filter(weights.byTenant()::containsKey).filter(tenant -> weight.isPresent());
        twice.ifPresent(tenant -> section.problem(
                "weight", "tenant-weights." + tenant + " also sets this client's weight; remove one of the two"));
        return twice.isPresent() ? Optional.empty() : weight;
    }

    /**
     * Returns the known names of a list. An empty list is a problem: it would mean all, but whoever writes it means
     * none.
     */
    private static List<String> names(Section section, String key, String noun, List<String> known) {
        List<Element> named = section.texts(key);
        section.refuseEmpty(
                key, named, "the list is empty; name one " + noun + " or more, or remove the key to allow all");
        named.stream()
                .filter(name -> !known.contains(name.text()))
                .forEach(name -> section.problems().add(name.at(), Names.unknown(noun, name.text(), known)));
        return named.stream().map(Element::text).filter(known::contains).toList();
    }
}
