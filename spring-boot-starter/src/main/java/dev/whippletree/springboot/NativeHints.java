package dev.whippletree.springboot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * What a native image has to keep because it is only found at run time: the keys, and each plugin of the class path with
 * the file that announces it. Stateless.
 */
final class NativeHints implements RuntimeHintsRegistrar {

    private static final String SERVICES = "META-INF/services/dev.whippletree.*";

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), WhippletreeProperties.class);
        List.of(SERVICES, "dev/whippletree/cache/**/*.lua", "dev/whippletree/cache/**/*.txt")
                .forEach(hints.resources()::registerPattern);
        try {
            for (Resource file :
                    new PathMatchingResourcePatternResolver(loader).getResources("classpath*:" + SERVICES)) {
                plugins(file, hints, loader);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the plugins on the class path can't be read", e);
        }
    }

    private static void plugins(Resource file, RuntimeHints hints, @Nullable ClassLoader loader) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(name -> !name.isEmpty())
                    .forEach(name -> hints.reflection()
                            .registerTypeIfPresent(loader, name, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS));
        }
    }
}
