package dev.whippletree.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.whippletree.spi.SettingKey;
import java.lang.reflect.Modifier;
import java.util.Set;

/**
 * Checks the common parts of all kinds of plugins: a name, settings, and that {@link java.util.ServiceLoader} can make
 * one.
 */
public final class PluginForm {

    private PluginForm() {}

    /**
     * Checks a kind of plugin.
     *
     * @param kind the plugin
     * @param name what it says its name is
     * @param settings what it says its settings are
     * @throws AssertionError if something is wrong, saying what
     */
    public static void check(Object kind, String name, Set<SettingKey> settings) {
        assertThat(name)
                .as("the name of %s, which configurations choose it by", kind.getClass())
                .matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
        assertThat(settings.stream().map(SettingKey::name))
                .as("the names of the settings of '%s'", name)
                .doesNotHaveDuplicates();
        assertThat(settings)
                .as("settings of '%s' must be described, for messages and manuals", name)
                .allSatisfy(key -> assertThat(key.description()).isNotBlank());
        assertThat(Modifier.isPublic(kind.getClass().getModifiers()))
                .as("%s must be public, or ServiceLoader can't make one", kind.getClass())
                .isTrue();
        assertThatCode(() -> kind.getClass().getConstructor())
                .as(
                        "%s must have a public constructor without arguments, or ServiceLoader can't make one",
                        kind.getClass())
                .doesNotThrowAnyException();
    }
}
