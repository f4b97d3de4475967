package dev.whippletree.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.IsolatedRun;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionalModuleTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            emulator | stress                                | 2 | stress needs the module whippletree-emulator, which isn't part of this distribution
            emulator | emulate                               | 2 | emulate needs the module whippletree-emulator, which
            emulator | ask --emulated Hello                  | 2 | ask --emulated needs the module whippletree-emulator, which
            emulator | chat --emulated                       | 2 | chat --emulated needs the module whippletree-emulator, which
            emulator | plan --accounts huggingface:2x1000/h  | 2 | plan needs the module whippletree-emulator, which
            emulator | check                                 | 2 | HF_TOKEN
            emulator | --help                                | 0 | Usage:
            stress   | stress                                | 2 | stress needs the module whippletree-stress, which
            stress   | plan --accounts huggingface:2x1000/h  | 2 | plan needs the module whippletree-stress, which
            planner  | plan --accounts huggingface:2x1000/h  | 2 | plan needs the module whippletree-planner, which
            planner  | ask --emulated Hello                  | 0 | emulated
            batch    | batch prompts.jsonl -o answers.jsonl  | 2 | batch needs the module whippletree-batch, which
            gateway  | serve --emulated                      | 2 | serve needs the module whippletree-gateway, which
            gateway  | status --url http://127.0.0.1:1       | 6 | nothing listens there
            """)
    void withoutAModule_commandsThatNeedItNameIt_andOthersWork(String module, String line, int code, String printed)
            throws Exception {
        Outcome outcome = runWithout(module, line.split(" "));

        assertThat(outcome.code).as(outcome.printed).isEqualTo(code);
        assertThat(outcome.printed).contains(printed).doesNotContain("\tat ");
    }

    private record Outcome(int code, String printed) {}

    /** Runs the command from a class path of its own, on which a module isn't. */
    private Outcome runWithout(String module, String... arguments) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (Without loader = new Without(module);
                PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            Thread.currentThread().setContextClassLoader(loader);
            Class<?> shell = loader.loadClass(IsolatedRun.class.getName());
            int code = (int) shell.getMethod("run", Path.class, PrintStream.class, String[].class)
                    .invoke(null, folder, stream, arguments);
            return new Outcome(code, printed.toString(StandardCharsets.UTF_8));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** This test's own class path, loaded anew, without a module's classes. */
    private static final class Without extends URLClassLoader {

        private final String packages;

        Without(String module) {
            super(classPath(), ClassLoader.getPlatformClassLoader());
            this.packages = "dev.whippletree." + module + ".";
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(packages)) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }

        private static URL[] classPath() {
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(entry -> url(Path.of(entry)))
                    .toArray(URL[]::new);
        }

        private static URL url(Path entry) {
            try {
                return entry.toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
