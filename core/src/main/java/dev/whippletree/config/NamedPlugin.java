package dev.whippletree.config;

import dev.whippletree.config.Section.Element;
import dev.whippletree.spi.Settings;
import java.util.Optional;

/**
 * A plugin as written in a file: {@code redis}, or {@code {name: redis, uri: …}}.
 *
 * @param name a known name
 * @param settings the plugin's own settings, all of them with known names
 */
record NamedPlugin(String name, Settings settings) {

    /** Reads a plugin's name and settings; empty if it can't be used, which is reported. */
    static Optional<NamedPlugin> read(Section section, Element element, KnownPlugins.PluginKind kind) {
        if (!element.node().isObject()) {
            return section.text(element, ValueForm.words(kind.settings().keySet()))
                    .filter(name -> isKnown(section, element.at(), name, kind))
                    .map(name -> new NamedPlugin(name, Settings.none(kind.noun() + " " + name)));
        }
        Section below = section.below(element);
        below.expectSettings("name", kind);
        Optional<String> name = below.text("name");
        if (name.isEmpty()) {
            below.problem("name", "the " + kind.noun() + "'s name is missing");
            return Optional.empty();
        }
        if (!isKnown(section, below.at("name"), name.get(), kind)) {
            return Optional.empty();
        }
        Settings own = new Settings(kind.noun() + " " + name.get(), below.rest(kind.settingNames(name.get())));
        below.check(kind, name.get(), own);
        return Optional.of(new NamedPlugin(name.get(), own));
    }

    private static boolean isKnown(Section section, String at, String name, KnownPlugins.PluginKind kind) {
        kind.unknown(name).ifPresent(message -> section.problems().add(at, message));
        return kind.has(name);
    }
}
