package dev.whippletree.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each listener works where the other one's library isn't there. */
final class EitherAloneTest {

    @ParameterizedTest
    @CsvSource({
        "MicrometerAlone, /io/opentelemetry/, io.opentelemetry.api.OpenTelemetry",
        "OpenTelemetryAlone, /io/micrometer/, io.micrometer.core.instrument.MeterRegistry"
    })
    void libraryOfTheOther_isNotNeeded(String program, String absent, String absentClass) throws Exception {
        try (URLClassLoader loader = without(absent)) {
            assertThatThrownBy(() -> loader.loadClass(absentClass)).isInstanceOf(ClassNotFoundException.class);
            assertThat(run(loader, program)).isEqualTo(1L);
        }
    }

    @Test
    void libraryOfItsOwn_isNeeded() throws Exception {
        try (URLClassLoader loader = without("/io/micrometer/")) {
            assertThatThrownBy(() -> run(loader, "MicrometerAlone")).isInstanceOf(NoClassDefFoundError.class);
        }
    }

    private static Object run(ClassLoader loader, String program) throws Exception {
        Callable<?> callable = (Callable<?>) loader.loadClass("dev.whippletree.metrics." + program)
                .getConstructor()
                .newInstance();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return callable.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URLClassLoader without(String folder) {
        URL[] rest = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.replace(File.separatorChar, '/').contains(folder))
                .map(EitherAloneTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(rest, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(entry, e);
        }
    }
}
