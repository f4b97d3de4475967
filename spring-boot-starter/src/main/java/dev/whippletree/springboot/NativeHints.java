package dev.whippletree.springboot;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Provider;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What a native image has to keep because it is only found at run time: the keys, and the plugins of the class path
 * with the files that announce them. Stateless.
 */
final class NativeHints implements RuntimeHintsRegistrar {

    private static final List<Class<?>> PLUGINS =
            List.of(Provider.class, Cache.class, BalancingStrategy.class, Coordinator.class);
    private static final List<String> FILES =
            List.of("META-INF/services/dev.whippletree.*", "dev/whippletree/**/*.lua", "dev/whippletree/**/*.txt");

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), WhippletreeProperties.class);
        FILES.forEach(hints.resources()::registerPattern);
        PLUGINS.forEach(kind -> ServiceLoader.load(kind, loader).stream()
                .forEach(plugin ->
                        hints.reflection().registerType(plugin.type(), MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS)));
    }
}
